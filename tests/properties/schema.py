"""Generated audiences: every type, nullable and not, rows, keys of several sorts."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from tests.properties.vocabulary import SIZES, words

from interact.compiler.surface import ast
from interact.stdlib.types import BOOL, DATE, DURATION, FLOAT, INT, TEXT, TIMESTAMP, Type, decimal

ENUMERATION = "Sort"
MEMBERS = {"low": "", "mid": "Gold card", "silver": "silver", "high": "ÄÖÜ", "top": "top"}
"""The text of each member, the least first."""
KEYS = ((INT,), (INT,), (TEXT,), (DATE,), (INT, TEXT), (INT, DATE), (TEXT, INT, INT))


@dataclass(frozen=True)
class FieldSpec:
    """An attribute, and what its data are like.

    ``small`` says that ints fit in 32 bits, ``ints`` are all that there are if there are any,
    ``texts`` are the words of a text. Data of an
    ``enumeration`` are texts, some of them no members.
    """

    name: str
    type: Type
    nullable: bool
    null_share: float = 0.0
    small: bool = False
    texts: tuple[str, ...] = ("",)
    enumeration: str = ""
    ints: tuple[int, ...] = ()


@dataclass(frozen=True)
class Schema:
    """The attributes of an audience."""

    key: tuple[FieldSpec, ...]
    profile: tuple[FieldSpec, ...]
    session: tuple[FieldSpec, ...]
    rows: dict[str, tuple[FieldSpec, ...]]
    states: tuple[FieldSpec, ...] = ()

    @property
    def attributes(self) -> tuple[FieldSpec, ...]:
        return self.key + self.profile + self.session + self.states


def make_schema(chance: random.Random) -> Schema:
    key = chance.choice(KEYS)
    kinds = [BOOL, INT, INT, FLOAT, FLOAT, decimal(2), TEXT, TEXT, DATE, TIMESTAMP, DURATION]
    kinds += [decimal(chance.choice((0, 1, 4, 9))), chance.choice(kinds)]
    chance.shuffle(kinds)
    members = tuple(_member_field(chance, f"e{i}") for i in range(chance.randrange(3)))
    rows = {
        name: (
            *(_field(chance, f"{name[0]}{i}", t) for i, t in enumerate(_row_kinds(chance))),
            *((_member_field(chance, "e9"),) if members else ()),
        )
        for name in ("accounts", "visits")[: chance.choice((1, 1, 2))]
    }
    return Schema(
        tuple(_key_field(chance, f"id{i}", t) for i, t in enumerate(key)),
        (*(_field(chance, _name(chance, i, t), t) for i, t in enumerate(kinds)), *members),
        tuple(_field(chance, f"s{i}", chance.choice(kinds)) for i in range(chance.randrange(3))),
        rows,
    )


def _row_kinds(chance: random.Random) -> list[Type]:
    kinds = [BOOL, INT, FLOAT, decimal(2), TEXT, DATE, TIMESTAMP, DURATION]
    return chance.sample(kinds, chance.randrange(3, len(kinds)))


def _name(chance: random.Random, number: int, type: Type) -> str:
    """Return a name; some are words of the grammar, or those of fields of rows."""
    if chance.random() < 0.15:
        return ("score", "live", "zone", "count", "where", "rest", "a0", "a1", "v2", "key", "code",
                "many", "today")[number]  # fmt: skip
    return f"{type.kind.value}_{number}"


def _field(chance: random.Random, name: str, type: Type) -> FieldSpec:
    nullable = chance.random() < 0.6
    share = chance.choice((0.1, 0.4, 1.0)) if chance.random() < 0.8 else 0.0
    # Data may lack a value that was declared to be there.
    shown = share if nullable or chance.random() < 0.2 else 0.0
    return FieldSpec(name, type, nullable, shown, chance.random() < 0.5,
                     words(chance.choice(SIZES)) if type == TEXT else ("",))  # fmt: skip


def _member_field(chance: random.Random, name: str) -> FieldSpec:
    found = _field(chance, name, TEXT)
    return replace(found, enumeration=ENUMERATION, texts=(*words(6), *MEMBERS.values()))


def enumeration() -> ast.Enumeration:
    """Return the one enumeration of generated programs."""
    members = (
        ast.Member(ast.Name(name), None if name == text else text) for name, text in MEMBERS.items()
    )
    return ast.Enumeration(ast.Name(ENUMERATION), tuple(members))


def _key_field(chance: random.Random, name: str, type: Type) -> FieldSpec:
    share = 0.1 if chance.random() < 0.2 else 0.0
    return FieldSpec(name, type, False, share, chance.random() < 0.5, words(300))


def audience(schema: Schema, defaults: dict[str, ast.Expr | None]) -> ast.Audience:
    """Return the declaration; ``defaults`` are those of session attributes."""
    many = tuple(
        ast.Many(ast.Name(name), tuple(map(declared, fields)))
        for name, fields in schema.rows.items()
    )
    session = tuple(
        ast.Field(ast.Name(f.name), _type_name(f), defaults.get(f.name)) for f in schema.session
    )
    key, profile = (tuple(map(declared, fields)) for fields in (schema.key, schema.profile))
    return ast.Audience(ast.Name("Customer"), key, profile, many, session)


def declared(spec: FieldSpec) -> ast.Field:
    return ast.Field(ast.Name(spec.name), _type_name(spec))


def _type_name(spec: FieldSpec) -> ast.TypeName:
    if spec.enumeration:
        return ast.TypeName(spec.enumeration, None, spec.nullable)
    scale = spec.type.scale if spec.type.kind == "decimal" else None
    return ast.TypeName(spec.type.kind.value, scale, spec.nullable)
