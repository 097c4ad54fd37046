"""Hosts that share a Redis and a history, and what is asked of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.redis_server import RedisServer

from interact.runtime.host.deployment import Deployment
from interact.runtime.host.host import Host
from interact.runtime.host.results import NameValue, Response
from interact.runtime.host.store.redis_store import open_redis

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Hosts:
    """Hosts that share a server and a history, each with keys of the test's own."""

    def __init__(self, server: RedisServer, shop: Deployment, prefix: str) -> None:
        self.server, self.shop, self.prefix = server, shop, prefix
        self.rows, self.minutes = list[Any](), 0
        self.opened: list[Host] = []

    def open(self, **options: Any) -> Host:
        store = open_redis(self.server.url)
        store.prefix = self.prefix
        for name, value in options.items():
            setattr(store, name, value)
        made = Host(self.shop, clock=self.clock, store=store, record=self.rows.extend)
        self.opened.append(made)
        return made

    def clock(self) -> datetime:
        return AT + timedelta(minutes=self.minutes)


def start(host: Host, session: str = "s", customer: int = 7) -> None:
    ids, balance = [NameValue("id", customer, "numeric")], [NameValue("balance", 5, "numeric")]
    answer = host.start_session(session, "Web", ids, parameters=balance)
    assert answer.status == 0, answer.messages


def offers(host: Host, session: str = "s") -> dict[str, str]:
    answer = host.get_offers(session, "hero", 5)
    assert answer.status == 0, answer.messages
    return {o.name: o.treatment for o in answer.offer_lists[0].offers}


def post(host: Host, event: str, treatment: str = "", session: str = "s") -> Response:
    code = [NameValue("UACIOfferTrackingCode", treatment, "string")] if treatment else []
    answer = host.post_event(session, event, code)
    assert answer.status == 0, answer.messages
    return answer
