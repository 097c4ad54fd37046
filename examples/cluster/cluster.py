"""Three hosts, their store and a balancer on this machine, from what is installed.

    python examples/cluster/cluster.py            # then call http://127.0.0.1:8080/ready

needs redis-server and nginx (Debian: apt install redis-server nginx). Everything lies in a folder
that is removed in the end.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.request import urlopen

HERE = Path(__file__).parent
PROJECT = HERE.parent / "retail_bank"
HOSTS = 3
ENVIRONMENT = "production"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answer(url: str) -> bytes | None:
    """Return what a URL answers; None when it does not."""
    try:
        with urlopen(url, timeout=2) as found:
            return bytes(found.read())
    except (URLError, OSError):
        return None


def accepts(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


class Cluster:
    """Runs while it is open; ``url`` is that of the balancer.

    Attributes:
        hosts: The processes, by number; a killed one is there until it is started again.
    """

    def __init__(self, folder: Path, port: int | None = None, poll: float = 0.5) -> None:
        self.folder, self.poll = folder, poll
        self.registry, self.history = folder / "registry", folder / "history"
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ports = [free_port() for _ in range(HOSTS)]
        self.store_port = free_port()
        self.hosts: dict[int, subprocess.Popen[bytes]] = {}
        self.others: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self) -> None:
        self.interact("deploy", str(PROJECT), "--to", ENVIRONMENT, "--no-tests")
        self._run_store()
        for number in range(HOSTS):
            self.start_host(number)
        self.wait_ready()
        self._run_balancer()

    def interact(self, *arguments: str) -> None:
        """Run a command on the registry."""
        command = [sys.executable, "-m", "interact", *arguments, "--registry", str(self.registry)]
        log = self._log("commands")
        subprocess.run(command, check=True, stdout=log, stderr=log)
        os.close(log)

    def start_host(self, number: int) -> None:
        """Start a host, or one that was killed."""
        command = [sys.executable, "-m", "interact", "serve", str(self.registry)]
        command += ["--environment", ENVIRONMENT, "--port", str(self.ports[number]), "--no-auth"]
        command += ["--profiles", f"Customer={PROJECT / 'customers.parquet'}"]
        command += ["--history", str(self.history), "--poll", str(self.poll)]
        command += ["--store", f"redis://127.0.0.1:{self.store_port}/0"]
        log = self._log(f"host{number}")
        self.hosts[number] = subprocess.Popen(command, stderr=log)
        os.close(log)

    def wait_ready(self) -> None:
        """Wait until all hosts answer."""
        for number, port in enumerate(self.ports):
            while answer(f"http://127.0.0.1:{port}/ready") is None:
                if self.hosts[number].poll() is not None:
                    raise SystemExit(self.log(f"host{number}"))
                time.sleep(0.05)

    def wait_number(self, number: int) -> str:
        """Wait until all hosts serve a version of the environment; return its digest."""
        told: dict[str, Any] = {}
        for port in self.ports:
            while told.get("number") != number:
                time.sleep(0.02)
                told = json.loads(answer(f"http://127.0.0.1:{port}/ready") or b"{}")
            version, told = str(told["version"]), {}
        return version

    def kill_host(self, number: int) -> None:
        """Kill a host, whatever it is doing."""
        self.hosts[number].kill()
        self.hosts[number].wait()

    def log(self, name: str) -> str:
        """Return what a process has written."""
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def _log(self, name: str) -> int:
        return os.open(self.folder / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def _run_store(self) -> None:
        command = ["redis-server", "--port", str(self.store_port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        self._run("store", command)
        while not accepts(self.store_port):
            time.sleep(0.02)

    def _run_balancer(self) -> None:
        """Run nginx with the file of this folder, for the ports of this machine."""
        text = (HERE / "nginx.conf").read_text("utf-8")
        for number, port in enumerate(self.ports, 1):
            text = text.replace(f"host{number}:8080", f"127.0.0.1:{port}")
        text = text.replace("listen 8080", f"listen 127.0.0.1:{self.port}")
        (self.folder / "temp").mkdir()
        (self.folder / "nginx.conf").write_text(text, "utf-8")
        place = ["-p", str(self.folder), "-c", "nginx.conf", "-e", "stderr"]
        settings = "daemon off;" if os.geteuid() else "daemon off; user root;"
        self._run("balancer", ["nginx", *place, "-g", settings])
        while answer(f"{self.url}/health") is None:
            if self.others[-1].poll() is not None:
                raise SystemExit(self.log("balancer"))
            time.sleep(0.02)

    def _run(self, name: str, command: list[str]) -> None:
        found = shutil.which(command[0], path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if found is None:
            raise SystemExit(f"{command[0]} is not installed")
        log = self._log(name)
        self.others.append(subprocess.Popen([found, *command[1:]], stdout=log, stderr=log))
        os.close(log)

    def stop_hosts(self) -> None:
        """Stop the hosts in order; each publishes its history."""
        for host in self.hosts.values():
            host.send_signal(signal.SIGTERM)
        for host in self.hosts.values():
            host.wait()

    def close(self) -> None:
        """Stop everything."""
        self.stop_hosts()
        for other in reversed(self.others):
            other.terminate()
            other.wait()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, Cluster(Path(folder), 8080) as cluster:
        print(f"{cluster.url}, registry {cluster.registry}; Ctrl-C stops it", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            print("stopping")


if __name__ == "__main__":
    main()
