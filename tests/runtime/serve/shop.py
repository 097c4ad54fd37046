"""A small shop, and what tests of the wire send to it and read of the answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SHOP = """
audience Customer { key id: int profile { balance: int? since: date? } session { seen: int = 0 } }
offer Gold "Gold card" { code "C", "G" attributes { family: text = "card" fee: int = 90 }
  suppress after reject }
offer Silver { code "C", "S" attributes { family: text = "card" fee: int = 40 } }
offer Loan { code "L" attributes { family: text = "loan" fee: int = 0 } }
offer Fund { code "F" attributes { family: text = "fund" fee: int = 0 } }
channel Web for Customer {
  zone Home { point hero default "welcome" point side default "news" }
  event clicked(page: text) { log accept }
  event hid { log reject }
  event thought { post thought_of }
  event thought_of { log accept }
  event thought_later { log accept after 1 hour }
}
flowchart Everyone on Web { select All when true }
strategy Offers on Web {
  zone Home { for All { Gold score 4 Silver score 3 Loan score 2 Fund score 1 when seen = 0 } }
}
"""
ID = [{"n": "id", "v": 7, "t": "numeric"}]
START: dict[str, Any] = {"action": "startSession", "ic": "Web", "audienceID": ID}
OFFERS: dict[str, Any] = {"action": "getOffers", "ip": "hero", "numberRequested": 4}
Send = Callable[..., list[dict[str, Any]]]


@dataclass
class Kept:
    """A history in a list."""

    rows: list[Any]

    def append(self, rows: list[Any], tell: Callable[[None], None]) -> None:
        self.rows.extend(rows)
        tell(None)


def pair(name: str, value: object, type: str = "string") -> dict[str, object]:
    return {"n": name, "v": value, "t": type}


def names(answer: dict[str, Any], place: int = 0) -> list[str]:
    return [offer["n"] for offer in answer["offerLists"][place]["offers"]]


def codes(answer: dict[str, Any]) -> list[tuple[int, int]]:
    return [(m["msgLevel"], m["msgCode"]) for m in answer["messages"]]
