"""Generated requests against a server: ``python -m tests.runtime.serve.fuzz --examples 1000``.

What a command lacks is a message on it, with status 200: so a body that breaks the schema may be
taken, and whether it is refused is not looked at. All else of the document is.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

import click
from tests.runtime.serve.serving import BANK, start


def fuzz(base: str, token: str, *, examples: int, seed: int) -> subprocess.CompletedProcess[str]:
    """Run Schemathesis against a server; what it prints says how to repeat what it found."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{base}/openapi.json"]
    command += ["--checks", "all", "--exclude-checks", "negative_data_rejection"]
    command += ["--max-examples", str(examples), "--seed", str(seed), "--no-color"]
    command += ["--suppress-health-check", "all", "--continue-on-failure"]
    command += ["--header", f"m_tokenId:{token}"] if token else []
    command += ["--generation-database", "none"]
    with tempfile.TemporaryDirectory() as folder:  # for its files
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


@click.command()
@click.option("--examples", default=500, help="Requests for each operation and phase.")
@click.option("--seed", default=0)
def main(examples: int, seed: int) -> None:
    """Serve an example, and send it generated requests."""
    server = start(str(BANK), "--no-auth")
    try:
        found = fuzz(server.base, "", examples=examples, seed=seed)
    finally:
        server.stop()
    click.echo(found.stdout)
    said = "".join(line for line in server.said if "Invalid HTTP request" not in line)
    click.echo(said, err=True)
    raise SystemExit(found.returncode or "Traceback" in said)


if __name__ == "__main__":
    main()
