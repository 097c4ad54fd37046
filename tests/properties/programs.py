"""Generated programs: declarations to text, text through the whole front end."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.properties.declarations import Declarations, session_default
from tests.properties.definitions import draw_constants, draw_functions
from tests.properties.expressions import Expressions
from tests.properties.happenings import Happenings
from tests.properties.offer_tables import OfferTables
from tests.properties.schema import FieldSpec, Schema, audience, enumeration, make_schema
from tests.properties.vocabulary import DAY

from interact.compiler.core.audiences import lower_audience
from interact.compiler.core.definitions import ProjectDefinitions
from interact.compiler.core.events import DISABLED, EXPIRED, MET, NOT_MET, is_met
from interact.compiler.core.interpret import Moment
from interact.compiler.core.program import Channel, Program
from interact.compiler.core.scope import Scope
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.render import render_text
from interact.compiler.pipeline import check
from interact.compiler.source import NOWHERE, SourceFile
from interact.compiler.surface import ast
from interact.compiler.surface.from_source import parse_module
from interact.compiler.surface.print import print_module
from interact.stdlib.types import INT

TREES: tuple[object, ...] = (
    ("add", None, ("mul", 0, None)),
    ("mul", ("sub", None, 0), 0),
    ("min", 0, ("add", 0, ("mul", 0, None))),
    ("max", ("neg", None), 0),
    ("abs", ("sub", None, None)),
    ("add", ("mul", 0, None), ("mul", 0, None)),
    ("mul", None, None),
)
"""Skeletons of float arithmetic: None for a leaf, 0 for a constant."""

STATES = (MET, MET, NOT_MET, NOT_MET, EXPIRED, DISABLED)


@dataclass(frozen=True)
class Generated:
    """A program as text and core, with what its customers look like."""

    module: ast.Module
    text: str
    program: Program
    schema: Schema
    moment: Moment

    @property
    def channel(self) -> Channel:
        return self.program.channels[0]


def generate(seed: int, *, any_tree: bool = False, depth: int = 3) -> Generated:
    """Return the program of a seed."""
    chance = random.Random(seed)
    schema = make_schema(chance)
    moment = Moment(chance.randrange(10_957, 21_915) * DAY + chance.randrange(DAY))
    defaults = {f.name: session_default(chance, f.type.kind, moment.today) for f in schema.session}
    customer = audience(schema, defaults)
    defined = (enumeration(), *draw_constants(chance, moment.today))
    definitions = ProjectDefinitions(defined, Sink())
    lowered = lower_audience(customer, Sink(), definitions)
    trees = None if any_tree else TREES
    simple = Expressions(chance, Scope.of_audience(lowered, definitions), moment.today, trees)
    defined = (*defined, *draw_functions(chance, simple))
    definitions = ProjectDefinitions(defined, Sink(), (lowered,))
    scope = Scope.of_audience(lowered, definitions)
    expressions = Expressions(chance, scope, moment.today, trees)
    module = ast.Module(
        "generated.interact", (customer, *_declarations(chance, expressions, depth), *defined)
    )
    return built(module, schema, moment)


def built(module: ast.Module, schema: Schema, moment: Moment) -> Generated:
    """Return a program made of a module, which must be right.

    Raises:
        ValueError: the compiler finds something wrong with it.
    """
    text = print_module(module)
    checked = check([SourceFile(module.file, text)])
    if checked.program is None:
        found = render_text(checked.diagnostics, {module.file: SourceFile(module.file, text)})
        raise ValueError(f"a generated program is wrong:\n{found}\n{text}")
    if parse_module(SourceFile(module.file, text), Sink()).declarations != module.declarations:
        raise ValueError(f"a generated program is read as another:\n{text}")
    return Generated(module, text, checked.program, _with_states(schema, checked.program), moment)


def _with_states(schema: Schema, program: Program) -> Schema:
    """Return a schema with the states that the channel reads, those of its patterns too."""
    channel = program.channels[0]
    states = [FieldSpec(s.name, s.type, True, 0.4, True) for s in channel.states]
    states += [FieldSpec(p.name, INT, True, 0.1, True, ints=STATES) for p in channel.patterns]
    return replace(schema, states=tuple(states))


def built_from_text(text: str, moment: Moment) -> Generated:
    """Return a program given as text, which must be right; its schema is left empty."""
    checked = check([SourceFile("found.interact", text)])
    assert checked.program is not None, checked.diagnostics
    return Generated(checked.modules[0], text, checked.program, Schema((), (), (), {}), moment)


def _with_patterns(expressions: Expressions, patterns: Sequence[ast.Pattern]) -> Expressions:
    """Return what draws conditions that know patterns."""
    scope = expressions.scope
    for name in (pattern.name.text for pattern in patterns):
        scope = scope.with_local(name, is_met(name, NOWHERE))
    return expressions.over(scope)


def _qualifying(
    chance: random.Random, channel: ast.Channel, segments: Sequence[str]
) -> ast.Channel:
    """Return a channel whose last event puts customers into some segments."""
    *others, last = channel.events
    named = chance.sample(segments, min(len(segments), chance.choice((1, 1, 2, 9))))
    action = ast.Action("qualify", tuple(map(ast.Name, named)))
    return replace(channel, events=(*others, replace(last, actions=(*last.actions, action))))


def _declarations(
    chance: random.Random, expressions: Expressions, depth: int
) -> list[ast.Declaration]:
    zones = ["Home", "Checkout", "Side"][: chance.choice((1, 1, 2, 3))]
    offers = [f"Offer{i}" for i in range(chance.choice((1, 3, 6, 9)))]
    draw = Declarations(
        chance, expressions, offers, zones, "Web", depth, all_have_fees=chance.random() < 0.5
    )
    made: list[ast.Declaration] = [draw.offer(name) for name in offers]
    points = [
        ast.Zone(
            ast.Name(z),
            (ast.Point(ast.Name(f"p{z}"), None),),
            draw.arbitration() if chance.random() < 0.25 else None,
        )
        for z in zones
    ]
    if chance.random() < 0.5:
        made.append(draw.offer_list("Some"))
    arbitration = draw.arbitration()
    cap = draw.visit_cap() if chance.random() < 0.1 else None
    limits = tuple(draw.impressions(f"Limit{i}") for i in range(chance.choice((0, 0, 0, 1, 2))))
    channel = ast.Channel(
        ast.Name("Web"),
        ast.Name("Customer"),
        tuple(points),
        arbitration,
        visit_cap=cap,
        impressions=limits,
    )
    if chance.random() < 0.4:
        session = [
            (n, expressions.scope.attributes[n].type.kind) for n in expressions.scope.session
        ]
        happenings = Happenings(chance, expressions, sorted(session), offers)
        events, patterns = happenings.draw()
        channel = replace(channel, events=events, patterns=patterns)
        expressions = _with_patterns(expressions, channel.patterns)
    made.append(channel)
    for number in range(chance.choice((0, 1, 1, 2))):
        draw.expressions = expressions
        made.append(draw.flowchart(f"Flow{number}"))
    if draw.segments and channel.events and chance.random() < 0.4:
        made[made.index(channel)] = _qualifying(chance, channel, draw.segments)
    segments = {name: index for index, name in enumerate(draw.segments)}
    draw.expressions = expressions.over(replace(expressions.scope, segments=segments))
    made += [draw.template(f"similar{n}") for n in range(chance.choice((0, 0, 1, 2)))]
    made += [draw.strategy(f"Plan{n}") for n in range(chance.choice((1, 1, 2)))]
    if chance.random() < 0.35:
        made += OfferTables(chance, draw.expressions, offers, draw.lists).draw()
    return made
