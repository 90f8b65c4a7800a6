"""Everybody reaches every screen: on a phone, by keyboard, with a screen reader, without moving pictures."""

import re

from playwright.sync_api import Page, expect

from pages.components.navigation import SCREENS, Screen
from tests.e2e.watching import no_trouble
from tests.needs import need

WIDE, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
OF_STREAMLIT: dict[str, str] = {}
"""What axe finds inside Streamlit and nothing of ours can mend: a part of the element's HTML, and why; now nothing."""
WITHOUT_PICTURE = ("home", "batch", "map")
"""Screens that show the story, or what to write or draw, where nothing has been written or drawn."""
CARDS = """() => [...document.querySelectorAll('[data-testid=stMetric]')].filter((card) => card.offsetWidth)
    .map((card) => Math.round(card.getBoundingClientRect().top))"""
CONTROLS_HEIGHT = "() => document.querySelector('[class*=st-key-controls_]')?.offsetHeight ?? 0"
CUT_OFF = """() => [...document.querySelectorAll('[class*=st-key-controls_] *, [role=radiogroup] *')]
    .filter((part) => part.matches('input, button, [role=radio]') && part.offsetWidth > 1)
    .filter((part) => !part.closest('[role=radiogroup]:has(> :nth-child(10))'))
    .filter((part) => { const box = part.getBoundingClientRect(); return box.left < 0 || box.right > innerWidth; })
    .map((part) => part.getAttribute('aria-label') ?? part.textContent)"""
"""Controls that a phone shows only when they are swiped; a choice of one among ten and more may be."""
EMPTY = """() => [...document.querySelectorAll('[data-testid=stMain] [data-testid=stVerticalBlock]')].filter((card) => {
    const style = getComputedStyle(card);
    return card.offsetHeight > 8 && style.borderTopStyle === 'solid' && parseFloat(style.borderTopWidth) > 0
        && !card.textContent.trim() && !card.querySelector('svg, canvas, img, input');
}).map((card) => card.className)"""
"""Cards with a border and nothing in it."""
SHOWN = ".st-key-subject, .stVegaLiteChart, [data-testid=stDataFrame], .pe-list, .pe-rows"
"""What a screen is there for: its subject, or the first picture or list."""
SHOWN_AT = """(what) => Math.min(...[...document.querySelectorAll(what)]
    .map((shown) => shown.getBoundingClientRect()).filter((box) => box.height > 0).map((box) => box.top))"""
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth + 1"
GROUND = """() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor
    .match(/[\\d.]+/g).slice(0, 3).reduce((sum, part) => sum + parseFloat(part), 0)"""
"""Red, green and blue of the background, together: 765 is white."""
FOCUSED = """async () => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return null;
    const grid = focused.closest('[data-testid=stDataFrame]');
    const around = [focused, focused.parentElement, focused.parentElement.parentElement, grid ?? focused];
    const drawn = () => around.some((element) => {
        const style = getComputedStyle(element);
        return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none';
    });
    for (let frame = 0; frame < 100 && !drawn(); frame++) await new Promise(requestAnimationFrame);
    return { what: focused.outerHTML.slice(0, 200), ringed: drawn() };
}"""
"""What has the focus; some of Streamlit's elements draw their ring a few frames later."""
STOPS = """() => [...document.querySelectorAll('[data-testid=stElementToolbar]')]
    .map((bar) => [...bar.querySelectorAll('button')].filter((button) => button.tabIndex === 0).length)"""
"""How many stops of the Tab key each toolbar has."""
UNCHANGED = """() => new Promise((resolve) => {
    let timer;
    const watch = new MutationObserver(() => again());
    const again = () => { clearTimeout(timer); timer = setTimeout(() => { watch.disconnect(); resolve(); }, 300); };
    watch.observe(document.body, { childList: true, subtree: true });
    again();
})"""
"""Resolves when nothing has been drawn for longer than look.js waits before it looks at the page again."""
MOVING = """() => document.getAnimations().filter((moving) => {
    const timing = moving.effect.getComputedTiming();
    return moving.playState === 'running' && (timing.duration > 1 || timing.iterations === Infinity);
}).map((moving) => moving.animationName ?? moving.transitionProperty)"""


def settled(page: Page) -> None:
    """Wait until all of the page is drawn."""
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.evaluate(UNCHANGED)


def drawn(page: Page, screen: Screen) -> None:
    """Wait until a screen shows what it is there for: a run that computes for long is quiet meanwhile, too."""
    if screen.key not in WITHOUT_PICTURE:
        page.wait_for_function(f"(what) => ({SHOWN_AT})(what) < Infinity", arg=SHOWN)
    settled(page)


def faults(page: Page, *rules: str) -> list[str]:
    """Return what axe calls serious or critical, by rule and element; of these rules, or of all."""
    from axe_playwright_python.sync_playwright import Axe

    which = (
        {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {"rules": {"target-size": {"enabled": True}}}
    )
    axe = Axe("undefined") if page.evaluate("'axe' in window") else Axe()  # with its script, once in a document
    found = axe.run(page, options={"resultTypes": ["violations"], **which}).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:160]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
        if not any(part in node["html"] for part in OF_STREAMLIT)
    ]


def check_phone(page: Page, screen: Screen) -> None:
    """The subject is in the first window, figures and controls are two a row, none is empty or swiped for."""
    no_trouble(page)
    assert not page.evaluate(SIDEWAYS), f"{screen.key} scrolls sideways"
    tops = page.evaluate(CARDS)
    assert all(tops.count(top) <= 2 for top in tops), f"{screen.key}: figures at {tops}"
    assert len(tops) < 2 or tops[0] == tops[1], f"{screen.key}: figures at {tops}"
    assert page.evaluate(CONTROLS_HEIGHT) < 240, screen.key
    assert page.evaluate(CUT_OFF) == [], f"{screen.key}: reached by swiping only"
    assert page.evaluate(EMPTY) == [], f"{screen.key}: empty cards"
    if screen.key not in WITHOUT_PICTURE:
        assert page.evaluate(SHOWN_AT, SHOWN) < PHONE["height"] - 100, screen.key


def test_every_screen_on_a_phone_and_for_screen_readers_in_both_themes(story_server: str, browse) -> None:
    need("axe_playwright_python")
    page = browse(story_server)
    for screen in SCREENS:
        page.get_by_role("link", name=screen.title, exact=True).first.click()
        expect(page.get_by_text(screen.title.upper(), exact=True).first).to_be_visible()
        drawn(page, screen)
        no_trouble(page)
        assert page.evaluate(GROUND) > 600, screen.key
        assert not page.evaluate(SIDEWAYS), f"{screen.key} scrolls sideways"
        assert faults(page) == [], screen.key
        page.emulate_media(color_scheme="dark")  # a page follows the system at once
        page.wait_for_function("getComputedStyle(document.querySelector('.stApp')).colorScheme === 'dark'")
        assert page.evaluate(GROUND) < 200, screen.key
        assert faults(page, "color-contrast") == [], f"{screen.key}, dark"
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(PHONE)
        page.wait_for_function("innerWidth === 390")
        drawn(page, screen)
        check_phone(page, screen)
        page.set_viewport_size(WIDE)


def test_a_picture_that_a_phone_has_no_room_for_is_a_list_there(story_server: str, browse) -> None:
    page = browse(f"{story_server}/cold-start", width=390)
    rows = page.locator(".pe-rows li")
    expect(rows.first).to_be_visible()
    expect(page.locator(".st-key-cold_map svg").first).to_be_hidden()
    page.set_viewport_size(WIDE)
    expect(page.locator(".st-key-cold_map svg").first).to_be_visible()
    expect(rows.first).to_be_hidden()


def test_the_focus_is_always_seen_and_buttons_of_icons_have_names(story_server: str, browse) -> None:
    page = browse(f"{story_server}/recommendations")
    settled(page)
    expect(page.get_by_role("button", name="Somebody else", exact=True)).to_be_visible()
    stops = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            break
        stops.append(stop)
    assert len(stops) > 20
    assert [stop["what"] for stop in stops if not stop["ringed"]] == []
    for where, field in (("cold-start", "Currency"), ("compare?across=Campaigns", re.compile("^Campaigns"))):
        page.goto(f"{story_server}/{where}")
        page.get_by_label(field).first.focus()
        assert page.evaluate(FOCUSED)["ringed"], field


def test_a_toolbar_is_one_stop_that_is_seen_and_arrow_keys_move_inside_it(story_server: str, browse) -> None:
    page = browse(f"{story_server}/recommendations")
    settled(page)
    toolbars = page.locator("[data-testid=stElementToolbar]")
    expect(toolbars.first).to_have_attribute("role", "toolbar")
    assert toolbars.count() >= 2
    assert page.evaluate(STOPS) == [1] * toolbars.count()
    toolbars.first.locator("[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    expect(toolbars.first.locator("button").nth(1)).to_be_focused()
    expect(toolbars.first).to_have_css("opacity", "1")
    page.keyboard.press("End")
    expect(toolbars.first.locator("button").last).to_be_focused()
    page.keyboard.press("Tab")
    expect(toolbars.first.locator("button:focus")).to_have_count(0)


def test_shift_and_space_choose_a_row(story_server: str, browse) -> None:
    page = browse(f"{story_server}/evaluation")
    settled(page)
    people = page.locator("[class*=st-key-evaluation_people] canvas[data-testid=data-grid-canvas]")
    people.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    expect(people.locator("tr[aria-selected=true]")).to_have_count(1)


def test_a_select_that_searches_says_so(story_server: str, browse) -> None:
    page = browse(f"{story_server}/similar")
    settled(page)
    page.get_by_role("combobox", name=re.compile("^Similar to")).click()
    page.keyboard.type("hitchcock")
    expect(page.get_by_role("option").first).to_have_text("Search for “hitchcock”")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile('found for "hitchcock"'))).to_be_visible()


def test_nothing_moves_for_those_who_want_no_motion(story_server: str, browse) -> None:
    page = browse(f"{story_server}/live-events")
    page.evaluate(f"window.seen = []; setInterval(() => window.seen.push(...({MOVING})()), 15)")
    for step, motion in enumerate(("no-preference", "reduce"), 1):
        page.emulate_media(reduced_motion=motion)
        page.evaluate("window.seen = []")
        page.locator(".st-key-live_step button").click()
        expect(page.locator(".pe-list")).to_have_attribute("aria-label", re.compile(f"after {step} events?"))
        if motion == "no-preference":
            page.wait_for_function("window.seen.includes('pe-move') || window.seen.includes('pe-come')")
            settled(page)
    settled(page)
    assert page.evaluate("window.seen") == []
