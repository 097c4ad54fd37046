"""The command ``interact``."""

from interact.runtime.cli.main import main

__all__ = ["main"]
