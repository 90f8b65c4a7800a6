"""The address to share and its QR code: this list, or while presenting an invitation for the room's phones."""

from html import escape

import streamlit as st

from pages.components import presenting
from pages.components.keys import Key
from pages.components.markdown import escaped
from pages.components.try_it.controls import Chosen
from services.covers.cover import data_address
from services.screens.try_it import sentences, sharing

CODE = """<figure style="margin:0">
<img src="{code}" alt="QR code of {address}" style="display:block;width:100%;max-width:{width}px;border-radius:10px">
<figcaption style="margin-top:6px;font-size:{size};overflow-wrap:anywhere">{address}</figcaption></figure>"""
WIDTH_PX, BIG_PX = 190, 560


def draw(chosen: Chosen) -> None:
    """Draw it; nothing where the browser's address is unknown."""
    page_url = _page_url()
    if not page_url:
        return
    presents = presenting.presenting()
    picks = () if presents else chosen.picks
    address = sharing.address(page_url, Key.TRY_PICKS, picks, [(Key.GROUP, chosen.group)])
    st.markdown("**Try it on your phone**" if presents or not picks else "**Share this list**")
    code = data_address(sharing.qr_svg(address))
    width, size = (BIG_PX, "1.1rem") if presents else (WIDTH_PX, "0.85rem")
    st.html(CODE.format(code=escape(code), address=escape(address), width=width, size=size))
    if sharing.only_here(page_url):
        st.caption(escaped(sentences.only_here()))


def _page_url() -> str | None:
    return st.context.url
