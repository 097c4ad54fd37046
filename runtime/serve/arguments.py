"""What commands are made of, as clients of the original write it: names and values, numbers, flags.

Its clients differ in how they call some things: all names are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any, Final, cast

import msgspec

from interact.runtime.host import advisory
from interact.runtime.host.offers.offering import MOST_REQUESTED, PointRequest, wrong_number
from interact.runtime.host.offers.selecting import ANY, Requirement
from interact.runtime.host.parameters import number_text
from interact.runtime.host.results import NameValue, ParameterType

Json = dict[str, Any]
_TYPES: Final = ("string", "numeric", "datetime")
MOST_NESTED: Final = 8
MOST_COMMANDS: Final = 200
MOST_POINTS: Final = 100
"""Points of a call."""
MOST_CALLS: Final = 10
"""Calls of a batch that may be about so many."""
MOST_NAME: Final = 256
"""Characters of the name of a session."""
_TRIPLE: Final = re.compile(r"([^,]+),(.*?),(string|numeric|datetime)\s*(?:;|$)", re.I | re.S)
_WHOLE: Final = re.compile(r"\s*-?[0-9]{1,20}\s*")
_DIGITS: Final = 10
_ONCE: Final = (1, "1", "NO_DUPLICATION", 0, "", None)
_AGAIN: Final = (2, "2", "ALLOW_DUPLICATION")


class WrongArgument(Exception):
    """A command lacks something, or has it of another sort."""

    def __init__(self, text: str, code: int = advisory.WRONG_ARGUMENT) -> None:
        super().__init__(text)
        self.code = code


def name_values(given: object) -> list[NameValue]:
    """Return parameters: objects of n, v, t, or texts ``name,value,type`` of older clients.

    A text has several with semicolons between, or is a list in JSON.

    >>> name_values("CustomerID,2,numeric")
    [NameValue(name='CustomerID', value=2, type='numeric')]
    """
    if given is None:
        return []
    items = [given] if isinstance(given, str | Mapping) else given
    if not isinstance(items, Sequence):
        raise WrongArgument("parameters are a list of objects with n, v and t")
    return [_name_value(one) for item in items for one in _apart(item)]


def _apart(item: object) -> Iterable[object]:
    if not isinstance(item, str):
        return (item,)
    return _in_json(item) if item.lstrip()[:1] in ("[", "{") else _triples(item)


def _in_json(text: str) -> Iterable[object]:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise WrongArgument(f"parameters that begin as JSON are not: {error}") from error
    return found if isinstance(found, list) else (found,)


def _triples(text: str) -> Iterable[Json]:
    at = 0
    while at < len(text):
        found = _TRIPLE.match(text, at)
        if found is None:
            raise WrongArgument(
                "a parameter that is a text has the form name,value,type, "
                f"and {text[at:]:.40} has not"
            )
        yield {"n": found[1].strip(), "v": found[2], "t": found[3]}
        at = found.end()


def _name_value(item: object) -> NameValue:
    if not isinstance(item, Mapping) or not isinstance(item.get("n"), str):
        raise WrongArgument("a parameter is an object with a name n, a value v and a type t")
    name, value, told = item["n"], item.get("v"), item.get("t")
    kind = "string" if told is None else str(told).lower()
    if kind not in _TYPES:
        text = f"the type t of {name:.40} is {told!s:.40}, which is none of "
        raise WrongArgument(text + ", ".join(_TYPES))
    if isinstance(value, list | dict):
        raise WrongArgument(f"the value of {name:.40} is neither text nor number")
    if kind == "numeric" and value is not None:
        value = _finite(name, value)
    return NameValue(name, value, cast(ParameterType, kind))


def _finite(name: str, value: Any) -> int | float:
    """Return a number that is one, as a text or itself; a whole one exactly."""
    try:
        found = _number(value) if isinstance(value, str) else value
        if isinstance(found, float) and not isfinite(found):
            raise ValueError
    except ValueError as error:
        raise WrongArgument(f"{name:.40} is numeric, and {value!r:.40} is not") from error
    return cast("int | float", found)


def _number(text: str) -> int | float:
    return int(text) if _WHOLE.fullmatch(text) else float(number_text(text))


def text_of(command: Json, name: str, other: str = "") -> str:
    """Return what a command has to have, under one name or another."""
    value = command.get(name)
    if value is None and other:
        value = command.get(other)
    if not isinstance(value, str):
        raise WrongArgument(f"{name} should be a text")
    return value


def number_of(command: Json, name: str, default: int) -> int:
    """Return a number of offers."""
    value = command.get(name)
    if type(value) is int and 0 <= value <= MOST_REQUESTED:
        return value
    if value is None:
        return default
    is_digits = isinstance(value, str) and value.isdecimal() and len(value) <= _DIGITS
    if is_digits or (isinstance(value, float) and value.is_integer()):
        value = int(value)
    if (wrong := wrong_number(name, value)) is not None:
        raise WrongArgument(wrong)
    return cast(int, value)


def flag_of(command: Json, name: str) -> bool:
    """Return whether a flag is set, as a truth value or as a text."""
    return str(command.get(name)).lower() == "true"


def doubted(command: Json, *names: str) -> list[str]:
    """Return what is to be said of flags that are neither true nor false."""
    return [
        f"{name} is true or false, and {command[name]!r:.40} is neither: it is taken as false"
        for name in names
        if str(command.get(name)).lower() not in ("true", "false", "none", "")
    ]


def level_of(command: Json) -> str | None:
    """Return the audience level that a command names, if it names one."""
    return None if command.get("audienceLevel") is None else text_of(command, "audienceLevel")


def point_requests(given: object) -> list[PointRequest]:
    """Return the requests of a call for several points."""
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise WrongArgument("getOfferRequests is a list of objects with ip and numberRequested")
    if len(given) > MOST_POINTS:
        raise WrongArgument(f"a call is about at most {MOST_POINTS} points")
    return [
        PointRequest(
            text_of(item, "ip", "ipName"),
            number_of(item, "numberRequested", 1),
            _is_again(item),
            _requirement(_either(item, "offerAttributes", "offerAttribReq")),
        )
        for item in given
    ]


def points_of(commands: Iterable[object]) -> int:
    """Return about how many points a batch is in calls for several."""
    asked = (one.get("getOfferRequests") for one in commands if isinstance(one, dict))
    return sum(len(points) for points in asked if isinstance(points, list))


def _is_again(item: Json) -> bool:
    value = _either(item, "duplicationPolicy", "dupPolicy")
    if value not in _ONCE and value not in _AGAIN:
        raise WrongArgument(f"duplicationPolicy is 1 or 2, and {value!r:.40} is neither")
    return value in _AGAIN


def _either(item: Json, name: str, other: str) -> Any:
    value = item.get(name)
    return item.get(other) if value is None else value


def _requirement(given: object, depth: int = 0) -> Requirement:
    if given is None:
        return ANY
    if not isinstance(given, dict) or depth > MOST_NESTED:
        raise WrongArgument("offerAttributes is an object with attributes and childRequirements")
    children = _either(given, "childRequirements", "childOfferAttrReqs")
    if not isinstance(children, list | None) or len(children or ()) > MOST_NESTED:
        raise WrongArgument(f"childRequirements is a list of at most {MOST_NESTED} objects")
    number = number_of(given, "numberRequested", MOST_REQUESTED)
    found = Requirement(
        None if number == MOST_REQUESTED else number,
        tuple(name_values(given.get("attributes"))),
        tuple(_requirement(child, depth + 1) for child in children or ()),
    )
    return ANY if found == ANY else found
