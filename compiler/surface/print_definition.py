"""Definitions as text: constants, enumerations, functions, tables."""

from __future__ import annotations

from interact.compiler.surface.ast import (
    Constant,
    Enumeration,
    Function,
    Member,
    Parameter,
    Table,
    Template,
)
from interact.compiler.surface.layout import Lines, block, items, optional
from interact.compiler.surface.print_expression import print_cell, print_expression, quote
from interact.compiler.surface.print_part import print_type


def print_constant(constant: Constant) -> str:
    type_ = "" if constant.type is None else f": {print_type(constant.type)}"
    return f"constant {constant.name.text}{type_} = {print_expression(constant.value)}"


def print_signature(declared: Function | Table | Template) -> str:
    listed = ", ".join(map(_parameter, declared.parameters))
    if isinstance(declared, Template):
        return f"{declared.name.text}({listed})"
    result = "" if declared.result is None else f" -> {print_type(declared.result)}"
    return f"{declared.name.text}({listed}){optional(' for ', declared.audience)}{result}"


def _parameter(parameter: Parameter) -> str:
    default = "" if parameter.default is None else f" = {print_expression(parameter.default)}"
    return f"{parameter.name.text}: {print_type(parameter.type)}{default}"


def print_function(function: Function) -> str:
    return f"function {print_signature(function)} = {print_expression(function.body)}"


def print_enumeration(enumeration: Enumeration) -> Lines:
    members = items(enumeration.members, lambda member: member.name.text, _member)
    return block(f"enum {enumeration.name.text}", members)


def print_table(table: Table) -> Lines:
    return block(f"table {print_signature(table)}", _rows(table))


def _rows(table: Table) -> Lines:
    if table.columns:
        yield f"by {' | '.join(map(print_expression, table.columns))}"
    for row in table.rows:
        result = print_expression(row.result)
        cells = " | ".join(map(print_cell, row.cells))
        yield f"when {cells} then {result}" if row.cells else f"otherwise {result}"


def _member(member: Member) -> str:
    return "" if member.text is None else f"= {quote(member.text)}"
