"""Signing in: who may enter, what everybody else sees, and that nothing is asked without [auth]."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.components.frame import sign_in
from pages.components.frame.sign_in import ALLOWED_EMAILS, allowed_emails, may_enter
from pages.components.keys import Widget
from pages.components.navigation import SCREENS
from services import audit
from services.errors import BackendError, SampleError
from services.screens.data import desk
from tests.pages.driving import empty_caches, headline, new_app, plain, text, until

AUTH = {
    "redirect_uri": "http://localhost:8501/oauth2callback",
    "cookie_secret": "a secret of the cookies",
    "client_id": "explorer",
    "client_secret": "a secret of the client",
    "server_metadata_url": "http://127.0.0.1:9/.well-known/openid-configuration",
}
EMPTY = "Show what personalization does, with films and simulated viewers, in about a minute."


class User(dict[str, Any]):
    """What st.user is."""

    def to_dict(self) -> dict[str, Any]:
        return dict(self)


@pytest.fixture
def visit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that opens the app over an empty home as a user with these claims."""
    monkeypatch.setenv("PERSONALIZE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(ALLOWED_EMAILS, "example.org, eve@elsewhere.example")
    empty_caches()

    def opened(auth: dict[str, Any] | None = AUTH, page: str = "", **claims: Any) -> AppTest:
        app = new_app()
        if auth is not None:
            app.secrets["auth"] = auth
        signed_in = {"is_logged_in": True, **claims} if claims else {"is_logged_in": False}
        monkeypatch.setattr(st, "user", User(signed_in))
        app.run()
        return app.switch_page(page).run() if page else app

    yield opened
    audit.stop()
    empty_caches()


def buttons(app: AppTest) -> list[str]:
    return [str(button.key) for button in app.button]


def test_a_stranger_sees_the_sign_in_on_every_screen_and_nothing_else(visit: Callable[..., AppTest]) -> None:
    app = visit()
    for screen in SCREENS:
        app.switch_page(f"pages/{screen.key}_page.py").run()
        assert headline(app) == "Sign in to open Personalize Explorer."
        assert buttons(app) == [f"{Widget.SIGN_IN}_"]
        assert [caption.value for caption in app.caption] == ["SIGN IN"]
        assert not app.sidebar.children


def test_somebody_on_the_list_sees_the_app_and_who_is_signed_in(visit: Callable[..., AppTest], tmp_path: Path) -> None:
    app = visit(email="Ann@Example.org", email_verified=True)
    assert headline(app) == EMPTY
    assert "ann@example.org" in text(app)
    assert Widget.SIGN_OUT in buttons(app)
    app.run()
    log = (tmp_path / "home" / audit.LOG).read_text().splitlines()
    assert [line.split(" ", 1)[1] for line in log] == ['user=ann@example.org operation=SignIn resource="" outcome=done']


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "ann@example.org.evil.example"},
        {"email": "ann@evil-example.org"},
        {"email": "ann@sub.example.org"},
        {"email": "other@elsewhere.example"},
        {"email": "ann@example.org", "email_verified": False},
        {"email": "ann@example.org", "email_verified": "false"},
        {"email": "ann@evil.example@example.org"},
        {"email": "@example.org"},
        {"email": None, "sub": "17"},
        {"sub": "ann@example.org"},
    ],
)
def test_somebody_else_may_only_sign_out(visit: Callable[..., AppTest], claims: dict[str, Any]) -> None:
    app = visit(**claims)
    assert headline(app).endswith(" may not use this app. Ask who runs it, or sign in with another account.")
    assert buttons(app) == [Widget.SIGN_OUT]
    assert EMPTY not in text(app)


def test_a_name_of_the_provider_is_text(visit: Callable[..., AppTest]) -> None:
    app = visit(sub="![x](http://evil.example/x.png)")
    assert "[x](" not in app.subheader[0].value
    assert "![x](http://evil.example/x.png) may not use this app." in plain(app.subheader[0].value)


def test_a_star_lets_everybody_in_who_can_sign_in(
    visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ALLOWED_EMAILS, "*")
    assert headline(visit(sub="17")) == EMPTY
    assert headline(visit()) == "Sign in to open Personalize Explorer."


def test_each_provider_has_its_button(visit: Callable[..., AppTest]) -> None:
    named = {"redirect_uri": "x", "cookie_secret": "x", "google": {"client_id": "a"}, "entra": {"client_id": "b"}}
    app = visit(auth=named)
    assert [button.label for button in app.button] == ["Sign in with google", "Sign in with entra"]


def test_without_auth_nobody_is_asked(
    visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(ALLOWED_EMAILS)
    app = visit(auth=None)
    assert headline(app) == EMPTY
    assert Widget.SIGN_OUT not in buttons(app)
    assert not (tmp_path / "home" / audit.LOG).exists()


@pytest.mark.parametrize(
    ("auth", "allowed", "sentence"),
    [
        (None, "example.org", "have no [auth], so nobody can sign in"),
        (AUTH, "", "is empty, so nobody may enter"),
        (AUTH, "example.org, somebody", "'somebody', which is neither an e-mail address nor a domain"),
        (AUTH, "ann@@example.org", "'ann@@example.org', which is neither"),
    ],
)
def test_what_cannot_be_used_lets_nobody_in(
    visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, auth: Any, allowed: str, sentence: str
) -> None:
    monkeypatch.setenv(ALLOWED_EMAILS, allowed)
    app = visit(auth=auth, email="ann@example.org")
    assert sentence in plain(app.error[0].value)
    assert not app.subheader


def test_secrets_that_cannot_be_read_let_nobody_in(
    visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "secrets.toml"
    broken.write_text("[auth\nclient_id = ")
    monkeypatch.delenv(ALLOWED_EMAILS)
    option = st.get_option
    monkeypatch.setattr(st, "get_option", lambda name: [str(broken)] if name == "secrets.files" else option(name))
    app = visit(auth=None)
    assert f"The secrets in {broken} cannot be read" in plain(app.error[0].value)
    assert not app.subheader


def test_the_list_is_addresses_and_domains_in_any_case() -> None:
    allowed = allowed_emails({ALLOWED_EMAILS: " Ann@Example.org,@team.example\n other.example "})
    assert allowed == {"ann@example.org", "@team.example", "@other.example"}
    assert may_enter({"email": "ANN@example.org"}, allowed)
    assert may_enter({"email": "x@other.example", "email_verified": True}, allowed)
    assert not may_enter({"email": "ben@example.org"}, allowed)
    assert not may_enter({"email": "team.example"}, allowed)
    assert allowed_emails({}) == frozenset()
    with pytest.raises(BackendError, match="localhost"):
        allowed_emails({ALLOWED_EMAILS: "localhost"})


def test_what_somebody_starts_is_recorded_with_the_name_also_from_its_thread(
    visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def load() -> None:
        audit.write(tmp_path / "home", "InTheThread", "", "done")
        raise SampleError("Not now.")

    monkeypatch.setattr(desk, "load_demo", load)
    app = visit(page="pages/data_page.py", email="ann@example.org")
    app.button(key=Widget.LOAD_DEMO).click().run()
    until(app, lambda page: any("Not now." in error.value for error in page.error))
    log = (tmp_path / "home" / audit.LOG).read_text().splitlines()
    assert [line.split()[1:3] for line in log] == [
        ["user=ann@example.org", f"operation={operation}"] for operation in ("SignIn", "LoadDraft", "InTheThread")
    ]


def test_outside_a_run_nobody_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "user", SimpleNamespace(get=lambda _: True))
    assert sign_in.user() is None
