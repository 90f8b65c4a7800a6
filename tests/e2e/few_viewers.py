"""Streamlit's own command over a film demo of few viewers, which trains in seconds."""

import sys

from streamlit.web.cli import main

from benchmarks.worlds import fewer
from services.sources import load

N_VIEWERS = 120

if __name__ == "__main__":
    whole = load.load_demo
    load.load_demo = lambda *seed: fewer(whole(*seed), N_VIEWERS)
    sys.exit(main(prog_name="streamlit"))
