"""Home in its four states: before data, while the demo is prepared, failed, ready as a stage."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.home.faces import LABEL
from pages.components.keys import Key
from services.demo import steps
from services.demo.runner import DemoRunner
from services.demo.state import DemoState
from services.laboratory.estimates import Estimate
from services.laboratory.hit_rates import HitRates, of_trainings
from services.laboratory.runs import EVALUATION, RunView
from services.language.vocabulary import FILM_WORDS
from services.personalize.datasets import DatasetView, GroupView, ImportState
from services.personalize.versions import VersionView
from services.progress import Step
from services.screens.home import faces as choosing
from services.screens.home import news, overview, sentences
from services.screens.home.overview import Resource, next_step

STEPS = tuple(Step(step.key, step.label) for step in steps.STEPS if not step.background)
LATER = tuple(Step(step.key, step.label) for step in steps.STEPS if step.background)


def with_states(*states: str) -> tuple[Step, ...]:
    return tuple(dataclasses.replace(step, state=state) for step, state in zip(STEPS, states, strict=True))


def words(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.subheader])


def test_before_data_home_offers_three_ways(empty_app: AppTest) -> None:
    empty_app.run()
    assert empty_app.subheader[0].value.startswith("Show what personalization does, with films and simulated viewers")
    assert not empty_app.metric
    assert empty_app.button(key="start_demo").label == "Load the film demo"
    for card in ("Film demo", "MovieLens", "My own files"):
        assert card in words(empty_app)


def test_the_button_starts_the_demo(empty_app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[bool] = []
    monkeypatch.setattr(DemoRunner, "start", lambda self: started.append(True))
    empty_app.run()
    empty_app.button(key="start_demo").click().run()
    assert started == [True]


def test_while_the_demo_is_prepared_home_counts_the_steps(empty_app, monkeypatch) -> None:
    states = with_states("done", "done", "done", "done", "running", "waiting")
    running = DemoState(states, active=True, seconds_left=35, n_events=100_214)
    monkeypatch.setattr(DemoRunner, "state", lambda self: running)
    empty_app.run()
    assert empty_app.subheader[0].value == (
        "Preparing the demo: step 5 of 6, train personal recommendations on 100,214 events, about 35 s left."
    )
    assert [link.value for link in empty_app.page_link if "Look already" in link.value]
    assert empty_app.button(key="cancel_demo").label == "Cancel"


def test_before_popularity_there_is_nothing_to_look_at(empty_app, monkeypatch) -> None:
    running = DemoState(with_states("done", "running", *["waiting"] * 4), active=True)
    monkeypatch.setattr(DemoRunner, "state", lambda self: running)
    empty_app.run()
    assert not [link for link in empty_app.page_link if "Look already" in link.value]


def test_a_failed_demo_says_why_and_what_is_kept(empty_app, monkeypatch) -> None:
    states = with_states("done", "done", "done", "done", "failed", "waiting")
    reason = "The worker ended (out of memory?)."
    failed = DemoState(states, active=False, failed_step="hrnn", reason=reason)
    monkeypatch.setattr(DemoRunner, "state", lambda self: failed)
    empty_app.run()
    assert reason in empty_app.error[0].value
    assert "Kept: make films" in empty_app.error[0].value
    assert empty_app.button(key="start_demo").label == "Try again"
    assert [link.value for link in empty_app.page_link if link.value == "See the bestsellers"]


def later(*states: str) -> tuple[Step, ...]:
    """Return the background's steps in these states, and all others in the last one."""
    every = [*states, *[states[-1]] * (len(LATER) - len(states))]
    return tuple(dataclasses.replace(step, state=state) for step, state in zip(LATER, every, strict=True))


def test_while_the_background_is_prepared_home_is_ready_and_says_what_comes(films_app, monkeypatch) -> None:
    state = DemoState(
        with_states(*["done"] * 6), True, later=later("done", "running", "waiting"), later_seconds_left=80
    )
    cancelled: list[bool] = []
    monkeypatch.setattr(DemoRunner, "state", lambda self: state)
    monkeypatch.setattr(DemoRunner, "cancel", lambda self: cancelled.append(True))
    films_app.run()
    assert "1,500 films" in films_app.subheader[0].value
    coming = ", ".join(step.label for step in LATER[1:])
    assert f"Also preparing: {coming} · about 80 s left" in [box.label for box in films_app.expander]
    films_app.button(key="cancel_later").click().run()
    assert cancelled == [True]


def test_a_background_step_that_failed_is_named_and_can_be_tried_again(films_app, monkeypatch) -> None:
    broken = dataclasses.replace(LATER[2], state="failed", note="The worker ended (out of memory?).")
    state = DemoState(with_states(*["done"] * 6), False, later=(*later("done")[::2], broken))
    started: list[bool] = []
    monkeypatch.setattr(DemoRunner, "state", lambda self: state)
    monkeypatch.setattr(DemoRunner, "start", lambda self: started.append(True))
    films_app.run()
    assert "Ranking could not be prepared" in [box.label for box in films_app.expander]
    assert "The worker ended (out of memory?)." in words(films_app)
    films_app.button(key="start_later").click().run()
    assert started == [True]


def test_when_all_is_prepared_home_says_nothing_of_it(films_app, monkeypatch) -> None:
    state = DemoState(with_states(*["done"] * 6), False, later=later("done", "done", "done"))
    monkeypatch.setattr(DemoRunner, "state", lambda self: state)
    films_app.run()
    assert not [box.label for box in films_app.expander if "prepar" in box.label]


def test_with_data_home_shows_figures_chain_and_next_step(films_app: AppTest) -> None:
    films_app.run()
    assert "1,500 films, 1 recipe ready" in films_app.subheader[0].value
    assert [metric.label for metric in films_app.metric][:4] == ["Events", "People", "Films", "Recipes ready"]
    [inventory] = [box.label for box in films_app.expander if box.label.startswith("What there is: ")]
    assert "6 resources: 6 ready, 0 running, 0 failed" in inventory
    resources = films_app.dataframe[0].value
    assert list(resources["kind"]) == ["Data set group", *["Data set"] * 3, "Solution version", "Campaign"]
    assert films_app.button(key="next_step").label == "Look at recommendations"


def test_the_next_step_opens_its_screen(films_app: AppTest) -> None:
    films_app.run()
    films_app.button(key="next_step").click().run()
    assert "RECOMMENDATIONS" in words(films_app)


GROUP = GroupView("films", "arn:g", "ACTIVE", 1.0, ())


def test_next_step_is_to_import_when_nothing_is_imported() -> None:
    assert next_step(GROUP, [], []).screen == "data"


def test_next_step_is_to_mend_what_failed_last() -> None:
    failed = Resource("Data set", "Interactions", "CREATE FAILED", 2.0, "line 3 has no USER_ID")
    step = next_step(GROUP, [], [failed])
    assert step.label == "See why Interactions failed"
    assert step.why == "line 3 has no USER_ID"


def test_an_old_failure_that_was_mended_is_no_next_step() -> None:
    failed = Resource("Solution version", "HRNN · films/1a", "CREATE FAILED", 2.0, "out of memory", "training")
    mended = Resource("Solution version", "HRNN · films/2b", "ACTIVE", 3.0, "", "training")
    another = Resource("Solution version", "Similar items · sims/3c", "ACTIVE", 3.0, "", "training")
    assert next_step(GROUP, [], [failed, mended]).label == "Import data"
    assert next_step(GROUP, [], [failed, another]).label == "See why HRNN · films/1a failed"


@pytest.mark.parametrize(("recipe", "label"), [("aws-hrnn", "Deploy a recipe"), ("aws-sims", "Train a recipe")])
def test_next_step_leads_to_a_recipe_that_answers_for_a_person(recipe: str, label: str) -> None:
    done = ImportState("arn:i", "Interactions", "ACTIVE", None, 1.0, 2.0)
    interactions = DatasetView("Interactions", "arn:d", "arn:s", "ACTIVE", (done,))
    group = dataclasses.replace(GROUP, datasets=(interactions,))
    trained = VersionView("arn:v", "v", "arn:s", "s", recipe, "ACTIVE", None, 1.0, 2.0)
    assert next_step(group, [trained], []).label == label
    assert of_trainings([dataclasses.replace(trained, recipe="aws-sims")]) is None


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.2, 0.4, "for 30 %"),
        (-0.4, -0.2, "for 30 %: bestsellers win"),
        (-0.1, 0.1, "for 30 %: no clear difference"),
    ],
)
def test_headline_has_a_version_for_every_outcome(low: float, high: float, said: str) -> None:
    found = HitRates("aws-hrnn", 0.6, 0.3, True, Estimate(0.3, low, high), 100)
    step = overview.NextStep("Look", "recommendations", "")
    view = overview.Overview("g", (), 10, 1000, 1512, "films", "", 2, 2, found, step)
    personal = "personal recommendations are right for 60 % of people, bestsellers they have not seen"
    assert view.headline() == f"1,000 people, 1,512 films, 2 recipes ready; {personal} {said}."


def walls(app: AppTest) -> dict[str, dict[str, Any]]:
    """Return what the walls of pictures are given, by label."""
    assert not app.exception
    given = [json.loads(element.proto.json or "{}") for element in app.get("bidi_component")]
    return {data["label"]: data for data in given if "pictures" in data}


def test_who_asked_for_the_demo_lands_on_the_first_storefront(films_app: AppTest, monkeypatch) -> None:
    monkeypatch.setattr(DemoRunner, "state", lambda self: DemoState(with_states(*["done"] * 6), active=True))
    films_app.session_state[Key.LANDED] = False
    films_app.run()
    assert "STOREFRONT" in words(films_app)
    assert "Nora" in films_app.subheader[0].value


def test_before_there_is_data_there_are_covers_of_the_films(
    empty_app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = DemoState(with_states("running", *["waiting"] * 5), active=True)
    monkeypatch.setattr(DemoRunner, "state", lambda self: running)
    empty_app.run()
    (films,) = walls(empty_app).values()
    assert films["label"] == "24 of the films that they choose among"
    titles = [picture["label"] for picture in films["pictures"]]
    assert len(set(titles)) == 24
    assert any(title.startswith("Star Wars") for title in titles)
    assert not empty_app.get("skeleton"), "an empty box is nothing to look at"


def test_while_the_model_learns_there_are_covers_to_look_at(films_app: AppTest, monkeypatch) -> None:
    running = DemoState(with_states("done", "done", "done", "done", "running", "waiting"), active=True)
    monkeypatch.setattr(DemoRunner, "state", lambda self: running)
    films_app.run()
    assert sentences.LEARNING["hrnn"] in words(films_app)
    had, counted, everybody = walls(films_app).values()
    assert had["label"] == "What Nora watched last"
    assert counted["label"] == "Counted already for Nora: often watched with these"
    assert everybody["label"].startswith("What everybody gets")
    assert not {item["id"] for item in had["pictures"]} & {item["id"] for item in counted["pictures"]}
    assert not any(wall["clickable"] for wall in (had, counted, everybody))


def test_every_step_of_the_preparation_says_what_is_learned() -> None:
    assert set(sentences.LEARNING) == {step.key for step in STEPS}


def test_the_stage_has_the_name_and_eight_faces_that_lead_to_their_storefront(
    films_app: AppTest,
) -> None:
    films_app.run()
    assert any("Personalize Explorer" in element.proto.body for element in films_app.get("html"))
    faces = walls(films_app)[LABEL]["pictures"]
    assert [face["label"] for face in faces][:2] == ["Nora", "Ben"]
    assert len(faces) == 8
    assert all(face["below"] and face["image"].startswith("data:image/svg+xml,") for face in faces)
    films_app.session_state[Key.FACE] = faces[1]["id"]
    films_app.run()
    assert "STOREFRONT" in words(films_app)
    assert "Ben" in films_app.subheader[0].value


def test_what_is_new_is_said_from_the_second_visit_on(films_app: AppTest) -> None:
    films_app.run()
    assert "your last visit" not in words(films_app)
    film_run = RunView("e", EVALUATION, "e", {"group": "film-demo"}, "done", (), "", 10.0, 30.0, Path())
    old = Resource("Campaign", "old", "ACTIVE", 5.0)
    new = Resource("Solution version", "new", "ACTIVE", 25.0)
    failed = Resource("Campaign", "failed", "CREATE FAILED", 25.0)
    found = news.news([old, new, failed], [film_run], since=20.0)
    assert [(entry.kind, entry.n, entry.screen) for entry in found] == [
        ("Solution version", 1, "training"),
        (EVALUATION, 1, "evaluation"),
    ]
    said = sentences.since(found, 20.0, 20.0 + 7200)
    assert said == "New since your last visit, 2 h ago: 1 trained version and 1 evaluation."
    assert sentences.since(news.news([old], [], 20.0), 20.0, 90.0) == "Nothing new since your last visit, 1 min ago."


@pytest.mark.parametrize("told", ["", "nan", "-5", "1e999", "tomorrow", None, {}, "99999999999"])
def test_a_browser_may_say_anything_about_its_last_visit(told: object) -> None:
    assert news.moment(told, 1_000_000.0) is None
    assert news.moment("999999.5", 1_000_000.0) == 999_999.5


def test_people_without_names_get_faces_of_different_tastes() -> None:
    likes = {"a": "Drama", "b": "Drama", "c": "Horror", "d": ""}

    class Crowd:
        personas = ()

        def most_active(self, limit: int) -> list[str]:
            return list(likes)[:limit]

        def short(self, user_id: str) -> str:
            return user_id

        def n_items(self, user_id: str) -> int:
            return 3

    class Likes:
        def top(self, had: tuple[str, ...], n: int) -> tuple[str, ...]:
            return tuple(filter(None, had))

    class Data:
        def counted_history(self, user_id: str) -> tuple[str, ...]:
            return (likes[user_id],)

    shown = choosing.faces(Data(), Crowd(), Likes())  # type: ignore[arg-type]
    assert [face.user_id for face in shown] == ["a", "c", "b", "d"]
    assert sentences.face(shown[3], FILM_WORDS) == "3 films"
