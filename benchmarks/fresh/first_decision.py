"""Open a bundle and decide for one customer: all that a host does before its first answer.

``first_decision.py BUNDLE TIME CUSTOMER`` prints the offers of each zone.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime

from interact.runtime.opening import open_decider


def main(path: str, at: str, customer: str) -> None:
    """Decide once."""
    found = open_decider(path).decide(json.loads(customer), datetime.fromisoformat(at))
    print(json.dumps({z: [p.offer for p in shown] for z, shown in found.zones.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
