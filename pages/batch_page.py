"""Batch: choose people or bring JSON lines, run, watch, read the lists by name, download."""

from pages.components import batch_choose, batch_head, batch_lists, batch_live, batch_state, session

group = session.dataset_group()
if group is None:
    batch_head.no_data()
else:
    state = batch_state.read(group)
    batch_head.draw(state)
    batch_choose.draw(state)
    batch_live.draw(state)
    batch_lists.draw(state)
