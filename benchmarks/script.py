"""The ten-minute script in a real browser, from an empty home to the last step, with a picture of every step.

    python -m benchmarks.script [--home FOLDER] [--pictures FOLDER] [--chromium PROGRAM]

Without --home it starts with an empty home and waits until the film demo is prepared, which takes some minutes. Then it
plays the story in presenter mode by Page Down, in both themes, and looks at every step on a phone. It prints the
seconds from key to the subject at its place, and how large the subject is drawn; a step that does not fit fails.
"""

import argparse
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

N_STEPS = 10
WIDE, PHONE = (1280, 720), (390, 844)
PATIENCE_MS = 120_000
PREPARED_MS = 3_600_000
PLACED = """() => {
    const box = (what) => document.querySelector(what)?.getBoundingClientRect();
    const subject = box(".st-key-subject"), head = box(".stage-head"), bar = box(".st-key-story_bar");
    if (!subject || !head || !bar || document.querySelector("[data-testid=stStatusWidget]")) return null;
    const fits = subject.top >= head.bottom - 1 && subject.bottom <= bar.top + 1 && subject.right <= innerWidth + 1;
    return fits ? document.querySelector(".st-key-subject").style.zoom || "1" : null;
}"""


def asked_for(doc: str | None, *, home: bool = False) -> argparse.Namespace:
    """Return what a person asked of a program that takes pictures: its folder of them, its browser, perhaps a home."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    if home:
        parser.add_argument("--home", type=Path, help="a home folder with the prepared film demo")
    parser.add_argument("--pictures", type=Path, help="where to write the pictures")
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    return parser.parse_args()


@contextmanager
def browsing(asked: argparse.Namespace) -> Iterator[tuple["Browser", Path, Path]]:
    """Yield a browser, an empty folder, and the folder of the pictures, within the empty one where none was asked."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        pictures = asked.pictures or Path(scratch) / "pictures"
        pictures.mkdir(parents=True, exist_ok=True)
        browser = playwright.chromium.launch(executable_path=asked.chromium, args=["--no-sandbox", "--disable-gpu"])
        yield browser, Path(scratch), pictures
        browser.close()


@contextmanager
def serving(home: Path, app: Path = Path("app.py")) -> Iterator[str]:
    """Run the app, or another one of Streamlit's, over a home folder and yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(port)]
    environment = os.environ | {"PERSONALIZE_HOME": str(home)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        while not answers(port):
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def answers(port: int) -> bool:
    """Return whether the app answers on this port."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
        try:
            connection.request("GET", "/_stcore/health")
            return connection.getresponse().status == 200
        except OSError:
            return False


def opened(browser: "Browser", address: str, scheme: str, size: tuple[int, int]) -> "Page":
    """Return a new visitor's page at an address."""
    visitor = browser.new_context(color_scheme=scheme, viewport={"width": size[0], "height": size[1]})
    visitor.set_default_timeout(PATIENCE_MS)
    page = visitor.new_page()
    page.goto(address)
    return page


def prepare(browser: "Browser", address: str) -> float:
    """Load the film demo from Home's button and wait for the last background step; return the seconds."""
    began = time.monotonic()
    page = opened(browser, address, "light", WIDE)
    page.get_by_role("button", name="Load the film demo").click()
    page.wait_for_url("**/storefront*", timeout=PREPARED_MS)
    page.get_by_role("link", name="Home").click()
    page.get_by_role("button", name="Present it").wait_for()
    page.get_by_text("Also preparing").wait_for(state="hidden", timeout=PREPARED_MS)
    page.context.close()
    return time.monotonic() - began


def play(browser: "Browser", address: str, scheme: str, pictures: Path) -> list[tuple[float, str]]:
    """Play the script by keys; return seconds and scale of every step."""
    page, steps = opened(browser, f"{address}/?data=film-demo", scheme, WIDE), []
    began = time.monotonic()
    page.get_by_role("button", name="Present it").click()
    for number in range(1, N_STEPS + 1):
        page.wait_for_url(f"**story={number}*")
        scale = page.wait_for_function(PLACED).json_value()
        steps.append((time.monotonic() - began, str(scale)))
        page.wait_for_timeout(1000)  # for what is drawn into a subject that is at its place already
        page.screenshot(path=pictures / f"{number}-{scheme}.png")
        began = time.monotonic()
        page.keyboard.press("PageDown")
    page.context.close()
    return steps


def on_a_phone(browser: "Browser", address: str, pictures: Path) -> None:
    """Take a picture of every step on a phone, without presenter mode."""
    page = opened(browser, f"{address}/?data=film-demo&story=1", "light", PHONE)
    page.get_by_role("button", name="Start the story").click()
    for number in range(1, N_STEPS + 1):
        page.wait_for_url(f"**story={number}*")
        page.locator(".st-key-subject").wait_for()
        page.wait_for_timeout(1500)
        page.screenshot(path=pictures / f"{number}-phone.png", full_page=True)
        if number < N_STEPS:
            page.locator(".st-key-story_next button").click()
    page.context.close()


def main() -> None:
    """Prepare, play, and print a table."""
    asked = asked_for(__doc__, home=True)
    with browsing(asked) as (browser, scratch, pictures), serving(asked.home or scratch / "home") as address:
        if asked.home is None:
            print(f"prepared from an empty home in {prepare(browser, address):.0f} s\n")
        by_scheme = {scheme: play(browser, address, scheme, pictures) for scheme in ("light", "dark")}
        on_a_phone(browser, address, pictures)
    print("| step | seconds, light | seconds, dark | scale |\n| ---: | ---: | ---: | ---: |")
    for number, (light, dark) in enumerate(zip(*by_scheme.values(), strict=True), start=1):
        print(f"| {number} | {light[0]:.1f} | {dark[0]:.1f} | {light[1]} |")


if __name__ == "__main__":
    main()
