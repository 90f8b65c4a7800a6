"""Hostile addresses and names in a real browser: no link, picture or formula of theirs, and nobody else's requests."""

import urllib.error
import urllib.request
from urllib.parse import quote

import pytest

HOSTILE = (
    "![d](http://evil.example/x.png) [in](http://evil.example) www.evil.example a@evil.example $x^2$ :material/home:"
)


@pytest.mark.parametrize("page", ["recommendations", "compare", "live-events"])
def test_an_address_brings_no_link_picture_or_formula(films_server: str, browse, page: str) -> None:
    shown = browse(f"{films_server}/{page}?user={quote(HOSTILE)}")
    shown.get_by_test_id("stSidebar").wait_for()
    assert shown.locator("a[href*=evil], img[src*=evil], .katex").count() == 0


def test_a_foreign_name_is_refused(films_server: str) -> None:
    request = urllib.request.Request(films_server, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    with refused.value as answer:
        assert answer.code == 403
