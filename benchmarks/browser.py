"""How fast the screens feel: from a click to the last paint in a real browser, and where that time goes.

    python -m benchmarks.browser [--home FOLDER] [--rounds N] [--only WORD] [--chromium PROGRAM]

Without --home it starts with an empty home and waits until the film demo is prepared, which takes some minutes. It
measures every screen opened from the menu, another person on Recommendations, Storefront's first row and a click on one
of its covers, the story's steps in presenter mode by Page Down, and a first visit with an empty browser cache; each N
times, after one round that is not counted.

The last paint is the last change of the document inside the app before 350 ms in which nothing changes, no message
arrives and no script runs. "Server" ends with the last message, "browser" is the rest. A change that only a canvas
shows is not seen; what stands in a canvas for screen readers, which a grid writes .2 s later, is no paint. Measure on a
quiet machine: browser and server share its cores.
"""

import argparse
import shutil
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.script import N_STEPS, PATIENCE_MS, WIDE, opened, prepare, serving
from pages.components.navigation import SCREENS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

GROUP = "film-demo"
NEW_SESSION, SCRIPT_FINISHED = 4, 6
"""Fields of Streamlit's ForwardMsg: the messages with which a run of the script begins and ends."""
WATCH = """
window.felt = {
  begin() { Object.assign(this, {began: performance.now(), runs: true, painted: 0, heard: 0, messages: 0, bytes: 0}); },
  hear({data}) {
    this.heard = performance.now(); this.messages += 1; this.bytes += data.byteLength;
    const fields = topLevel(new Uint8Array(data));
    if (fields.includes(NEW_SESSION)) this.runs = true;
    if (fields.includes(SCRIPT_FINISHED)) this.runs = false;
  },
  quiet() { return !this.runs && performance.now() - Math.max(this.painted, this.heard) > 350; },
};
function topLevel(bytes) {  // the numbers of a protobuf message's own fields
  const found = [];
  let at = 0;
  const number = () => { let value = 0, shift = 0, byte; do { byte = bytes[at++]; value += (byte & 127) * 2 ** shift;
    shift += 7; } while (byte > 127); return value; };
  while (at < bytes.length) {
    const tag = number();
    found.push(tag >> 3);
    if (tag % 8 === 2) { const size = number(); at += size; } else number();
  }
  return found;
}
felt.begin();
window.WebSocket = class extends WebSocket {
  constructor(...given) { super(...given); this.addEventListener("message", (message) => felt.hear(message)); }
};
const APP = "[data-testid=stMain], [data-testid=stSidebar], [data-testid=stBottom]";
new MutationObserver((changes) => {
  const inApp = ({target}) => {
    const changed = target.nodeType === 1 ? target : target.parentElement;
    return changed?.closest(APP) && !changed.closest("canvas");  // a grid's table for screen readers is never painted
  };
  if (changes.some(inApp)) requestAnimationFrame(() => { felt.painted = performance.now(); });
}).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
""".replace("NEW_SESSION", str(NEW_SESSION)).replace("SCRIPT_FINISHED", str(SCRIPT_FINISHED))
CLICK = "element => { felt.begin(); element.click(); }"


@dataclass(frozen=True)
class Felt:
    """One click: seconds to the last message and to the last paint, messages and their bytes."""

    server_s: float
    painted_s: float
    messages: int
    size_bytes: int


Times = dict[str, list[Felt]]


def felt(page: "Page") -> Felt:
    """Wait until nothing changes any more and return what was felt since the click."""
    page.wait_for_function("felt.quiet()", timeout=PATIENCE_MS, polling=50)
    seen = page.evaluate("felt")
    server_s, painted_s = ((seen[moment] - seen["began"]) / 1000 for moment in ("heard", "painted"))
    return Felt(max(0.0, server_s), painted_s, seen["messages"], seen["bytes"])


def after_click(page: "Page", target: "Locator") -> Felt:
    """Click, without the browser's own way to a place on the screen, and return what was felt."""
    target.evaluate(CLICK)
    return felt(page)


def switches(page: "Page", rounds: int, times: Times) -> None:
    """Open every screen from the menu, one after the other."""
    for number in range(rounds + 1):
        for screen in SCREENS:
            once = after_click(page, page.get_by_test_id("stSidebarNavLink").filter(has_text=screen.title))
            if number:
                times[screen.title].append(once)


def people(page: "Page", rounds: int, times: Times) -> None:
    """Choose somebody else on Recommendations, by the dice."""
    after_click(page, page.get_by_test_id("stSidebarNavLink").filter(has_text="Recommendations"))
    for number in range(rounds + 1):
        once = after_click(page, page.locator(".st-key-dice button").first)
        if number:
            times["another person"].append(once)


def window(page: "Page", rounds: int, times: Times) -> None:
    """Open Storefront until its first row of covers is there, and click on a cover until the rows have changed."""
    covers = page.locator("section.for-you .cover")
    for number in range(rounds + 1):
        page.reload()
        covers.first.wait_for(timeout=PATIENCE_MS)
        first_row_s = page.evaluate("performance.now()") / 1000
        felt(page)
        once = after_click(page, covers.nth(1))
        if number:
            times["Storefront, first row after its address"].append(Felt(first_row_s, first_row_s, 0, 0))
            times["Storefront, a click on a cover"].append(once)
        after_click(page, page.get_by_role("button", name="Start over"))


def story(page: "Page", rounds: int, times: Times) -> None:
    """Play the story in presenter mode by Page Down."""
    for number in range(rounds + 1):
        page.get_by_role("button", name="Present it").click()
        page.wait_for_url("**story=1*")
        page.locator("[data-stage=subject]").wait_for(state="attached")
        felt(page)
        for step in range(2, N_STEPS + 1):
            page.evaluate("felt.begin()")
            page.keyboard.press("PageDown")
            page.wait_for_url(f"**story={step}*")
            once = felt(page)
            if number:
                times[f"story, step {step}"].append(once)
        page.keyboard.press("Escape")
        page.get_by_test_id("stSidebarNavLink").first.wait_for()
        after_click(page, page.get_by_test_id("stSidebarNavLink").filter(has_text="Home"))


def first_load(browser: "Browser", address: str, rounds: int, times: Times) -> None:
    """Print what a first visit of Home and of Recommendations loads, and how long it takes."""
    print("| first visit | requests | MB | s to the last paint |\n| --- | ---: | ---: | ---: |")
    for title, path in (("Home", ""), ("Recommendations", "recommendations")):
        visits = [_visit(browser, f"{address}/{path}?data={GROUP}") for _ in range(min(3, rounds))]
        n_requests, size_bytes, painted_s = (statistics.median(values) for values in zip(*visits, strict=True))
        print(f"| {title} | {n_requests:.0f} | {size_bytes / 1e6:.2f} | {painted_s:.2f} |")


def _visit(browser: "Browser", address: str) -> tuple[int, int, float]:
    visitor = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]})
    visitor.add_init_script(WATCH)
    page = visitor.new_page()
    wire, sizes = visitor.new_cdp_session(page), list[int]()
    wire.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    wire.send("Network.enable")
    page.goto(address)
    once = felt(page)
    visitor.close()
    return len(sizes), sum(sizes) + once.size_bytes, once.painted_s


def in_a_window(
    measure: Callable[["Page", int, Times], None], path: str = ""
) -> Callable[["Browser", str, int, Times], None]:
    """Return a function that measures in a window of its own, which has this screen open, Home by default."""

    def measuring(browser: "Browser", address: str, rounds: int, times: Times) -> None:
        page = opened(browser, "about:blank", "light", WIDE)
        page.context.add_init_script(WATCH)
        page.goto(f"{address}/{path}?data={GROUP}")
        felt(page)
        measure(page, rounds, times)
        page.context.close()

    return measuring


PARTS = {
    "load": first_load,
    "switches": in_a_window(switches),
    "people": in_a_window(people),
    "window": in_a_window(window, "storefront"),
    "story": in_a_window(story),
}


def show(times: Times) -> None:
    """Print the medians, the slowest last paint, and where the median's time goes."""
    print("\n| click | last paint, s | slowest | server | browser | messages | KB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for click, all_felt in times.items():
        painted_s = statistics.median(once.painted_s for once in all_felt)
        server_s = min(painted_s, statistics.median(once.server_s for once in all_felt))
        slowest_s = max(once.painted_s for once in all_felt)
        messages = statistics.median(once.messages for once in all_felt)
        size_bytes = statistics.median(once.size_bytes for once in all_felt)
        print(
            f"| {click} | {painted_s:.2f} | {slowest_s:.2f} | {server_s:.2f} | {painted_s - server_s:.2f} "
            f"| {messages:.0f} | {size_bytes / 1000:.0f} |"
        )


def main() -> None:
    """Serve a prepared home, measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="a home folder with the prepared film demo")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--only", choices=PARTS, help="measure only this")
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    asked = parser.parse_args()
    from playwright.sync_api import sync_playwright

    times: Times = defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked.chromium, args=["--no-sandbox", "--disable-gpu"])
        with serving(asked.home or Path(scratch) / "home") as address:
            if asked.home is None:
                print(f"prepared from an empty home in {prepare(browser, address):.0f} s\n")
            for name, part in PARTS.items():
                if asked.only in (None, name):
                    part(browser, address, asked.rounds, times)
        browser.close()
    if times:
        show(times)


if __name__ == "__main__":
    main()
