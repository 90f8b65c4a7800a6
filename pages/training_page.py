"""Training: recipes, live status, metrics beside the baselines, campaigns."""

from pages.components import address, drawers
from pages.components.keys import Widget
from pages.components.training import cards, deploy, dialog, head, live, metrics
from pages.components.training.state import read

state = read(address.dataset_group())
head.draw(state)
if state.group is None:
    head.no_data()
else:
    cards.draw(state)
    metrics.kpis(state)
    deploy.offer(state)
    if state.running:
        live.draw(state.running[0])
    else:
        metrics.picture(state)
    for version in state.running[1:]:
        live.waiting(version)
    head.failure(state)
    metrics.table(state)
    dialog.open_from_address(state)
    drawers.drawers(key=Widget.TRAINING, how=metrics.HOW, download=metrics.download(state), file_name="versions.csv")
