"""The demo's runner with steps of its own: order, going on, failing, cancelling. The real list is in tests/e2e."""

import threading
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from services.demo import steps, time_left
from services.demo.context import DemoCancelled, DemoStep
from services.demo.memory import DemoMemory
from services.demo.runner import DemoRunner
from services.demo.steps import STEPS
from services.errors import BackendError, DemoError, RunError
from services.library.store import Library
from services.progress import Step

WAIT_S = 10


@dataclass
class Nowhere:
    """What the runner needs of a backend when its steps need nothing."""

    home: Path
    capabilities: None = None


class Workshop:
    """Steps that leave a mark, so that done() can look at the result as the real ones do."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.broken: set[str] = set()
        self.gate = threading.Event()
        self.gate.set()

    def steps(self, *keys: str, background: str = "") -> tuple[DemoStep, ...]:
        """Return steps of these keys, then one in the background for each letter of background."""
        return tuple(self.step(key, key in background) for key in (*keys, *background))

    def step(self, key: str, background: bool = False) -> DemoStep:
        def run(context, progress) -> str:
            progress(0.5, "half")
            while not self.gate.wait(0.01):
                context.check_cancelled()
            if key in self.broken:
                raise DemoError(f"{key} broke: the worker ended.")
            self.made.append(key)
            return f"{key} counted"

        return DemoStep(key, f"Do {key}", lambda context: key in self.made, run, background=background)


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


@pytest.fixture
def backend(tmp_path: Path) -> Nowhere:
    return Nowhere(tmp_path)


def test_runner_does_the_steps_in_order_and_remembers_what_they_counted(workshop, backend) -> None:
    runner = DemoRunner(backend, workshop.steps("a", "b", "c"))
    runner.start()
    assert runner.wait(WAIT_S)
    state = runner.state()
    assert workshop.made == ["a", "b", "c"]
    assert state.finished
    assert [step.note for step in state.steps] == ["a counted", "b counted", "c counted"]
    assert not DemoMemory(backend.home).requested


def test_runner_does_only_what_is_missing(workshop, backend) -> None:
    workshop.made = ["a", "c"]
    DemoRunner(backend, workshop.steps("a", "b", "c")).run()
    assert workshop.made == ["a", "c", "b"]


def test_the_import_step_imports_once(monkeypatch, tmp_path: Path) -> None:
    imported: list[str] = []
    monkeypatch.setattr(steps, "import_data", lambda backend, name, sources, report: imported.append(name))
    context = SimpleNamespace(
        backend=Nowhere(tmp_path),
        turn=lambda progress: nullcontext(),
        files=lambda: (),
        check_cancelled=lambda: None,
        forget_data=lambda: None,
    )
    next(step for step in STEPS if step.key == "import").run(context, lambda fraction, words: None)
    assert imported == [steps.GROUP]


def test_advance_says_whether_there_was_something_to_do(workshop, backend) -> None:
    runner = DemoRunner(backend, workshop.steps("a"))
    assert runner.advance()
    assert not runner.advance()


def test_a_failed_step_keeps_what_is_finished_and_can_be_tried_again(workshop, backend) -> None:
    workshop.broken = {"b"}
    runner = DemoRunner(backend, workshop.steps("a", "b", "c"))
    runner.start()
    assert runner.wait(WAIT_S)
    state = runner.state()
    assert (state.failed_step, state.reason) == ("b", "b broke: the worker ended.")
    assert [step.state for step in state.steps] == ["done", "failed", "waiting"]
    workshop.broken = set()
    runner.start()
    assert runner.wait(WAIT_S)
    assert runner.state().finished
    assert runner.state().failed_step is None
    assert workshop.made == ["a", "b", "c"]


def test_an_interrupted_demo_goes_on_after_a_restart(workshop, backend) -> None:
    DemoMemory(backend.home).requested = True
    restarted = DemoRunner(backend, workshop.steps("a", "b"))
    restarted.resume()
    assert restarted.wait(WAIT_S)
    assert workshop.made == ["a", "b"]


def test_nothing_starts_by_itself(workshop, backend) -> None:
    runner = DemoRunner(backend, workshop.steps("a"))
    runner.resume()
    assert runner.wait(WAIT_S)
    assert workshop.made == []


def test_cancel_stops_and_keeps_what_is_finished(workshop, backend) -> None:
    workshop.made = ["a"]
    workshop.gate.clear()
    runner = DemoRunner(backend, workshop.steps("a", "b"))
    runner.start()
    assert runner.state().active
    runner.cancel()
    assert runner.wait(WAIT_S)
    assert workshop.made == ["a"]
    assert runner.state().failed_step is None
    assert not DemoMemory(backend.home).requested


def test_starting_twice_runs_once(workshop, backend) -> None:
    workshop.gate.clear()
    runner = DemoRunner(backend, workshop.steps("a"))
    runner.start()
    runner.start()
    workshop.gate.set()
    assert runner.wait(WAIT_S)
    assert workshop.made == ["a"]


def test_two_processes_of_one_home_take_turns(workshop, backend) -> None:
    first, second = (DemoRunner(backend, workshop.steps("a", "b")) for _ in range(2))
    first.start()
    second.start()
    assert first.wait(WAIT_S)
    assert second.wait(WAIT_S)
    assert workshop.made == ["a", "b"]


def test_an_unexpected_error_becomes_a_sentence_without_a_traceback(workshop, backend, caplog) -> None:
    def run(context, progress) -> str:
        raise KeyError("surprise")

    runner = DemoRunner(backend, (DemoStep("a", "Do a", lambda context: False, run),))
    runner.start()
    assert runner.wait(WAIT_S)
    reason = runner.state().reason
    assert reason is not None
    assert "the log has the details" in reason
    assert "KeyError" not in reason
    assert "surprise" in caplog.text


FULL = ClientError({"Error": {"Code": "LimitExceededException", "Message": "Too many campaigns"}}, "CreateCampaign")


@pytest.mark.parametrize("background", [False, True])
@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (RunError("The run was deleted while it was prepared. Try again."), None),
        (BackendError('PERSONALIZE_BACKEND is "x"; set it to "embedded" or "aws".'), None),
        (FULL, "Too many campaigns. Delete what you no longer need, then try again."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_of_another_room_is_shown_as_its_sentence(backend, error, sentence, background) -> None:
    def run(context, progress) -> str:
        raise error

    steps = (
        DemoStep("a", "Do a", lambda context: background, run),
        DemoStep("x", "Do x", lambda context: False, run, background),
    )
    runner = DemoRunner(backend, steps if background else steps[:1])
    runner.start()
    assert runner.wait(WAIT_S)
    state = runner.state()
    shown = state.later[0].note if background else state.reason
    assert shown == (sentence or str(error))


def test_running_in_the_terminal_raises_what_the_step_raises(workshop, backend) -> None:
    workshop.broken = {"a"}
    with pytest.raises(DemoError, match="a broke"):
        DemoRunner(backend, workshop.steps("a")).run()


def test_a_cancelled_run_says_so(workshop, backend) -> None:
    runner = DemoRunner(backend, workshop.steps("a"))
    runner.cancel()
    with pytest.raises(DemoCancelled):
        runner.run()


def test_headline_names_the_step_and_how_many_there_are(workshop, backend) -> None:
    workshop.made = ["a"]
    workshop.gate.clear()
    seen: list[str] = []
    runner = DemoRunner(backend, workshop.steps("a", "b", "c"))
    workshop.gate.set()
    runner.run(lambda steps: seen.extend(step.state for step in steps if step.key == "b"))
    assert "running" in seen
    assert seen[-1] == "done"


def test_a_request_that_an_earlier_version_kept_is_found(backend) -> None:
    (backend.home / "tour.json").write_text('{"wanted": true}', encoding="utf-8")
    assert DemoMemory(backend.home).requested


def test_a_broken_memory_file_counts_as_empty(backend) -> None:
    (backend.home / "tour.json").write_text("{half", encoding="utf-8")
    memory = DemoMemory(backend.home)
    assert not memory.requested
    memory.checked = "v1"
    assert DemoMemory(backend.home).checked == "v1"


def test_the_demo_has_the_six_steps_of_home_and_then_what_the_other_screens_need() -> None:
    ahead = [step.key for step in STEPS if not step.background]
    assert ahead == ["make", "check", "import", "popularity", "hrnn", "deploy"]
    behind = STEPS[len(ahead) :]
    assert [step.label for step in behind] == [
        "Similar",
        "Map",
        "Ranking",
        "Recommendations with metadata",
        "Cold start",
        "Evaluation",
    ]
    recipes = [step for step in behind[:4] if step.recipes]
    assert [step.recipes[0] for step in recipes] == ["aws-sims", "aws-personalized-ranking", "aws-hrnn-metadata"]
    assert behind[-1].recipes == ("aws-hrnn", "aws-hrnn-metadata")  # what Metadata compares
    assert [step.resource for step in recipes] == [
        "film-demo-sims",
        "film-demo-personalized-ranking",
        "film-demo-hrnn-metadata",
    ]


def test_the_demo_can_be_shown_while_the_background_is_prepared(workshop, backend) -> None:
    workshop.made = ["a"]
    workshop.gate.clear()
    runner = DemoRunner(backend, workshop.steps("a", background="xy"))
    runner.start()
    state = runner.state()
    assert state.finished
    assert state.active
    assert not state.complete
    assert [step.key for step in state.steps] == ["a"]
    assert state.later_sentence() == "Also preparing: Do x, Do y"
    workshop.gate.set()
    assert runner.wait(WAIT_S)
    assert runner.state().complete
    assert runner.state().later_sentence() == ""


def test_a_failed_background_step_names_itself_and_spoils_nothing_else(workshop, backend) -> None:
    workshop.broken = {"x"}
    runner = DemoRunner(backend, workshop.steps("a", background="xy"))
    runner.start()
    assert runner.wait(WAIT_S)
    state = runner.state()
    assert workshop.made == ["a", "y"]
    assert state.finished
    assert state.failed_step is None
    assert [(step.state, step.note) for step in state.later] == [
        ("failed", "x broke: the worker ended."),
        ("done", "y counted"),
    ]
    assert state.later_sentence() == "Do x could not be prepared"
    workshop.broken = set()
    runner.start()
    assert runner.wait(WAIT_S)
    assert runner.state().complete


def test_a_restart_does_not_try_again_what_the_demo_goes_on_without(workshop, backend) -> None:
    workshop.broken = {"x"}
    DemoMemory(backend.home).give_up("x", "x broke")
    DemoMemory(backend.home).requested = True
    restarted = DemoRunner(backend, workshop.steps("a", background="xy"))
    restarted.resume()
    assert restarted.wait(WAIT_S)
    assert workshop.made == ["a", "y"]


def test_an_interrupted_background_goes_on_after_a_restart(workshop, backend) -> None:
    workshop.made = ["a", "x"]
    DemoMemory(backend.home).requested = True
    restarted = DemoRunner(backend, workshop.steps("a", background="xy"))
    restarted.resume()
    assert restarted.wait(WAIT_S)
    assert workshop.made == ["a", "x", "y"]
    assert not DemoMemory(backend.home).requested


def test_cancel_in_the_background_keeps_what_is_finished_and_says_what_is_missing(workshop, backend) -> None:
    workshop.made = ["a", "x"]
    workshop.gate.clear()
    runner = DemoRunner(backend, workshop.steps("a", background="xyz"))
    runner.start()
    runner.cancel()
    assert runner.wait(WAIT_S)
    state = runner.state()
    assert [step.state for step in state.later] == ["done", "waiting", "waiting"]
    assert state.failed_step is None
    assert state.later_sentence() == "Not prepared: Do y and Do z"


def test_an_unexpected_error_in_the_background_is_a_sentence_and_goes_on(workshop, backend, caplog) -> None:
    def run(context, progress) -> str:
        raise KeyError("surprise")

    odd = DemoStep("x", "Do x", lambda context: False, run, background=True)
    DemoRunner(backend, (workshop.step("a"), odd, workshop.step("y", True))).run()
    assert workshop.made == ["a", "y"]
    assert "surprise" in caplog.text
    assert "the log has the details" in DemoMemory(backend.home).given_up["x"]


class Rules:
    """What the runner asks of the engine about time."""

    def seconds_expected(self, recipe: str, n_events: int) -> float | None:
        return {"quick": 3.0, "slow": 60.0}.get(recipe)


def test_open_background_steps_say_how_long_they_take(monkeypatch) -> None:
    data = SimpleNamespace(n_events=10, n_items=5)
    monkeypatch.setattr(Library, "open", lambda self, name: data)
    monkeypatch.setattr(time_left, "newest_version", lambda backend, name: None)
    recipes = {"x": ("quick",), "y": ("quick", "slow")}
    steps = {key: DemoStep(key, key, bool, str, True, of_step) for key, of_step in recipes.items()}
    later = [Step("x", "x", "running", "read"), Step("y", "y", "waiting")]
    seconds = time_left.later_seconds(SimpleNamespace(capabilities=Rules(), home=Path()), steps, later)
    assert seconds == {"x": 3.0, "y": 63.0}
    notes = [time_left.with_time(step, seconds[step.key]).note for step in later]
    assert notes == ["read · about 3 s left", "about 63 s"]
    assert time_left.with_time(later[0], None) == later[0]
