"""Signing in with OpenID Connect, where Streamlit's secrets have [auth]: who may enter, and who is here.

Without [auth] everybody who reaches the app may use it, as on one's own machine. What is set but cannot be used lets
nobody in: a secrets file that cannot be read, a list without [auth], [auth] without a list.
Source: Streamlit's documentation of st.login and st.user.
"""

import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.components import panels, process
from pages.components.frame import brand
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services import audit
from services.errors import BackendError

logger = logging.getLogger(__name__)

ALLOWED_EMAILS = "PERSONALIZE_ALLOWED_EMAILS"
EVERYBODY = "*"
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
DOMAIN = re.compile(r"@?[a-z0-9-]+(\.[a-z0-9-]+)+")
NO_LIST = (
    f"Streamlit's secrets have [auth], but {ALLOWED_EMAILS} is empty, so nobody may enter. Set it to the addresses and "
    "domains of your team, say ann@example.org,example.org, or to * for everybody who can sign in."
)
NO_AUTH = (
    f"{ALLOWED_EMAILS} is set, but Streamlit's secrets have no [auth], so nobody can sign in. docs/hosting.md shows "
    f"the section; without {ALLOWED_EMAILS} the app asks nobody."
)


def enter() -> bool:
    """Return whether this visitor may use the app; else draw how to sign in. Raises BackendError for bad settings."""
    allowed = allowed_emails()
    auth = _auth()
    if not auth:
        if allowed:
            raise BackendError(NO_AUTH)
        audit.stop()
        return True
    if not allowed:
        raise BackendError(NO_LIST)
    audit.use(user)
    if not st.user.get("is_logged_in"):
        _offer(auth)
        return False
    if not may_enter(st.user.to_dict(), allowed):
        _refuse()
        return False
    if not st.session_state.get(Key.ENTERED):
        st.session_state[Key.ENTERED] = True
        audit.write(process.backend().home, "SignIn", "", "done")
    return True


def user() -> str | None:
    """Return the address of the user of this run; None outside a run, and while nobody has signed in."""
    if get_script_run_ctx(suppress_warning=True) is None or not st.user.get("is_logged_in"):
        return None
    return _address(st.user.to_dict()) or str(st.user.get("sub") or "") or None


def draw() -> None:
    """Draw who is signed in, with Sign out; draw nothing where nobody signs in."""
    name = user() if _auth() else None
    if name is not None:
        st.caption(f":material/person: {escaped(name)}")
        st.button("Sign out", key=Widget.SIGN_OUT, icon=":material/logout:", type="tertiary", on_click=st.logout)


def allowed_emails(environment: Mapping[str, str] = os.environ) -> frozenset[str]:
    """Return the addresses and domains that may enter, in lower case; a domain begins with @. Raises BackendError."""
    entries = environment.get(ALLOWED_EMAILS, "").replace(",", " ").lower().split()
    for entry in entries:
        if entry != EVERYBODY and not ADDRESS.fullmatch(entry) and not DOMAIN.fullmatch(entry):
            raise BackendError(
                f"{ALLOWED_EMAILS} has {entry[:100]!r}, which is neither an e-mail address nor a domain. Write "
                "ann@example.org for one person, example.org for everybody there, * for everybody who can sign in."
            )
    return frozenset(entry if "@" in entry or entry == EVERYBODY else f"@{entry}" for entry in entries)


def may_enter(claims: Mapping[str, Any], allowed: frozenset[str]) -> bool:
    """Return whether the claims of an ID token are those of somebody on the list.

    An address that the provider itself calls unverified may belong to anybody.
    """
    if EVERYBODY in allowed:
        return True
    address = _address(claims)
    _, _, domain = address.rpartition("@")
    return bool(address) and (address in allowed or f"@{domain}" in allowed)


def _address(claims: Mapping[str, Any]) -> str:
    """Return the verified e-mail address in lower case, "" without one."""
    address = str(claims.get("email") or "").lower()
    unverified = str(claims.get("email_verified", True)).lower() == "false"
    return address if ADDRESS.fullmatch(address) and not unverified else ""


def _auth() -> Mapping[str, Any]:
    """Return the section [auth] of Streamlit's secrets, empty without one."""
    if st.secrets.load_if_toml_exists():
        return dict(st.secrets.get("auth", {}))
    broken = [path for path in st.get_option("secrets.files") if Path(path).exists()]
    if broken:
        raise BackendError(f"The secrets in {broken[0]} cannot be read, so nobody may enter. Correct the file.")
    return {}


def _offer(auth: Mapping[str, Any]) -> None:
    """Draw a button for each provider of the section."""
    panels.head("Sign in", f"Sign in to open {brand.NAME}.")
    named = [name for name, section in auth.items() if isinstance(section, Mapping) and "client_id" in section]
    with st.container(horizontal=True):
        for provider in [None, *named] if "client_id" in auth else named:
            st.button(
                "Sign in" if provider is None else escaped(f"Sign in with {provider}"),
                type="primary",
                icon=":material/login:",
                key=f"{Widget.SIGN_IN}_{provider or ''}",
                on_click=st.login,
                args=(provider,),
            )


def _refuse() -> None:
    who = user() or "This account"
    logger.warning("not on the list user=%r", who)
    panels.head("Sign in", f"{who} may not use this app. Ask who runs it, or sign in with another account.")
    st.button("Sign out", key=Widget.SIGN_OUT, icon=":material/logout:", on_click=st.logout)
