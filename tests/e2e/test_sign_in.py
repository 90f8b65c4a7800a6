"""Signing in with a real browser and a real provider of OpenID Connect on this machine."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.components.markdown import JOINER
from services import audit
from tests.e2e.conftest import serving
from tests.e2e.provider import CLIENT_ID, CLIENT_SECRET, Provider, providing
from tests.e2e.watching import no_trouble

OFFER = "Sign in to open Personalize Explorer."


def shown(text: str) -> re.Pattern[str]:
    """Return a pattern for text in which an address is kept from becoming a link."""
    return re.compile(re.escape(text).replace("@", f"{JOINER}?@{JOINER}?"))


@pytest.fixture
def provider() -> Iterator[Provider]:
    with providing() as running:
        yield running


@pytest.fixture
def team_server(provider: Provider, tmp_path: Path) -> Iterator[str]:
    """A server that asks everybody to sign in; example.org may enter."""
    secrets = tmp_path / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    secrets.write_text(
        "[auth]\n"
        'redirect_uri = "http://127.0.0.1:{port}/oauth2callback"\n'
        'cookie_secret = "a secret of the cookies"\n'
        f'client_id = "{CLIENT_ID}"\n'
        f'client_secret = "{CLIENT_SECRET}"\n'
        f'server_metadata_url = "{provider.address}/.well-known/openid-configuration"\n'
    )
    home = tmp_path / "home"
    home.mkdir()
    with serving(home, HOME=str(tmp_path), PERSONALIZE_ALLOWED_EMAILS="example.org") as address:
        yield address


def test_a_team_signs_in_and_out(team_server: str, provider: Provider, browse, tmp_path: Path) -> None:
    page = browse(f"{team_server}/training")
    page.get_by_text(OFFER).wait_for()
    assert page.get_by_test_id("stSidebarNav").count() == 0
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Show what personalization does").wait_for()
    page.get_by_text(shown("ann@example.org")).wait_for()
    no_trouble(page)

    page.goto(f"{team_server}/training")
    page.get_by_text("Nothing to train on yet: load data first.").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text(OFFER).wait_for()

    provider.email = "eve@elsewhere.example"
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text(shown("eve@elsewhere.example may not use this app.")).wait_for()
    page.goto(f"{team_server}/data")
    page.get_by_text(shown("eve@elsewhere.example may not use this app.")).wait_for()
    no_trouble(page)
    users = {line.split()[1] for line in (tmp_path / "home" / audit.LOG).read_text().splitlines()}
    assert users == {"user=ann@example.org"}
