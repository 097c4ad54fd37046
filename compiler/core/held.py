"""A channel of which some flowcharts keep what they said: they decide nothing anew.

A flowchart is held by the cells that a customer was in when it last decided. Its cells are those
then, whatever is known now; everything that reads them, segments and other flowcharts, goes on from
there. What is made so is a channel as any other, and ``decide`` says what it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from interact.compiler.core.decide import memberships
from interact.compiler.core.interpret import Customer, Frame, Moment
from interact.compiler.core.nodes import Const
from interact.compiler.core.program import Cell, Channel, Filter, Program
from interact.stdlib.types import BOOL

Held: TypeAlias = Mapping[str, frozenset[str]]
"""By flowchart the names of the cells that the customer is in."""


def holding(channel: Channel, held: Held) -> Channel:
    """Return a channel for a customer, with flowcharts that are held."""
    return replace(channel, cells=tuple(_cell(cell, held) for cell in channel.cells))


def cells_of(program: Program, channel: Channel, customer: Customer, moment: Moment) -> Held:
    """Return the cells that a customer is in, by flowchart."""
    members = memberships(program, channel, Frame(customer, moment))
    found: dict[str, set[str]] = {cell.flowchart: set() for cell in channel.cells}
    for cell, is_member in zip(channel.cells, members, strict=True):
        if is_member:
            found[cell.flowchart].add(cell.name)
    return {flowchart: frozenset(names) for flowchart, names in found.items()}


def _cell(cell: Cell, held: Held) -> Cell:
    names = held.get(cell.flowchart)
    if names is None:
        return cell
    return replace(cell, parents=(), test=Filter(Const(cell.name in names, BOOL, cell.span)))
