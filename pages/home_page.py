"""Home: what is loaded, trained and deployed, and the next step."""

from pages.components import home_ready, home_running, home_start, session
from services.dataset_views import group_names

tour = session.tour()
state = tour.state()
group = session.dataset_group()

if state.active and not state.finished:
    home_running.draw(tour)
elif home_running.has_landed(state):
    home_running.land()
elif state.failed_step is not None:
    home_running.draw_failed(tour, state)
elif group is None or not group_names(session.backend()):
    home_start.draw(tour)
else:
    home_ready.draw(group, tour, state)
