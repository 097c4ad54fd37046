"""The example's page in a browser: offers change as a visitor looks, buys, takes and dismisses."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow.dataset as ds
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.runtime.serve.serving import EXAMPLES, Server, start

HERO, PICKS = "#hero .offer", "#picks .offer"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "tests need chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    started = start(str(EXAMPLES / "website"), "--no-auth", "--history", str(tmp_path / "h"))
    yield started
    started.stop(kill=True)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    opened = browser.new_page()
    errors: list[object] = []
    opened.on("pageerror", lambda error: errors.append(error))
    opened.goto(f"{server.base}/")
    yield opened
    opened.close()
    assert errors == []


def look(page: Page, product: str) -> None:
    page.click(f'[data-product="{product}"] .view')


def stage(page: Page, offer: str) -> None:
    expect(page.locator(HERO)).to_have_attribute("data-offer", offer)


def shelf(page: Page) -> list[str | None]:
    return [one.get_attribute("data-offer") for one in page.locator(PICKS).all()]


def test_a_visit(page: Page, server: Server, tmp_path: Path) -> None:
    stage(page, "MemberDays")
    expect(page.locator("#hero h3")).to_have_text("Member days, Ada")
    assert shelf(page) == ["RepairKit", "WoolSocks", "GroundSheet"]
    for product in ("Larch 2", "Tarn 1"):
        look(page, product)
        expect(page.locator(PICKS).first).to_have_attribute("data-offer", "GroundSheet")
        stage(page, "MemberDays")
    look(page, "Larch 2")
    stage(page, "TentWeek")
    page.click("#picks [data-offer=GroundSheet] .dismiss")
    expect(page.locator("[data-offer=GroundSheet]")).to_have_count(0)
    page.click("#hero .accept")
    stage(page, "Season")
    server.stop()
    kept = ds.dataset(tmp_path / "h/responses", partitioning="hive").to_table().sort_by("event")
    told = kept.select(["offer", "kind", "visitor_id"]).to_pylist()
    assert {(row["offer"], row["kind"]) for row in told} == {
        ("GroundSheet", "reject"),
        ("TentWeek", "accept"),
    }
    assert {row["visitor_id"] for row in told} == {1}


def test_a_cart_and_what_was_sent_away_stay(page: Page) -> None:
    page.click("[data-visitor='3']")
    stage(page, "Season")
    page.click('[data-product="Ridge GTX"] .add')
    stage(page, "FreeDelivery")
    expect(page.locator("#cart")).to_have_text("Cart 219")
    page.click("#hero .dismiss")
    stage(page, "Season")
    page.reload()
    page.click("[data-visitor='3']")
    page.click('[data-product="Ridge GTX"] .add')
    expect(page.locator("#log li", has_text="added_to_cart")).to_have_count(1)
    stage(page, "Season")


def test_a_guest_and_a_session_that_ended(page: Page) -> None:
    page.click("[data-visitor=guest]")
    stage(page, "Season")
    page.evaluate("visit.call({ action: 'endSession' })")
    look(page, "Ember")
    expect(page.locator("#log li", has_text="a visit begins")).to_have_count(2)
    expect(page.locator(PICKS).first).to_have_attribute("data-offer", "GasBottle")


def test_a_server_that_is_gone_is_told(page: Page, server: Server) -> None:
    stage(page, "MemberDays")
    server.stop(kill=True)
    look(page, "Ember")
    expect(page.locator("#toast")).to_contain_text("The shop does not answer")
