"""interact user: the line of a user, and what cannot be one."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from interact.runtime.cli.main import cli
from interact.runtime.serve.users import matches, read_users


def test_the_line_of_a_user_is_one_that_the_service_reads(tmp_path: Path) -> None:
    made = CliRunner().invoke(cli, ["user", "carl", "--password", "secret"])
    (tmp_path / "users").write_text(made.output)
    assert matches("secret", read_users(str(tmp_path / "users"))["carl"])


def test_a_password_comes_from_a_pipe(tmp_path: Path) -> None:
    made = CliRunner().invoke(cli, ["user", "carl"], input="secret\n")
    assert made.stderr == ""
    (tmp_path / "users").write_text(made.stdout)
    assert matches("secret", read_users(str(tmp_path / "users"))["carl"])


@pytest.mark.parametrize(
    ("name", "password", "text"),
    [
        ("", "x", "the name of the user is empty"),
        ("carl x", "x", "a name of a user has no blanks"),
        ("#carl", "x", "is a comment"),
        ("carl", "", "the password is empty"),
    ],
)
def test_what_is_no_user_is_refused(name: str, password: str, text: str) -> None:
    made = CliRunner().invoke(cli, ["user", name, "--password", password])
    assert (made.exit_code, made.stdout) == (2, "")
    assert text in made.stderr
