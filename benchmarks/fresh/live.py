"""Keep sessions alive: ``python live.py PROJECT PROFILES COUNT``; prints bytes, as JSON."""

import gc
import json
import sys
from pathlib import Path

from interact.runtime.host.deployment import open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.profiles.tables import open_profiles
from interact.runtime.host.results import NameValue


def resident() -> int:
    """Return the bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


project, path, count = sys.argv[1:]
deployment = open_deployment(project)
served = deployment.channels[0]
host = Host(deployment, {"customer": open_profiles(path, served.audience)})


def visit(number: int) -> None:
    """Begin a session, ask for offers, show them."""
    name = f"s{number}"
    host.start_session(name, served.name, [NameValue("id", number, "numeric")])
    host.get_offers(name, "point0", 3)
    host.post_event(name, "contact")


visit(0)
gc.collect()
before = resident()
for number in range(1, int(count)):
    visit(number)
gc.collect()
after = resident()
print(json.dumps({"before": before, "each": (after - before) // int(count)}))
