"""Ports for servers that must come back on the one that they had."""

from __future__ import annotations

import os
import random
import socket

_CHANCE = random.Random(os.getpid())


def free_port() -> int:
    """Return a port that nobody listens on, nor gets for a connection of their own meanwhile.

    The system gives those away from 32,768 on, or higher up.
    """
    while True:
        port = _CHANCE.randrange(20_000, 32_000)
        with socket.socket() as free:
            if free.connect_ex(("127.0.0.1", port)):
                return port
