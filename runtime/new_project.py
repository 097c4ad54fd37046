"""New projects: the files of a template, and made-up customers to try it on."""

from __future__ import annotations

import csv
import io
import os
import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from string import Template

from interact.runtime.errors import OutputError, UsageError

TEMPLATES = {
    "basic": "five files: audience, offers, channel, segments, strategy",
    "single": "one file of twenty lines",
}
CUSTOMERS = 500
CUSTOMERS_FILE = "customers.csv"
_FOLDER = Path(__file__).parent / "templates"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_SEED = 2026
_NAMES = ("Ada", "Ben", "Chen", "Dina", "Emil", "Farid", "Gita", "Hugo", "Ines", "Jonas", "Kai")


def new_project(folder: str, template: str, today: date) -> list[str]:
    """Make a folder with a project of its name in it; return the names of its files.

    Args:
        folder: Its last part is the name: letters, digits, ``-`` and ``_``.
        template: One of ``TEMPLATES``.
        today: Logins of the made-up customers are before it.

    Raises:
        UsageError: The name is not one, or something has it already.
        OutputError: The folder cannot be written.
    """
    name = os.path.basename(os.path.normpath(folder))
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for a project",
            help="a letter, then letters, digits, - and _, such as spring-campaign",
        )
    files = {**_filled(template, name), CUSTOMERS_FILE: _customers(today)}
    try:
        os.mkdir(folder)
        for file, text in files.items():
            with open(os.path.join(folder, file), "x", encoding="utf-8", newline="\n") as out:
                out.write(text)
    except FileExistsError as error:
        raise UsageError(
            f"{error.filename} exists already", help="choose another name; nothing is overwritten"
        ) from error
    except OSError as error:
        raise OutputError(f"cannot write {error.filename}: {error.strerror}") from error
    return sorted(files)


def _filled(template: str, name: str) -> dict[str, str]:
    """Return the files of a template; its README knows the project's name."""
    values = {"name": name, "customers": str(CUSTOMERS)}
    texts = {f.name: f.read_text("utf-8") for f in sorted((_FOLDER / template).iterdir())}
    return {
        file: Template(text).substitute(values) if file == "README.md" else text
        for file, text in texts.items()
    }


def _customers(today: date) -> str:
    """Return customers as CSV, the same for the same day."""
    text = io.StringIO()
    rows = csv.DictWriter(text, list(next(_rows(today))), lineterminator="\n")
    rows.writeheader()
    rows.writerows(_rows(today))
    return text.getvalue()


def _rows(today: date) -> Iterator[dict[str, object]]:
    chance = random.Random(_SEED)
    for number in range(1, CUSTOMERS + 1):
        away = min(int(chance.expovariate(1 / 60)), 2_000)
        yield {
            "customer_id": number,
            "first_name": chance.choice(_NAMES),
            "age": chance.randint(16, 90),
            "balance": f"{chance.lognormvariate(7.5, 1.6) - 300:.2f}",
            "income": "" if chance.random() < 0.2 else f"{chance.lognormvariate(7.8, 0.5):.2f}",
            "churn_risk": f"{chance.betavariate(1.5, 5):.3f}",
            "opted_in": str(chance.random() < 0.6).lower(),
            "last_login": "" if chance.random() < 0.05 else today - timedelta(days=away),
        }
