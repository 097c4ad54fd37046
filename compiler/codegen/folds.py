"""Folds of ``many`` rows to their customers, by kernels over offsets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen.host import sane_codes, unpacked
from interact.compiler.codegen.native import call
from interact.compiler.codegen.store import KernelStore
from interact.compiler.columnar.batch import Column, Lane, Offsets
from interact.compiler.columnar.nodes import FoldOutput
from interact.compiler.core.nodes import type_of

Arrays = Mapping[str, npt.NDArray[Any]]
Floats = npt.NDArray[np.float64]


class Folder:
    """Folds rows by ``offsets``, shape ``(customers + 1,)``."""

    def __init__(self, offsets: Offsets, store: KernelStore) -> None:
        self._offsets, self._store = offsets, store
        self._customers = len(offsets) - 1

    def fold(self, number: int, output: FoldOutput, made: Arrays, text: Column | None) -> Column:
        """Return one fold as a column of customers; ``made`` holds its operands."""
        where = made[f"where.{number}"]
        match output.expr.function:
            case "any" | "all":
                return self._truth(number, output, made)
            case "count" if output.expr.distinct:
                return self._distinct(where, made.get(f"value.{number}"), text)
            case "count":
                return Column(Lane.I64, self._count(where))
            case "avg":
                return Column(Lane.F64, self._mean(self._floats(number, output, made), where))
            case "stddev":
                return Column(Lane.F64, self._stddev(self._floats(number, output, made), where))
            case _:
                return self._numbers(output.expr.function, made[f"value.{number}"], where)

    def _run(self, shape: str, *arrays: npt.NDArray[Any]) -> None:
        call(shape, self._store, (self._offsets, *arrays), self._customers)

    def _count(self, where: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        out = np.zeros(self._customers, np.int64)
        self._run("many.count.o64", where, out)
        return out

    def _sum(self, values: Floats, where: npt.NDArray[Any]) -> Floats:
        out = np.zeros(self._customers)
        self._run("many.sum.f64.o64", values, where, out)
        return out

    def _truth(self, number: int, output: FoldOutput, made: Arrays) -> Column:
        """Return any: a row that counts. All: no row that counts without the condition."""
        where = made[f"where.{number}"]
        truth = made.get(f"truth.{number}")
        if output.expr.function == "any":
            counted = where if truth is None else where & truth
            return Column(Lane.BITS, self._any(counted))
        assert truth is not None
        return Column(Lane.BITS, np.invert(self._any(where & ~truth)))

    def _any(self, counted: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
        out = np.zeros(-(-self._customers // 64) * 8, np.uint8)
        self._run("many.any.o64", counted, out)
        return out

    def _numbers(self, function: str, values: npt.NDArray[Any], where: npt.NDArray[Any]) -> Column:
        if values.dtype == np.float64:
            floats = np.zeros(self._customers)
            self._run(f"many.{function}.f64.o64", values, where, floats)
            return Column(Lane.F64, floats)
        ints = np.zeros(self._customers, np.int64)
        valid = np.zeros(-(-self._customers // 64) * 8, np.uint8)
        self._run(f"many.{function}.i64.o64", values, where, ints, valid)
        return Column(Lane.I64, ints, valid)

    @staticmethod
    def _floats(number: int, output: FoldOutput, made: Arrays) -> Floats:
        """Return the operand as floats: a scaled integer is divided by its unit, as one number."""
        values = made[f"value.{number}"]
        assert output.expr.value is not None
        unit = 10 ** type_of(output.expr.value).scale
        with np.errstate(all="ignore"):  # rows that do not count hold anything
            return np.asarray(values, np.float64) / np.float64(unit)

    def _mean(self, values: Floats, where: npt.NDArray[Any]) -> Floats:
        with np.errstate(all="ignore"):
            return _finite(self._sum(values, where) / self._count(where))

    def _stddev(self, values: Floats, where: npt.NDArray[Any]) -> Floats:
        counts = self._count(where)
        with np.errstate(all="ignore"):
            mean = np.repeat(self._sum(values, where) / counts, np.diff(self._offsets))
            away = values[: len(mean)] - mean
            squares = self._sum(away * away, where)
            spread = np.sqrt(squares / (counts - 1))
        return _finite(np.where(counts < 2, np.nan, spread))

    def _distinct(
        self,
        where: npt.NDArray[Any],
        values: npt.NDArray[Any] | None,
        text: Column | None,
    ) -> Column:
        """Return the count of different values of each customer."""
        rows = int(self._offsets[-1])
        parents = np.repeat(np.arange(self._customers), np.diff(self._offsets))
        keep = unpacked(where.view(np.uint8), rows)
        pairs = np.stack([parents[keep], _keys(values, text, rows)[keep]])
        owners = np.unique(pairs, axis=1)[0]
        return Column(Lane.I64, np.bincount(owners, minlength=self._customers).astype(np.int64))


def _keys(values: npt.NDArray[Any] | None, text: Column | None, rows: int) -> npt.NDArray[np.int64]:
    """Return an integer for each row, equal for equal values."""
    if text is not None:
        return np.asarray(sane_codes(text, rows).data[:rows], np.int64)
    assert values is not None
    if values.dtype == np.float64:
        return (np.asarray(values[:rows], np.float64) + 0.0).view(np.int64)
    return np.asarray(values[:rows], np.int64)


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)
