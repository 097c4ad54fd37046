"""The interact.toml of docs/commands.md is read, and has all sections that there are."""

from __future__ import annotations

import re
from pathlib import Path

from interact.runtime.host.profiles.sql import Database
from interact.runtime.serve.settings import read_settings
from interact.runtime.settings_file import settings_file
from interact.runtime.tables.settings import read_table_settings

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def test_the_settings_are_read_as_told(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    (tmp_path / "interact.toml").write_text(found[1])
    (tmp_path / "site").mkdir()
    settings, tables = read_settings(str(tmp_path)), read_table_settings(str(tmp_path))
    assert settings.profiles["Customer"] == str(tmp_path / "customers.parquet")
    assert isinstance(settings.profiles["Household"], Database)
    assert settings.tables == {"visits": ("age", "campaign")}
    assert (set(tables.tables), tables.poll_seconds) == ({"DoNotOffer"}, 60)
    read = settings_file(str(tmp_path))
    assert read is not None
    assert set(read.sections) == {"profiles", "tables", "serve"}
