"""What a test says of any customer: proved, or shown a customer of whom it is not so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.nodes import Aggregate, Call, InSegment, walk
from interact.compiler.core.program import Channel, Program
from interact.compiler.core.tests import Expectation, Test
from interact.compiler.diagnostics.diagnostic import Label
from interact.runtime.errors import not_installed
from interact.runtime.testing.narrowing import narrowed
from interact.runtime.testing.results import Failure

if TYPE_CHECKING:
    from interact.compiler.proof.prove import Everyone

_TOO_HARD = "say it of fewer customers, or give some attributes: `given any customer when …`"


def disproofs(test: Test, program: Program, whole: Channel, now: Moment) -> Iterator[Failure]:
    """Yield what of a test is not so of any customer, or was not proved.

    Args:
        whole: The channel, with the outcomes of samples that are given.
        now: A time to tell of, where it makes no difference.

    Raises:
        UsageError: The solver is not installed.
    """
    try:
        from interact.compiler.proof.prove import prove
        from interact.runtime.testing.counterexample import Search
    except ModuleNotFoundError as error:
        raise not_installed("a test of any customer", error, "prove") from error
    assert test.anyone is not None
    for expectation in test.expectations:
        everyone = _everyone(test, program, whole, expectation)
        answer = prove(expectation.claim, everyone)
        if answer.holds:
            continue
        found = Search(test, everyone, expectation, now).near(answer.witnesses)
        yield found or _unproved(expectation, answer.unclear)


def _unproved(expectation: Expectation, unclear: Sequence[Call | Aggregate]) -> Failure:
    """Return that neither a proof nor a customer was found, and what stands in the way."""
    message = "this could not be proved, and no customer was found of whom it is not so"
    if not unclear:
        message = "this is too hard to prove, and no customer was found of whom it is not so"
    labels = tuple(Label(call.span, "a proof takes this for any value") for call in unclear)
    return Failure(message, expectation.span, labels, _TOO_HARD)


def _everyone(test: Test, program: Program, whole: Channel, expectation: Expectation) -> Everyone:
    from interact.compiler.proof.prove import Everyone

    assert test.anyone is not None
    condition = test.anyone.condition
    parts = () if condition is None else walk(condition)
    segments = {part.index for part in parts if isinstance(part, InSegment)}
    moment = None if test.now is None else Moment(test.now)
    frame = Frame(Customer({}), moment or Moment(0))
    rows = {
        given.rows: [{g.name: evaluate(g.value, frame) for g in record} for record in given.records]
        for given in test.rows
    }
    return Everyone(
        program,
        narrowed(whole, [expectation], segments),
        test.top,
        moment,
        {g.name: evaluate(g.value, frame) for g in test.given},
        rows,
        condition,
    )
