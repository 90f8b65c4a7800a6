"""Home: what is loaded, trained and deployed, and the next step."""

from pages.components import address, process
from pages.components.home import ready, running, start
from services.personalize.datasets import group_names

runner = process.demo()
state = runner.state()
group = address.dataset_group()

if state.active and not state.finished:
    running.draw(runner)
elif running.has_landed(state):
    running.land()
elif state.failed_step is not None:
    running.draw_failed(runner, state)
elif group is None or not group_names(process.backend()):
    start.draw(runner)
else:
    ready.draw(group, runner, state)
