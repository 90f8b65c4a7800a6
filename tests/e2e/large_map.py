"""Streamlit's own command, with maps that count as large from few items on, as those of shops do."""

import sys

from streamlit.web.cli import main

from pages.components.charts import item_map

MAX_PLAIN = 500

if __name__ == "__main__":
    item_map.MAX_PLAIN = MAX_PLAIN  # before the Map's modules read it
    sys.exit(main(prog_name="streamlit"))
