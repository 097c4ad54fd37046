"""The workload as an author writes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from benchmarks.workload.customers import FLAGS, FLOATS, KEY, NULLS, TEXTS, WHOLE
from benchmarks.workload.rules import CAP, SEGMENTS, ZONES, Rule, Segment, Test

CHANNEL = "Website"


def write_project(folder: Path, rules: Sequence[Rule]) -> Path:
    """Write the project into a folder of its own, and return that."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "workload.interact").write_text(project_text(rules), encoding="utf-8")
    return folder


def project_text(rules: Sequence[Rule]) -> str:
    """Return the workload as one source."""
    return "\n".join((*_audience(), *_offers(rules), *_channel(), *_flowchart(), *_strategy(rules)))


def _audience() -> Iterator[str]:
    types = {**dict.fromkeys(WHOLE, "int"), **dict.fromkeys(FLOATS, "float")}
    types |= {**dict.fromkeys(FLAGS, "bool"), **dict.fromkeys(TEXTS, "text")}
    yield f"audience Customer {{\n  key {KEY}: int\n  profile {{"
    for name, type in types.items():
        yield f"    {name}: {type}{'?' if name in NULLS else ''}"
    yield "  }\n}\n"


def _offers(rules: Sequence[Rule]) -> Iterator[str]:
    for number, _ in enumerate(rules):
        yield f'offer {_offer(number)} {{ code "B", "{number:03}" }}'


def _channel() -> Iterator[str]:
    yield f"\nchannel {CHANNEL} for Customer {{"
    for zone in range(ZONES):
        yield f"  zone Zone{zone} {{ point point{zone} }}"
    yield "}\n"


def _flowchart() -> Iterator[str]:
    yield f"flowchart Value on {CHANNEL} {{\n  decision by_value {{"
    for number, segment in enumerate(SEGMENTS):
        yield f"    Segment{number} {_branch(segment)}"
    yield "  }\n}\n"


def _branch(segment: Segment) -> str:
    tests = [*([segment.flag] if segment.flag else []), *map(_test, segment.tests)]
    return f"when {' and '.join(tests)}" if tests else "otherwise"


def _strategy(rules: Sequence[Rule]) -> Iterator[str]:
    yield f"strategy Best on {CHANNEL} {{"
    for zone, found in groupby(enumerate(rules), lambda pair: pair[1].zone):
        yield f"  zone Zone{zone} {{"
        for number, rule in found:
            segments = ", ".join(f"Segment{i}" for i in rule.segments)
            yield f"    for {segments} {{\n{_rule(number, rule)}\n    }}"
        yield "  }"
    yield "}\n"


def _rule(number: int, rule: Rule) -> str:
    (x, by_x), (y, by_y) = rule.terms
    texts = ", ".join(f'"{text}"' for text in rule.texts)
    tests = [*map(_test, rule.tests), rule.flag, f"{rule.text} in ({texts})"]
    score = f"min({CAP:g}, {rule.base} + ({by_x:.8f} * {x} + {by_y:.8f} * {y}))"
    return f"      {_offer(number)} score {score}\n        when {' and '.join(tests)}"


def _test(test: Test) -> str:
    column, operator, bound = test
    return f"{column} {operator} {bound}"


def _offer(number: int) -> str:
    return f"Offer{number:03}"
