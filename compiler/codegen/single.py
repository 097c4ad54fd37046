"""Decide for one customer at a time: the real-time form of a channel's plan.

Values are written straight into the blocks of one word that kernels read. Folds and conditions on
texts are evaluated by the interpreter, the latter once for each distinct value that comes by.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from interact.compiler.codegen.abi import WORD_ROWS
from interact.compiler.codegen.cells import Cells, Words, words_of
from interact.compiler.codegen.driver import driver
from interact.compiler.codegen.from_columnar import Layout, bind_plan
from interact.compiler.codegen.image import Image
from interact.compiler.codegen.operands import Buffer, InputKey, Output, Setting, Storage
from interact.compiler.codegen.store import KernelStore
from interact.compiler.codegen.texts import Texts
from interact.compiler.columnar.lanes import Lane
from interact.compiler.columnar.nodes import TEXT_KINDS, Op, OpKind, Plan, ZonePlan, input_key
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.nodes import Aggregate, Attr, Clock, Expr, InSegment, walk
from interact.stdlib.chance import customer_hash
from interact.stdlib.records import record
from interact.stdlib.types import MICROSECONDS_PER_DAY, Kind, Type, Value

Ranked = tuple[int, float]
"""A rule, by its index in the channel, and its exact score."""
Get = Callable[[Any], Any]
Rows = Mapping[str, Sequence[Mapping[str, Value]]]
_TEXT = "#text"
MEMORY = 1 << 16
"""Combinations of texts whose answers are remembered, for each set of inputs, and of segments."""


MOST_ROWS = 1024
"""Customers whose folds are remembered, by their rows: these are replaced, never changed."""


@record
class Choice:
    """What a channel decides for one customer.

    Attributes:
        segments: Whether the customer is in each segment.
        zones: For each zone the rules that are kept, best first; none where none were asked for.
    """

    segments: tuple[bool, ...]
    zones: tuple[tuple[Ranked, ...], ...]


@dataclass(slots=True)
class _TextGroup:
    """Text operations that read the same inputs, with answers by what those held.

    ``plain`` names the only input where that is an attribute.
    """

    inputs: tuple[InputKey, ...]
    plain: str | None = None
    ops: list[tuple[InputKey, Op]] = field(default_factory=list)
    reads_now: bool = False
    answers: dict[tuple[Value, ...], Words] = field(default_factory=dict)


class SingleScorer:
    """A plan bound for single customers, for one day and one number of offers.

    Not for several threads at once: a host keeps one for each thread. Nothing is worked out that
    only other zones than ``zones`` need; None is all zones.
    """

    def __init__(
        self,
        plan: Plan,
        store: KernelStore,
        today: int,
        top: int,
        zones: Collection[int] | None = None,
    ) -> None:
        plan = plan if zones is None else _of_zones(plan, zones)
        self.today, self._plan, self._top = today, plan, top
        moment = Moment(today * MICROSECONDS_PER_DAY)
        bound = bind_plan(plan, _storages(plan), moment, top, Layout.SINGLE)
        self._image = Image(bound, store, WORD_ROWS)
        code, drive = self._image.code, driver(store, is_short=True)
        self._run = partial(drive, code.buffer_info()[0], len(code) // 2, 0, 0, 1, 1)
        keys = self._image.program.inputs
        self._given = Cells(self._image, [k for k in keys if not k[0]], lambda key: key[1])
        derived = [k for k in keys if k[0] and k[0] != _TEXT]
        self._derived = Cells(self._image, derived, lambda key: key)
        self._groups = _text_groups(plan.ops, keys)
        self._hashes = [op for op in enumerate(plan.ops) if ("#hash", str(op[0])) in keys]
        hashed = {input_key(plan.ops[a]) for _, op in self._hashes for a in op.args}
        read = {*keys, *hashed, *(key for group in self._groups for key in group.inputs)}
        folds = [fold for fold in _folds(plan) if fold[0] in read]
        self._of_rows = [fold for fold in folds if _reads_rows_alone(fold[1])]
        self._of_more = [fold for fold in folds if fold not in self._of_rows]
        self._folded: dict[int, tuple[Rows, dict[InputKey, Value]]] = {}
        self._derives = bool(folds or self._hashes)
        self._point()

    def _point(self) -> None:
        """Point every operand at memory of the image, where one row exists."""
        image, plan, top = self._image, self._plan, self._top
        addresses = [
            WORD_ROWS if isinstance(o, Setting) else image.address(o) for o in image.dynamic
        ]
        for slot, owner in zip(image.slots, image.owners, strict=True):
            image.ops[slot] = addresses[owner]
        image.arena.ints[image.word(Buffer("live"))] = 1
        self._now = image.word(Buffer("now")) if image.has(Buffer("now")) else None
        self._segments = [image.word(Output(f"segment.{i}")) for i in range(len(plan.segments))]
        first, end = min(self._segments, default=0), max(self._segments, default=-1) + 1
        self._membership = image.arena.bytes[8 * first : 8 * end]
        self._members: dict[bytes, tuple[bool, ...]] = {}
        self._ranked = [
            (z, self._output(f"rules.{z}", 2).cast("h"), self._output(f"scores.{z}", 8).cast("d"))
            for z in range(len(plan.zones))
            if Output(f"rules.{z}") in image.places
        ]
        self._nothing: list[tuple[Ranked, ...]] = [()] * len(plan.zones)
        self._places = range(0, top * WORD_ROWS, WORD_ROWS)

    def _output(self, name: str, size: int) -> memoryview[int]:
        place = self._image.places[Output(name)]
        return self._image.arena.bytes[place : place + size * self._top * WORD_ROWS]

    def decide(self, customer: Customer, now: int) -> Choice:
        """Decide at the instant ``now``, in microseconds, on the day that this was made for."""
        get = customer.values.get
        self._given.write(get)
        derived: dict[InputKey, Value] = {}
        if self._derives:
            derived = self._derive(customer, now)
            self._derived.write(derived.get)
        self._write_texts(get, derived.get, now)
        ints = self._image.arena.ints
        if self._now is not None:
            ints[self._now] = now
        self._run()
        zones = self._nothing.copy()
        for zone, rules, scores in self._ranked:
            zones[zone] = self._kept(rules, scores)
        segments = self._members.get(bytes(self._membership))
        return Choice(self._read_segments() if segments is None else segments, tuple(zones))

    def _read_segments(self) -> tuple[bool, ...]:
        ints = self._image.arena.ints
        found = tuple([ints[at] & 1 == 1 for at in self._segments])
        if len(self._members) < MEMORY:
            self._members[bytes(self._membership)] = found
        return found

    def _kept(self, rules: memoryview[int], scores: memoryview[float]) -> tuple[Ranked, ...]:
        kept = []
        for at in self._places:
            if rules[at] < 0:  # no place after an empty one is taken
                break
            kept.append((rules[at], scores[at]))
        return tuple(kept)

    def _derive(self, customer: Customer, now: int) -> dict[InputKey, Value]:
        """Return what the interpreter works out: folds, and hashes of keys with texts."""
        values = dict(self._folds_of(customer.rows)) if self._of_rows else {}
        if self._of_more:
            frame = Frame(customer, Moment(now))
            for name, fold in self._of_more:
                values[name] = evaluate(fold, frame)
        for index, op in self._hashes:
            keys = [input_key(self._plan.ops[a]) for a in op.args]
            parts = [values.get(key) if key[0] else customer.values.get(key[1]) for key in keys]
            known = [p for p in parts if isinstance(p, int | str)]
            if len(known) == len(parts):
                values["#hash", str(index)] = customer_hash(op.data.on(self.today), known)
        return values

    def _folds_of(self, rows: Rows) -> dict[InputKey, Value]:
        """Return folds that rows alone decide: the same rows are folded once."""
        known = self._folded.get(id(rows))
        if known is None:  # as long as one is kept here, no other has its identity
            frame = Frame(Customer({}, rows), Moment(self.today * MICROSECONDS_PER_DAY))
            known = rows, {name: evaluate(fold, frame) for name, fold in self._of_rows}
            if len(self._folded) >= MOST_ROWS:
                self._folded.clear()
            self._folded[id(rows)] = known
        return known[1]

    def _write_texts(self, given: Get, derived: Get, now: int) -> None:
        """Write the results of operations on texts, which are remembered by what they read."""
        ints, floats = self._image.arena.ints, self._image.arena.floats
        for group in self._groups:
            if group.plain is not None:
                inputs: tuple[Value, ...] = (given(group.plain),)
            else:
                inputs = tuple([derived(k) if k[0] else given(k[1]) for k in group.inputs])
            words = None if group.reads_now else group.answers.get(inputs)
            if words is None:
                words = self._answer(group, inputs, now)
            for at, whole in words[0]:
                ints[at] = whole
            for at, number in words[1]:
                floats[at] = number

    def _answer(self, group: _TextGroup, inputs: tuple[Value, ...], now: int) -> Words:
        texts = Texts(Moment(now))
        answers = {key: texts.answer(op, inputs) for key, op in group.ops}
        words = words_of(self._image, answers)
        if len(group.answers) >= MEMORY:
            group.answers.clear()
        group.answers[inputs] = words
        return words


def _storages(plan: Plan) -> Mapping[InputKey, Storage]:
    """Return how every input arrives: in the widest lane, and with nulls."""
    found: dict[InputKey, Storage] = {}
    for index, op in enumerate(plan.ops):
        if op.kind in (OpKind.COLUMN, OpKind.FOLD) and op.type is not None:
            found[input_key(op)] = _storage(op.type)
        elif op.kind is OpKind.FOLD_TRUTH:
            found[input_key(op)] = Storage(Lane.BITS, False)
        elif op.kind is OpKind.TEXT and op.type is not None:
            found[_TEXT, str(index)] = _storage(op.type)
        elif op.kind in TEXT_KINDS:
            found[_TEXT, str(index)] = Storage(Lane.BITS, False)
        elif op.kind is OpKind.HASH:
            found["#hash", str(index)] = Storage(Lane.I64, False)
    return found


def _storage(type: Type) -> Storage:
    """Return the storage of a type; of a text only whether it is null is stored."""
    match type.kind:
        case Kind.FLOAT:
            return Storage(Lane.F64, False)
        case Kind.BOOL:
            return Storage(Lane.BITS, True)
        case Kind.TEXT:
            return Storage(Lane.CODE, True)
        case _:
            return Storage(Lane.I64, True)


def _of_zones(plan: Plan, zones: Collection[int]) -> Plan:
    found = [z if number in zones else ZonePlan(()) for number, z in enumerate(plan.zones)]
    return replace(plan, zones=tuple(found))


def _folds(plan: Plan) -> Iterator[tuple[InputKey, Aggregate]]:
    for number, rows in enumerate(plan.rows):
        for index, fold in enumerate(rows.folds):
            yield ("#fold", str(number), str(index)), fold.expr


def _reads_rows_alone(fold: Aggregate) -> bool:
    """Return whether a fold is the same all day, whatever else is known of a customer."""
    return not any(
        isinstance(part, Attr | InSegment) or (isinstance(part, Clock) and part.which == "now")
        for part in walk(fold)
    )


def _text_groups(ops: Sequence[Op], keys: Container[InputKey]) -> list[_TextGroup]:
    """Return the operations on texts whose results are read."""
    groups: dict[tuple[InputKey, ...], _TextGroup] = {}
    for index, op in enumerate(ops):
        if op.kind in TEXT_KINDS and (_TEXT, str(index)) in keys:
            inputs = tuple(input_key(ops[a]) for a in op.args)
            group = groups.setdefault(inputs, _TextGroup(inputs, _plain(inputs)))
            group.ops.append(((_TEXT, str(index)), op))
            group.reads_now = group.reads_now or _reads_now(op)
    return list(groups.values())


def _plain(inputs: tuple[InputKey, ...]) -> str | None:
    return inputs[0][1] if len(inputs) == 1 and not inputs[0][0] else None


def _reads_now(op: Op) -> bool:
    expr: Expr = op.data[0] if isinstance(op.data, tuple) else op.data
    return any(isinstance(part, Clock) and part.which == "now" for part in walk(expr))
