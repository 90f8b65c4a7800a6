"""Home: what is loaded, trained and deployed, and the next step."""

from pages.components import session
from pages.components.home import ready, running, start
from services.personalize.datasets import group_names

tour = session.tour()
state = tour.state()
group = session.dataset_group()

if state.active and not state.finished:
    running.draw(tour)
elif running.has_landed(state):
    running.land()
elif state.failed_step is not None:
    running.draw_failed(tour, state)
elif group is None or not group_names(session.backend()):
    start.draw(tour)
else:
    ready.draw(group, tour, state)
