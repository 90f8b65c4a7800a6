"""The top of Home: the mark and the name, a sentence, and what to do first."""

import streamlit as st

from pages.components.frame import brand
from services.covers.cover import data_address

NAME = """<style>
.pe-hero {{ display: flex; align-items: center; gap: 18px; }}
.pe-hero img {{ width: 60px; height: 60px; flex: none; }}
.pe-hero b {{ display: block; font-size: clamp(1.7rem, 3.4vw, 2.6rem); line-height: 1.1; letter-spacing: -0.01em; }}
.pe-hero span {{ opacity: 0.8; }}
</style><div class="pe-hero"><img src="{mark}" alt=""><div><b>{name}</b><span>{sentence}</span></div></div>"""


def draw() -> None:
    """Draw mark, name and what it is for."""
    st.html(NAME.format(mark=data_address(brand.text("mark.svg")), name=brand.NAME, sentence=brand.DESCRIPTION))
