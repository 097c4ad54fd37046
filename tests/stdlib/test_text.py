"""Functions on text against plain definitions."""

import re
import time

from hypothesis import given, strategies as st

from interact.stdlib import excerpt, text
from interact.stdlib.types import INT_MAX, INT_MIN

TEXTS = st.text(max_size=12)
SHORT = st.text(alphabet="ab%_\\", max_size=8)
COUNTS = st.one_of(st.integers(-3, 15), st.sampled_from([INT_MIN, INT_MAX]))


@given(TEXTS, COUNTS, COUNTS)
def test_substring_takes_the_positions_that_exist(value: str, start: int, length: int) -> None:
    kept = [c for i, c in enumerate(value, 1) if start <= i < start + length]
    assert excerpt.substring(value, start, length) == ("".join(kept) if length >= 0 else None)
    assert excerpt.substring_from(value, start) == "".join(
        c for i, c in enumerate(value, 1) if start <= i
    )


@given(TEXTS, COUNTS)
def test_left_and_right(value: str, length: int) -> None:
    assert excerpt.left(value, length) == (value[:length] if length >= 0 else None)
    assert excerpt.right(value, length) == (None if length < 0 else value[::-1][:length][::-1])


@given(TEXTS, TEXTS, TEXTS)
def test_searching(a: str, b: str, c: str) -> None:
    whole = a + b + c
    assert excerpt.contains(whole, b)
    assert excerpt.starts_with(whole, a)
    assert excerpt.ends_with(whole, c)
    at = excerpt.position(whole, b)
    assert whole[at - 1 : at - 1 + len(b)] == b
    assert excerpt.position("gold", "x") == 0


@given(SHORT, SHORT, TEXTS)
def test_replace(value: str, old: str, new: str) -> None:
    expected = value.replace(old, new) if old else value
    assert excerpt.replace(value, old, new) == expected


@given(SHORT, SHORT.filter(bool), st.integers(-9, 9))
def test_split_part(value: str, separator: str, n: int) -> None:
    parts = value.split(separator)
    numbered = dict(enumerate(parts, 1)) | dict(enumerate(parts, -len(parts)))
    assert excerpt.split_part(value, separator, n) == numbered.get(n)


@given(TEXTS, st.integers(-3, 20), TEXTS)
def test_padding(value: str, length: int, fill: str) -> None:
    missing = max(length - len(value), 0)
    padding = (fill * 20)[:missing]
    assert text.pad_left_with(value, length, fill) == (padding + value if fill else None)
    assert text.pad_right_with(value, length, fill) == (value + padding if fill else None)
    assert text.pad_left(value, length) == value.rjust(length)
    assert text.pad_right(value, length) == value.ljust(length)


def test_texts_of_any_length_are_refused() -> None:
    assert text.pad_left("x", INT_MAX) is None
    assert text.pad_right_with("x", INT_MAX, "ab") is None
    assert text.repeat("ab", INT_MAX) is None
    assert text.repeat("", INT_MAX) == ""
    assert excerpt.replace("a" * 60_000, "a", "bb") is None
    assert excerpt.replace("a" * 70_000, "a", "b") == "b" * 70_000


@given(TEXTS)
def test_letters_and_blanks(value: str) -> None:
    assert text.lower(value) == value.lower()
    assert text.upper(value) == value.upper()
    assert text.trim(value) == text.ltrim(text.rtrim(value)) == value.strip()
    assert text.is_blank(value) == (text.trim(value) == "")
    assert text.reverse(text.reverse(value)) == value
    assert text.length(text.concat(value, "é")) == len(value) + 1


@given(SHORT, SHORT)
def test_like_is_a_match_of_the_whole_text(value: str, pattern: str) -> None:
    assert excerpt.like(value, pattern) == matches(value, tokens(pattern))
    assert excerpt.ilike(value.upper(), pattern) == matches(value, tokens(pattern))


def tokens(pattern: str) -> list[str]:
    return re.findall(r"\\[%_\\]|.", pattern, re.DOTALL)


def matches(value: str, pattern: list[str]) -> bool:
    """Return whether the pattern fits, by trying everything."""
    if not pattern:
        return not value
    first, *rest = pattern
    if first == "%":
        return any(matches(value[i:], rest) for i in range(len(value) + 1))
    fits = bool(value) and (first == "_" or value[0] == first[-1])
    return fits and matches(value[1:], rest)


def test_like_takes_no_more_than_text_times_pattern() -> None:
    start = time.process_time()
    assert not excerpt.like("a" * 5000, "%a" * 60 + "%b")
    assert time.process_time() - start < 2.0


def test_like_spans_lines_and_escapes_what_regular_expressions_know() -> None:
    assert excerpt.like("a\nb", "a%b")
    assert excerpt.like("a\nb", "a_b")
    assert excerpt.like("a.b", "a.b")
    assert not excerpt.like("axb", "a.b")
    assert excerpt.like("50%", r"50\%")
    assert not excerpt.like("50x", r"50\%")
    assert excerpt.ilike("ÄB", "äb")
