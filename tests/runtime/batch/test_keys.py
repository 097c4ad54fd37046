"""Null and duplicate keys, counted against a set."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings, strategies as st

from interact.runtime.batch.keys import KeyCounter, KeyReport
from interact.runtime.errors import DataError

NUMBERS = st.integers(-3, 60) | st.integers(-(2**63), 2**63 - 1)
TEXTS = st.sampled_from(["", "\0", "\0\0", "a", "aa", "b", "ä"]) | st.text(max_size=4)


def counted(batches: list[Any], **options: Any) -> KeyReport:
    counter = KeyCounter("k", **options)
    for batch in batches:
        counter.add(pa.record_batch({"k": batch}))
    return counter.report()


@pytest.mark.parametrize(
    ("found", "keys"),
    [
        (pa.int64(), NUMBERS),
        (pa.string(), TEXTS),
        (pa.string_view(), TEXTS),
        (pa.dictionary(pa.int32(), pa.string()), TEXTS),
        (pa.float64(), st.sampled_from([1.5, 2.5, 3.5])),
    ],
    ids=str,
)
@settings(max_examples=50)
@given(data=st.data())
def test_counts_are_those_of_a_set(found: Any, keys: Any, data: Any) -> None:
    batches = data.draw(st.lists(st.lists(st.none() | keys, max_size=40), max_size=5))
    arrays = [pa.array([None, *batch], found).slice(1) for batch in batches]
    flat = [key for batch in batches for key in batch]
    present = [key for key in flat if key is not None]
    report = counted(arrays)
    assert report.nulls == flat.count(None)
    assert report.duplicates == len(present) - len(set(present))
    assert report.exact


@pytest.mark.parametrize("kind", ["int", "text"])
def test_many_keys_in_any_order(kind: str) -> None:
    order = np.random.default_rng(0).permutation(np.repeat(np.arange(150_000), 2))
    keys = pa.array(np.concatenate([order, np.arange(50_000)]))
    keys = keys if kind == "int" else keys.cast(pa.string())
    report = counted([keys.slice(start, 70_000) for start in range(0, 350_000, 70_000)])
    assert (report.duplicates, report.exact) == (200_000, True)


def test_a_null_in_a_dictionary_is_no_key() -> None:
    entries = pa.array(["a", None, ""])
    keys = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, 1, None]), entries)
    report = counted([keys])
    assert (report.nulls, report.duplicates) == (3, 0)


def test_examples_of_repeated_numbers() -> None:
    report = counted([pa.array([1, 2, -3]), pa.array([-3, 4, 2, 2])])
    assert (report.duplicates, set(report.examples)) == (3, {2, -3})


def test_beyond_the_limit_the_count_is_an_estimate() -> None:
    once = pa.array(np.arange(100_000))
    twice = pa.array(np.arange(50_000))
    report = counted([once, twice], limit=10_000)
    assert not report.exact
    assert report.duplicates == pytest.approx(50_000, rel=0.1)
    assert counted([once], limit=10_000).duplicates == 0


def test_either_may_be_refused() -> None:
    with pytest.raises(DataError, match="1 customers have no `k`, their key"):
        counted([pa.array([1, None])], refuse_nulls=True)
    with pytest.raises(DataError, match="1 customers have a `k` that another one has: 7"):
        counted([pa.array([7, 1]), pa.array([7])], refuse_duplicates=True)
