"""The explorer's entry: what the server serves, and the script that draws the frame around every page.

Streamlit runs this file as a script ("__main__") for each visit, and the server imports it once when it starts. That
import declares the pages before anybody comes: Streamlit 1.67 takes a folder called pages/ for its older kind of
multipage app until st.navigation has been called once in the process, and would answer the first deep link to a fresh
server with "Page not found".
"""

import streamlit as st

from pages.components import frame

app = st.App(__file__)

if __name__ == "__main__":
    frame.draw()
else:
    frame.declare_pages()
