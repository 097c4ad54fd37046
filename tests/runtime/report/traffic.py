"""Histories of a few days, at random."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from interact.runtime.history.events import Contact, Response
from interact.runtime.history.writer import open_history

START = datetime(2026, 11, 1, tzinfo=UTC)


OFFERS = ("Gold", "Platinum", "it's 100 %")


SEGMENTS = (("High", "Treated"), ("High", "Control"), ("Mass",), ())


def again(one: Contact, number: int) -> Contact:
    """The same offer, logged once more: later, or in the same batch of calls."""
    return msgspec.structs.replace(one, event=f"d{number}", at=one.at + number % 2 * 3_600_000_000)


def contact(number: int, rng: random.Random) -> Contact:
    offer = rng.choice(OFFERS)
    at = START + timedelta(seconds=rng.randrange(6 * 86_400))
    return Contact(
        event=f"c{number}",
        decision=f"d{number // 2}",
        at=int(at.timestamp() * 1e6),
        channel=rng.choice(("Website", "Call")),
        audience="Customer",
        key=(rng.randrange(50),),
        treatment=f"t{number}",
        offer=offer,
        code=f"C-{offer[:2]}",
        zone=rng.choice(("Home", "Cart")),
        point="hero",
        rule=f"Cards.{offer}",
        segments=rng.choice(SEGMENTS),
        bundle=f"sha256:{at.day // 3:x}" + "0" * 63,
        session=f"s{number // 3}",
    )


def response(number: int, to: str, kind: str, channel: str, matched: bool = True) -> Response:
    return Response(
        event=f"r{number}",
        decision="",
        at=int((START + timedelta(days=7)).timestamp() * 1e6) + number,
        channel=channel,
        audience="Customer",
        key=(1,),
        treatment=to,
        offer="",
        code="",
        kind=kind,
        matched=matched,
    )


def record(folder: Path, events: list[Any]) -> None:
    history = open_history(str(folder), {"Customer": ("customer_id",)}.__getitem__)
    history.record(events)
    history.close()


def day_of_traffic(seed: int, contacts: int = 120) -> list[Any]:
    """Contacts, some of one treatment twice, and responses: repeated, custom, to nothing."""
    rng = random.Random(seed)
    shown = [contact(i, rng) for i in range(contacts)]
    shown += [again(rng.choice(shown), contacts + i) for i in range(5)]
    answers: list[Any] = []
    for one in shown:
        for kind in ("accept", "reject", "later", "accept"):
            if rng.random() < 0.2:
                answers.append(response(len(answers), one.treatment, kind, one.channel))
    answers.append(response(len(answers), "nobody", "accept", "Website", matched=False))
    return shown + answers
