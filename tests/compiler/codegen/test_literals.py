"""A changed literal, or one more rule of a known shape, compiles nothing."""

from __future__ import annotations

import numpy as np
import pytest

from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.codegen.scorer import Scorer
from interact.compiler.codegen.store import MemoryStore
from interact.compiler.columnar.batch import Batch, Column, Lane
from interact.compiler.core.interpret import Moment
from interact.compiler.pipeline import check, optimize, plan_channel
from interact.compiler.source import SourceFile

PROJECT = """\
audience C {{ key id: int  profile {{ age: int  score: float  region: text }} }}
offer A {{ }}
offer B {{ }}
channel Web for C {{ zone Home {{ point p }} }}
flowchart F on Web {{ decision d {{ Old when age >= {age}  Young otherwise }} }}
strategy S on Web {{ zone Home {{
  for Old {{ A score {base} + {weight} * score when region in ("{region}", "south") }}
  {more}
}} }}
"""
MORE = 'for Young { B score 3.5 + 2.25 * score when region in ("east", "west") and age >= 7 }'
BATCH = Batch(
    3,
    {
        "id": Column(Lane.I64, np.arange(3)),
        "age": Column(Lane.I32, np.array([20, 40, 60], np.int32)),
        "score": Column(Lane.F64, np.array([0.5, 1.0, 2.0])),
        "region": Column(Lane.CODE, np.array([0, 1, 0], np.int32), None, ("north", "west")),
    },
    {},
)


def scored(store: MemoryStore, **literals: object) -> list[tuple[int, int, float]]:
    text = PROJECT.format(**{"age": 30, "base": 1, "weight": 2, "region": "north", "more": ""}
                          | literals)  # fmt: skip
    program = check([SourceFile("project", text)]).program
    assert program is not None
    program = optimize(program)
    plan = plan_channel(program, program.channels[0])
    found = Scorer(plan, store).score(BATCH, Moment(0), 2, Layout.LONG).long
    columns = (found["row"].tolist(), found["rule"].tolist(), found["score"].tolist())
    return list(zip(*columns, strict=True))


@pytest.mark.usefixtures("unlinked")
def test_only_new_shapes_are_compiled() -> None:
    store = MemoryStore()
    assert scored(store) == [(2, 0, 5.0)]
    known = set(store.objects)
    assert known
    assert scored(store, age=50, base=10, weight=4, region="west") == []
    assert scored(store, age=10, base=10, weight=4) == [(0, 0, 12.0), (2, 0, 18.0)]
    assert scored(store, age=50, more=MORE) == [(1, 1, 5.75), (2, 0, 5.0)]
    assert set(store.objects) == known
