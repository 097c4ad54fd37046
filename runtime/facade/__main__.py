"""``python -m interact`` is the command ``interact``."""

from interact.runtime.cli import main

main()
