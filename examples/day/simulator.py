"""Customers who visit a web site: each comes once, sees two offers, and some react.

What a customer does depends on the seed, the customer and the offer alone: a day can be repeated.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from threading import local
from typing import Any

SERVLET = "/servlet/RestServlet"
ACCEPTS = {"GoldCard": 0.03, "SavingsPlus": 0.08, "Advisor": 0.12, "Newsletter": 0.20}
REJECTS = {"GoldCard": 0.10, "SavingsPlus": 0.05, "Advisor": 0.02, "Newsletter": 0.01}
LATER = 0.2
"""The share of acceptances that come in another session: half by treatment, half by offer code."""
CLIENTS = 4


@dataclass
class Truth:
    """What happened, by offer, and to whom."""

    shown: dict[int, list[str]] = field(default_factory=dict)
    contacts: Counter[str] = field(default_factory=Counter)
    accepts: Counter[str] = field(default_factory=Counter)
    rejects: Counter[str] = field(default_factory=Counter)
    later: int = 0
    accepted: set[tuple[int, str]] = field(default_factory=set)
    rejected: set[tuple[int, str]] = field(default_factory=set)


@dataclass(frozen=True)
class Visit:
    """What a customer was shown, by name, and did."""

    customer: int
    codes: dict[str, str]
    accepted: list[str]
    rejected: list[str]
    later: int


class Site:
    """A web site that asks a server; threads share it, with a connection each."""

    def __init__(self, host: str, port: int, seed: int) -> None:
        self._address, self._seed, self._local = (host, port), seed, local()

    def visit(self, customer: int) -> Visit:
        """Let a customer come, see offers, and react."""
        chance = random.Random(f"{self._seed} {customer}")
        begun = self._ask(None, _start(customer), _offers(), _event("contact"))
        shown = begun["responses"][1]["offerLists"][0]["offers"]
        visit = Visit(customer, {o["n"]: "-".join(o["code"]) for o in shown}, [], [], 0)
        now, later = [], []
        for offer in shown:
            name, treatment, drawn = offer["n"], offer["treatmentCode"], chance.random()
            if drawn < ACCEPTS[name]:
                visit.accepted.append(name)
                way = chance.random()
                if way < LATER:
                    code = treatment if way < LATER / 2 else "-".join(offer["code"])
                    later.append(_event("accept", code))
                else:
                    now.append(_event("accept", treatment))
            elif drawn < ACCEPTS[name] + REJECTS[name]:
                visit.rejected.append(name)
                now.append(_event("reject", treatment))
        self._ask(begun["responses"][0]["sessionId"], *now, {"action": "endSession"})
        if later:
            self._ask(None, _start(customer), *later, {"action": "endSession"})
        return Visit(customer, visit.codes, visit.accepted, visit.rejected, len(later))

    def _ask(self, session: str | None, *commands: dict[str, Any]) -> Any:
        if not hasattr(self._local, "connection"):
            self._local.connection = HTTPConnection(*self._address, timeout=60)
        body = json.dumps({"sessionId": session, "commands": commands})
        connection = self._local.connection
        connection.request("POST", SERVLET, body, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        if any(r["statusCode"] == 2 for r in answer["responses"]):
            raise SystemExit(f"the server refused: {json.dumps(answer)}")
        return answer


def _start(customer: int) -> dict[str, Any]:
    key = [{"n": "customer_id", "v": customer, "t": "numeric"}]
    return {
        "action": "startSession",
        "ic": "Website",
        "audienceLevel": "Customer",
        "audienceID": key,
    }


def _offers() -> dict[str, Any]:
    return {"action": "getOffers", "ip": "hero", "numberRequested": 2}


def _event(name: str, code: str | None = None) -> dict[str, Any]:
    about = [{"n": "UACIOfferTrackingCode", "v": code, "t": "string"}] if code else []
    return {"action": "postEvent", "event": name, "parameters": about}


def live_a_day(site: Site, customers: Iterable[int]) -> Truth:
    """Let customers visit, several at a time; return what happened."""
    truth = Truth()
    with ThreadPoolExecutor(CLIENTS) as clients:
        for visit in _in_order(clients, site, customers):
            codes = visit.codes
            truth.shown[visit.customer] = list(codes.values())
            truth.contacts.update(codes.keys())
            truth.accepts.update(visit.accepted)
            truth.rejects.update(visit.rejected)
            truth.later += visit.later
            truth.accepted |= {(visit.customer, codes[name]) for name in visit.accepted}
            truth.rejected |= {(visit.customer, codes[name]) for name in visit.rejected}
    return truth


def _in_order(clients: ThreadPoolExecutor, site: Site, customers: Iterable[int]) -> Iterator[Visit]:
    yield from clients.map(site.visit, customers)
