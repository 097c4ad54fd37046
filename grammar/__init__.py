"""The concrete syntax of the Interact DSL."""

from importlib.resources import files


def grammar_text() -> str:
    """Return the LALR(1) grammar in Lark's notation."""
    return files(__name__).joinpath("interact.lark").read_text(encoding="utf-8")
