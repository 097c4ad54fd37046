"""What has to be written down when a name changes that stood for something outside the project.

Data have columns by the names of attributes, histories and campaigns have offers by their codes,
and customers are drawn into a sample by its seed; each is a name unless it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interact.compiler.source import Span
from interact.compiler.surface import ast
from interact.compiler.surface.lex import tokenize
from interact.compiler.surface.outline import Symbol
from interact.compiler.surface.tables import load_tables
from interact.runtime.editor.analysis import Analysis

Edit = tuple[Span, str]


def kept(symbols: Sequence[Symbol], analysis: Analysis) -> Iterator[Edit]:
    """Yield the edits that keep columns, codes and seeds as they are when names change."""
    names = {symbol.name.span for symbol in symbols}
    for module in analysis.modules.values():
        text = analysis.sources[module.file].text
        for declared in module.declarations:
            match declared:
                case ast.Audience():
                    yield from _columns(_fields(declared), names)
                    yield from _rows(declared, names, text)
                case ast.Channel():
                    yield from _patterns(declared, names)
                case ast.OfferTable(columns=columns):
                    yield from _columns(columns, names)
                case ast.Offer(name=name, code=()) if name.span in names:
                    yield _code(declared, text)
                case ast.Flowchart():
                    yield from _seeds(declared, names)
                case _:
                    pass


def _fields(audience: ast.Audience) -> Iterator[ast.Field]:
    yield from (*audience.key, *audience.profile, *audience.session)
    yield from (f for many in audience.many for f in many.fields)


def _columns(fields: Iterator[ast.Field] | Sequence[ast.Field], names: set[Span]) -> Iterator[Edit]:
    for field in fields:
        if field.name.span in names and field.column is None:
            yield _behind(field.type.span), f' from "{field.name.text}"'


def _rows(audience: ast.Audience, names: set[Span], text: str) -> Iterator[Edit]:
    for many in audience.many:
        if many.name.span in names and many.column is None:
            place = _end_of(text, "many", many.name.span)
            yield _behind(place), f' from "{many.name.text}"'


def _patterns(channel: ast.Channel, names: set[Span]) -> Iterator[Edit]:
    for pattern in channel.patterns:
        if pattern.name.span in names and pattern.column is None:
            yield _behind(pattern.name.span), f' from "{pattern.name.text}"'


def _code(offer: ast.Offer, text: str) -> Edit:
    """Return the code of an offer, at the begin of its block."""
    place = _end_of(text, "{", offer.name.span)
    is_long = text[place.end :].lstrip(" ")[:1] in ("\n", "\r")
    line = "\n  " if is_long else " "
    return _behind(place), f'{line}code "{offer.name.text}"'


def _end_of(text: str, word: str, after: Span) -> Span:
    """Return the place of the first word, or sign, of a kind behind another place."""
    tokens = tokenize(text, load_tables(), after.end).tokens
    found = next(token for token in tokens if token.text == word)
    return Span(after.file, found.start, found.end)


def _seeds(flowchart: ast.Flowchart, names: set[Span]) -> Iterator[Edit]:
    for step in (s for s in flowchart.steps if isinstance(s, ast.Sample)):
        if step.seed is None and names & {flowchart.name.span, step.name.span}:
            place = step.name.span if step.source is None else step.source.span
            yield _behind(place), f' seed "{flowchart.name.text}.{step.name.text}"'


def _behind(span: Span) -> Span:
    return Span(span.file, span.end, span.end)
