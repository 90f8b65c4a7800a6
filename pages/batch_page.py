"""Batch: choose people or bring JSON lines, run, watch, read the lists by name, download."""

from pages.components import address
from pages.components.batch import controls, head, lists, live, who
from pages.components.batch.state import read

group = address.dataset_group()
if group is None:
    head.no_data()
else:
    state = read(group)
    head.draw(state)
    controls.draw(state)
    live.draw(state)
    lists.draw(state)
    who.draw(state)
