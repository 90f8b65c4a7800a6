"""Training: recipes, live status, metrics beside the baselines, campaigns."""

from pages.components import (
    drawers,
    session,
    training_cards,
    training_deploy,
    training_dialog,
    training_head,
    training_live,
    training_metrics,
    training_state,
)

state = training_state.read(session.dataset_group())
training_head.draw(state)
if state.group is None:
    training_head.no_data()
else:
    training_cards.draw(state)
    training_metrics.kpis(state)
    training_deploy.offer(state)
    if state.running:
        training_live.draw(state.running[0])
    else:
        training_metrics.picture(state)
    for version in state.running[1:]:
        training_live.waiting(version)
    training_head.failure(state)
    training_metrics.table(state)
    training_dialog.open_wanted(state)
    drawers.drawers(
        key="training", how=training_metrics.HOW, download=training_metrics.download(state), file_name="versions.csv"
    )
