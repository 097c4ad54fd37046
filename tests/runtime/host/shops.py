"""A shop that tests of hosts serve."""

from __future__ import annotations

from pathlib import Path

from interact.runtime.host.deployment import Deployment, open_deployment

SHOP = """
audience Customer { key id: int profile { balance: BALANCE } session { cart: int = 0 } }
offer Gold { code "G" suppress after accept }
offer Silver { code "S" suppress for 1 day after reject }
channel Web for Customer {
  zone Home { point hero default "x" }
  event seen { log contact }
  event hide { suppress Silver for 1 hour }
  event later { MORE log accept after 5 minutes }
  pattern Often { count of seen is at least 2 within 1 day }
}
flowchart Everyone on Web { select Keen when Often }
strategy Offers on Web { zone Home { Gold score 2 Silver score 1 for Keen { Silver score 3 } } }
"""


def shop_of(folder: Path, more: str = "", balance: str = "int") -> Deployment:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shop.interact").write_text(SHOP.replace("MORE", more).replace("BALANCE", balance))
    return open_deployment(str(folder))
