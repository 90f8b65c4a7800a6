"""Addresses typed by hand, in a real browser."""

from playwright.sync_api import Page, expect


def opens(browse, address: str, title: str, lands: str) -> Page:
    """Open an address and expect the page of this title, no dialog over it, and the browser at this address."""
    page = browse(address)
    expect(page.get_by_text(title, exact=True).first).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Page not found")).to_have_count(0)
    assert lands in page.url
    return page


def test_every_spelling_leads_to_its_page_and_keeps_its_parameters(films_server: str, browse) -> None:
    opens(browse, f"{films_server}/home", "HOME", "/?data=film-demo")
    opens(browse, f"{films_server}/Home?story=2", "HOME", "/?story=2&data=film-demo")
    opens(browse, f"{films_server}/Training/?data=film-demo", "TRAINING", "/training?data=film-demo")
    page = opens(
        browse,
        f"{films_server}/Recommendations?user=viewer-0002",
        "RECOMMENDATIONS",
        "/recommendations?user=viewer-0002",
    )
    expect(page.locator("h3").first).to_contain_text("Ben")


def test_an_unknown_address_leads_home_which_says_so(films_server: str, browse) -> None:
    page = opens(browse, f"{films_server}/films/best?data=film-demo", "HOME", "&missing=/films/best")
    sentence = page.get_by_text('There is no page "/films/best" here; this is Home.')
    expect(sentence).to_be_visible()
    links = page.get_by_test_id("stSidebarNavLink")
    links.filter(has_text="Data").click()
    page.wait_for_url("**/data?*")
    links.filter(has_text="Home").click()
    expect(page.get_by_text("HOME", exact=True)).to_be_visible()
    expect(sentence).to_have_count(0)
