"""Try it yourself in a real browser: picks by keyboard, a code to share, and the same list in another browser."""

from playwright.sync_api import expect


def test_three_picks_by_keyboard_make_a_list_that_its_address_shares(films_server: str, browse) -> None:
    page = browse(f"{films_server}/try")
    heading = page.locator("h3").first
    expect(heading).to_have_text("Pick three films you like, and watch your own list build.")
    grid = page.get_by_role("list", name="films to pick")
    grid.get_by_role("button").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(heading).to_contain_text("One film, and ")
    expect(page.locator(".pe-said")).to_contain_text("One film, and ")  # what a screen reader says
    expect(grid.get_by_role("button").nth(1)).to_be_focused()  # the pick has left the grid, the keyboard has not
    page.get_by_label("Search", exact=False).fill("Alien")
    page.keyboard.press("Enter")
    grid.get_by_role("button", name="Alien (1979)").click()
    expect(heading).to_contain_text("Two films, and ")
    expect(page.get_by_label("Search", exact=False)).to_have_value("")
    page.get_by_role("list", name="Made for you").get_by_role("button").first.click()
    expect(heading).to_contain_text("Three films, and ")
    expect(page.get_by_role("list", name="Your picks").get_by_role("button", pressed=True)).to_have_count(3)
    code = page.get_by_role("img", name="QR code of")
    expect(code).to_be_visible()
    assert code.get_attribute("alt").startswith(f"QR code of {films_server}/try?data=film-demo&pick=")
    other = browse(page.url)
    expect(other.locator("h3").first).to_have_text(heading.inner_text())
    page.get_by_role("list", name="Nearest to you").get_by_role("button").first.press("Enter")
    page.wait_for_url("**/storefront*")


def test_a_face_on_home_leads_to_what_this_person_sees_and_the_next_visit_is_known(films_server: str, browse) -> None:
    page = browse(films_server)
    page.get_by_role("list", name="Whose list do you want to see?").get_by_role("button", name="Ben").click()
    page.wait_for_url("**/storefront*")
    expect(page.locator("h3").first).to_contain_text("Ben")
    assert float(page.evaluate("localStorage.getItem('personalize-explorer-visit film-demo')")) > 0
