"""The explorer's entry: what the server serves, and the script that draws the frame around every page.

Streamlit runs this file as a script ("__main__") for each visit, and the server imports it once when it starts. The
frame is imported only where Streamlit runs already, since a cache that is declared without it is logged as a warning.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from pages.components.frame.compression import Compression
from pages.components.frame.document import Document
from pages.components.frame.protection import Protection
from pages.components.frame.redirects import Redirects


@asynccontextmanager
async def declared_pages(_: st.App) -> AsyncIterator[None]:
    """Declare the pages before anybody comes, which also loads what the first visit needs; limit the end.

    Streamlit 1.67 takes a folder called pages/ for its older kind of multipage app until st.navigation has been called
    once in the process, and would answer the first deep link to a fresh server with "Page not found".
    """
    from pages.components.frame import ending, frame

    ending.end_soon()
    frame.declare_pages()
    yield


LAYERS = (Protection, Redirects, Document, Compression)
"""What every request passes, from the outside in."""
app = st.App(__file__, lifespan=declared_pages, middleware=[Middleware(layer) for layer in LAYERS])

if __name__ == "__main__":
    from pages.components.frame import frame

    frame.draw()
