"""Live events in a real browser: step, slider, play, the space bar, and an address that opens elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import serving
from tests.prepared import copied, train_quickly


@pytest.fixture
def listening_server(films_home: Path, tmp_path: Path) -> Iterator[str]:
    """A server over the film demo with a recipe that listens, trained too quickly to be good."""
    home = tmp_path / "listening" / "home"
    copied(films_home, home)
    train_quickly(home, "aws-hrnn")
    with serving(home) as address:
        yield address


def test_a_list_turns_by_step_slider_play_and_space_and_the_address_repeats_it(listening_server: str, browse) -> None:
    page = browse(f"{listening_server}/live-events?data=film-demo&events=5")
    headline = page.locator("h3").first
    expect(headline).to_contain_text("Press Step to send Ben's events")
    page.locator(".st-key-live_step button").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")  # the focus is seen where the keyboard has brought it
    page.keyboard.press("Space")  # presses Step and does not play
    expect(headline).to_contain_text("After 1 of Ben's events")
    page.wait_for_url("**step=1*")
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    slider = page.get_by_role("slider")
    expect(slider).to_have_value("1")  # a key pressed on the one before is lost
    slider.focus()
    slider.press("ArrowRight")
    expect(headline).to_contain_text("After 2 of Ben's events")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(headline).to_contain_text(re.compile("After all 5 events|After 5 events"))
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.wait_for_url("**step=5*")
    said = headline.inner_text()
    other = browse(page.url)
    expect(other.locator("h3").first).to_have_text(said)
    expect(other.get_by_text("nothing is stored")).to_be_visible()
    other.get_by_role("button", name="Send to a copy").click()
    expect(other.get_by_text("nothing is stored")).to_have_count(0)
    expect(other.locator("h3").first).to_have_text(said)
    headline.click()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(other.locator("h3").first).to_have_text(said)
