"""The concrete syntax of the Interact DSL, and what is made of it."""

from importlib.resources import files


def grammar_text() -> str:
    """Return the LALR(1) grammar in Lark's notation."""
    return _read("interact.lark")


def malformed_text() -> str:
    """Return the malformed programs with the hint for each, in TOML."""
    return _read("malformed.toml")


def table_text() -> str:
    """Return the LALR tables in JSON, made by ``interact.compiler.surface.build_tables``."""
    return _read("interact.json")


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
