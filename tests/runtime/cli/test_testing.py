"""``interact test`` runs tests, and says why those fail that do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import Result

Run = Callable[..., Result]

GOOD = """
test "the rich get gold" on Web {
  given balance = 5_000, age = 50, income = 5.0
  expect offers at hero: Gold, Blue
  expect offer Gold at Home score 52.0
  expect no offer Cart at hero because eligibility
  expect segments: Rich
}
test "by age and balance" on Web {
  given income = null
  cases {
    balance, age -> segment -> offers at hero -> no offer
             at hero
    0,       20  -> Young   -> Blue           -> Gold
    10,      30  -> Rest    -> Blue           -> Gold, Cart
    1_000,   20  -> Rich    -> Blue           -> -
  }
}
"""
FILES = """
test "all of them" on Web {
  given customers from "../c.parquet"
  expect segment Rich for 2 customers
  expect segment Romans for 3 customers
  expect offer Blue at hero
}
test "one of them" on Web {
  given customer 1 from "../c.parquet"
  expect offers at hero: Gold, Blue
  expect offer Gold at hero score 51
}
test "one, with a cart" on Web {
  given customer 2 from "../c.parquet"
  given cart = 5
  expect offers at hero: Cart, Blue
}
"""


@pytest.fixture
def tests(in_folder: Path) -> Callable[[str], Path]:
    """Put tests beside the project."""

    def written(text: str) -> Path:
        path = in_folder / "p" / "tests.interact"
        path.write_text(text)
        return path

    return written


@pytest.mark.parametrize("kernels", [[], ["--kernels"]])
@pytest.mark.parametrize(("text", "count"), [(GOOD, 4), (FILES, 3)])
def test_tests_pass(
    run: Run, tests: Callable[[str], Path], text: str, count: int, kernels: list[str]
) -> None:
    tests(text)
    found = run("test p", *kernels)
    assert (found.exit_code, found.stderr) == (0, ""), found.output
    assert found.stdout.startswith(f"{count} tests passed in ")


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("expect offers at hero: Blue, Gold", "expected Blue, Gold at hero, got Gold, Blue"),
        ("expect no offers at hero", "expected no offers at hero, got Gold, Blue"),
        ("expect offers at top: Blue", "Blue: segment, not in Romans"),
        ("expect offer Cart at hero", "Cart: eligibility, the condition is false, where cart = 0"),
        ("expect offer Gold at hero score 51.5", "expected Gold at hero to score 51.5, got 52.0"),
        ("expect no offer Gold at hero", "expected no Gold at hero, and it stands at 1"),
        (
            "expect no offer Cart at hero because cut",
            "expected no Cart at hero because of cut, got eligibility",
        ),
        ("expect segments: Rich, Romans", "Romans: is null, where city = null"),
        ("expect segment Young", "Young: already in Rich"),
        ("expect no segment Rich", "expected the customer outside of Rich, and it is in it"),
    ],
)
def test_failures_are_explained(
    run: Run, tests: Callable[[str], Path], expected: str, said: str
) -> None:
    given = "given balance = 5_000, age = 50, income = 5.0"
    tests(f'test "t" on Web {{\n  {given}\n  {expected}\n}}\n')
    found = run("test p")
    assert found.exit_code == 1
    assert said in found.stdout
    assert "--> p/tests.interact:3:3\n" in found.stdout
    assert "1 test failed, 0 passed" in found.stdout


def test_what_is_read_has_to_be_given(run: Run, tests: Callable[[str], Path]) -> None:
    tests('test "t" on Web { given balance = 5; expect segment Rest }')
    found = run("test p")
    assert found.exit_code == 1
    assert "the outcome depends on age" in found.stdout
    assert "add `given age = …`" in found.stdout


def test_what_is_not_read_need_not_be_given(run: Run, tests: Callable[[str], Path]) -> None:
    tests('test "t" on Web { given balance = 5_000; expect segment Rich }')
    assert run("test p").exit_code == 0


def test_counts_are_told(run: Run, tests: Callable[[str], Path]) -> None:
    head = 'test "t" on Web { given customers from "../c.parquet" '
    tests(f"{head} expect segment Rich for 3 customers expect segment Rich }}")
    found = run("test p")
    assert "expected this for 3 customers, got 2" in found.stdout
    assert "customer 2: expected the customer in Rich, and it is not" in found.stdout
    assert "4 of 6 customers fail it" in found.stdout


SAMPLE = """
flowchart G on Web {
  select Able when balance >= 1_000
  sample holdout of Able seed "s" { Control 10%  Treated rest }
}
strategy T on Web { zone Mail { for Treated { Gold } } }
"""


def test_outcomes_of_samples_are_given(run: Run, tests: Callable[[str], Path]) -> None:
    given = "given balance = 5_000"
    tests(
        f"{SAMPLE}"
        f'test "in" on Web {{ {given}, holdout = Treated  expect offers at top: Gold }}\n'
        f'test "out" on Web {{ {given}, G.holdout = Control  expect no offers at top }}\n'
        'test "poor" on Web { given balance = 5, holdout = Treated  expect no offers at top }\n'
        f'test "key" on Web {{ {given}, id = 1  expect segment Treated }}\n'
    )
    found = run("test p --kernels")
    assert found.exit_code == 0, found.output


def test_a_sample_needs_an_outcome_or_a_key(run: Run, tests: Callable[[str], Path]) -> None:
    tests(f'{SAMPLE} test "in" on Web {{ given balance = 5_000  expect offers at top: Gold }}')
    found = run("test p")
    assert "the outcome depends on the sample G.holdout" in found.stdout
    assert "`given G.holdout = Control`, or give the id" in found.stdout


LIVE = """
offer May { live 2026-05-01 to 2026-05-31 }
strategy M on Web { zone Mail { May when now < 2026-05-02T12:00 } }
"""


def test_the_time_is_given(run: Run, tests: Callable[[str], Path]) -> None:
    tests(
        f"{LIVE}"
        'test "first" on Web { at 2026-05-01  expect offers at top: May }\n'
        'test "noon" on Web { at 2026-05-02T12:00  expect no offer May at top because eligibility }'
        'test "june" on Web { at 2026-06-01  expect no offer May at top because offer dates }'
    )
    assert run("test p --kernels").exit_code == 0
    tests(f'{LIVE} test "t" on Web {{ expect offers at top: May }}')
    assert run("test p --as-of 2026-05-01").exit_code == 0
    found = run("test p --as-of 2027-05-01")
    assert found.exit_code == 1
    assert "decided as of the time of the run" in found.stdout


def test_coverage(run: Run, tests: Callable[[str], Path], in_folder: Path) -> None:
    tests(GOOD)
    found = run("test p --coverage --coverage-out c.lcov")
    assert found.exit_code == 0, found.output
    assert "p/all.interact:21  Cart" in found.stdout.replace("S.everyone.", "")
    assert "never true" in found.stdout
    lines = (in_folder / "c.lcov").read_text().splitlines()
    assert lines[:2] == ["TN:interact", "SF:p/all.interact"]
    assert lines[-1] == "end_of_record"
    assert [line for line in lines if line.startswith("BRDA:21,")]
    short = run("test p --at-least 100")
    assert (short.exit_code, short.stderr) == (1, "FAILED the coverage is less than 100 %\n")
    assert run("test p --at-least 50").exit_code == 0


def test_disabled_rules_have_nothing_to_cover(
    run: Run, tests: Callable[[str], Path], in_folder: Path
) -> None:
    tests(GOOD)
    before = json.loads(run("test p --json --coverage").stdout)["coverage"]
    tests(GOOD + "strategy Off on Web disabled { zone Home { Gold when age > 5 } }")
    assert json.loads(run("test p --json --coverage").stdout)["coverage"] == before


def test_junit(run: Run, tests: Callable[[str], Path], in_folder: Path) -> None:
    tests(
        GOOD
        + 'test "bad \\u{1}" on Web { given balance = 0 age = 1 expect segment Rich }'.replace(
            "0 age", "0, age"
        )
    )
    assert run("test p --junit out.xml").exit_code == 1
    root = ElementTree.parse(in_folder / "out.xml").getroot()
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "5", "1")
    (suite,) = root
    assert suite.get("name") == "p/tests.interact"
    assert [case.get("name") for case in suite][1] == "by age and balance [balance = 0, age = 20]"
    (failure,) = suite[-1]
    assert failure.tag == "failure"
    assert failure.get("message") == "expected the customer in Rich, and it is not"
    assert "Rich: is false, where balance = 0.00" in (failure.text or "")


def test_json(run: Run, tests: Callable[[str], Path]) -> None:
    tests(GOOD)
    told = json.loads(run("test p --json --coverage --filter AGE").stdout)
    assert (told["ok"], told["passed"], told["failed"]) == (True, 3, 0)
    assert told["tests"][0]["case"] == "balance = 0, age = 20"
    assert told["coverage"]["all"] > told["coverage"]["reached"] > 0


def test_check_counts_tests_and_a_bundle_has_them(run: Run, tests: Callable[[str], Path]) -> None:
    tests(GOOD)
    assert "4 tests" in run("check p").stdout
    assert run("build p -o p.bundle").exit_code == 0
    assert run("test p.bundle").stdout.startswith("4 tests passed")


def test_a_bundle_leaves_out_tests_over_files(run: Run, tests: Callable[[str], Path]) -> None:
    tests(GOOD + FILES)
    run("build p -o p.bundle")
    found = run("test p.bundle")
    assert (found.exit_code, found.stdout[:14]) == (0, "4 tests passed")
    assert "left out, as a bundle has no files of customers" in found.stderr


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("test p", 2, "there is no test in p"),
        ("test nowhere", 2, "no such file or folder: nowhere"),
        ("test p --as-of soon", 2, "neither a date nor a timestamp"),
    ],
)
def test_wrong_usage_is_one_line(
    refused: Callable[..., None], line: str, code: int, said: str
) -> None:
    refused(code, said, line)


def test_more_wrong_usage(
    run: Run, refused: Callable[..., None], tests: Callable[[str], Path]
) -> None:
    tests(GOOD)
    refused(2, "no test has 'xyz' in its name", "test p --filter xyz")
    found = run("test p --junit no/such/folder.xml")
    assert found.exit_code == 1
    assert "cannot write no/such/folder.xml: No such file" in found.stderr
    tests('test "t" on Web { given customers from "none.parquet"  expect segment Rich }')
    found = run("test p")
    assert found.exit_code == 1
    assert "none.parquet" in found.stdout
    tests('test "t" on Web { expect segment Ritch }')
    found = run("test p")
    assert found.exit_code == 1
    assert "did you mean `Rich`?" in found.stderr
