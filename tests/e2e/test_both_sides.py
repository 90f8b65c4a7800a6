"""One journey, from a file to a list and its bill, on the embedded engine and on what is like an account of AWS."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from services.engine import tiny_shop
from tests.account import ACCOUNT, prepared_account
from tests.e2e.conftest import serving
from tests.e2e.watching import no_trouble

LONG_MS = 120_000


@pytest.fixture(params=["embedded", "aws"])
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The side, and the address of an explorer with an empty home that asks it."""
    home = tmp_path / "home"
    home.mkdir()
    if request.param == "embedded":
        with serving(home) as address:
            yield request.param, address
        return
    with (
        prepared_account(tmp_path / "account") as (_, chosen),
        serving(home, **chosen, PERSONALIZE_POLL_S="0.1") as address,
    ):
        yield request.param, address


def pressed(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).filter(visible=True).first.click()


def test_from_a_file_to_a_list_and_what_it_costs(side: tuple[str, str], browse) -> None:
    kind, address = side
    page = browse(f"{address}/data")
    for n, (dataset_type, (_, rows)) in enumerate(tiny_shop.datasets().items()):
        file = {"name": f"shop-{dataset_type.lower()}.csv", "mimeType": "text/csv", "buffer": rows.encode()}
        page.locator("input[type=file]").nth(n).set_input_files(file)
        expect(page.get_by_text("rows, text separated by commas")).to_have_count(n + 1)
    pressed(page, "Check these files")
    expect(page.get_by_text("Checks by the rules of Amazon Personalize")).to_be_visible()
    page.get_by_role("radio", name="Import").click()
    where = "Amazon S3 and Amazon Personalize" if kind == "aws" else "this machine"
    expect(page.get_by_text(f"into {where}")).to_be_visible()
    pressed(page, "Import")
    expect(page.get_by_role("button", name="Train now")).to_be_visible(timeout=LONG_MS)
    page.get_by_role("link", name="Recommendations", exact=True).click()
    pressed(page, "Train and deploy")
    expect(page.locator("h3").first).to_contain_text("Everybody sees the same 25 bestsellers", timeout=LONG_MS)
    page.get_by_role("link", name="Settings", exact=True).click()
    if kind == "aws":
        expect(page.locator("h3").first).to_contain_text(f"AWS answers: account {ACCOUNT} in us-east-1")
        pressed(page, "Count")
        expect(page.get_by_text("a month is billed for 1 running resource")).to_be_visible()
    else:
        expect(page.locator("h3").first).to_contain_text("The embedded engine answers")
        expect(page.get_by_text("a month would be billed at AWS for 1 running resource")).to_be_visible()
    no_trouble(page)
