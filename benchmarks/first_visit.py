"""The first visit in a real browser: from the start of an empty home's server to a personal list of covers.

    python -m benchmarks.first_visit [--pictures FOLDER] [--chromium PROGRAM]

It starts the app as `make run` does, opens its address, loads the film demo by Home's button and waits for Storefront's
first row of covers. It prints the seconds to each of them and to the personal list that is counted before any training,
and what the screen showed every two seconds: its headline, how many pictures, and whether its text had changed. A
picture of each of these moments goes to the folder. Server, training and browser share the machine's cores.
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.script import PREPARED_MS, WIDE, asked_for, browsing, opened, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

EVERY_S = 2.0
LIST = "section.for-you .cover"
EARLY_LIST = "Counted already"
"""How the title of the personal list begins that needs no model (services/screens/home/sentences.py)."""
PICTURES = "[data-testid=stMain] img"
TEXT = "document.querySelector('[data-testid=stMain]')?.innerText ?? ''"


def look(page: "Page", began: float, number: int, pictures: Path, before: str) -> str:
    """Print one line about what stands in the window, take its picture, and return its text."""
    text, headings = page.evaluate(TEXT), page.locator("h3")
    headline = headings.first.inner_text() if headings.count() else ""
    n_pictures = page.locator(PICTURES).count()  # a locator enters the shadow of components, where covers are
    page.screenshot(path=pictures / f"{number:02}.png")
    changed = "yes" if text != before else "no"
    print(f"| {time.monotonic() - began:.0f} | {headline[:70]} | {n_pictures} | {changed} |", flush=True)
    return str(text)


def main() -> None:
    """Visit, and print the table."""
    with browsing(asked_for(__doc__)) as (browser, scratch, pictures):
        began = time.monotonic()
        with serving(scratch / "home") as address:
            served_s = time.monotonic() - began
            page = opened(browser, address, "light", WIDE)
            button = page.get_by_role("button", name="Load the film demo")
            button.wait_for()
            home_s = time.monotonic() - began
            print("| s | headline | pictures in the window | changed |\n| ---: | --- | ---: | --- |")
            early_s = 0.0
            number, text = 1, look(page, began, 0, pictures, "")
            button.click()
            until = time.monotonic() + PREPARED_MS / 1000
            while page.locator(LIST).count() == 0 and time.monotonic() < until:
                page.wait_for_timeout(1000 * max(0.0, EVERY_S * number - (time.monotonic() - began - home_s)))
                text = look(page, began, number, pictures, text)
                number += 1
                if not early_s and EARLY_LIST in text:
                    early_s = time.monotonic() - began
            list_s = time.monotonic() - began
            page.wait_for_timeout(2000)
            look(page, began, number, pictures, text)
    print(
        f"\nafter the start: server {served_s:.1f} s, Home {home_s:.1f} s, a counted personal list of covers ", end=""
    )
    print(f"{early_s:.1f} s, that of the model {list_s:.1f} s")


if __name__ == "__main__":
    main()
