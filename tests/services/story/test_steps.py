"""The guided story: who it is about, what each step says, and how it copes with less."""

import json
from pathlib import Path

import pandas as pd
import pytest

from services.backend import Backend, open_backend
from services.errors import ServiceError
from services.laboratory.context import DONE
from services.laboratory.runs import EVALUATION, RunView
from services.language.vocabulary import FILM_WORDS
from services.library.columns import ITEM_ID, TIMESTAMP, USER_ID, ColumnRoles
from services.library.prepared import Persona, PreparedData
from services.library.store import Library, LoadedData
from services.lists.cast import cast_of
from services.personalize import asking, recipe_names
from services.screens.evaluation.facts import Facts, Trained
from services.screens.evaluation.parameters import Parameters
from services.screens.evaluation.split import TIME
from services.story import numbers
from services.story.stage import StoryStep
from services.story.steps import story


@pytest.fixture
def demo(sims_home: Path):
    """The film demo with popularity and similar items deployed."""
    backend = open_backend({}, sims_home)
    yield backend
    backend.close()


def tell(backend: Backend, group: str, count: int = 25) -> dict[str, StoryStep]:
    data = Library(backend.home).open(group)
    assert data is not None
    steps = story(backend, group, data, data.catalog(), data.people(), data.tastes(), count)
    return {step.key: step for step in steps}


def test_the_demo_tells_of_nora_and_ben(demo: Backend) -> None:
    steps = tell(demo, "film-demo")
    assert list(steps) == ["window", "own", "two", "turn", "item", "shelf", "new", "worth", "try"]
    screens = [
        "storefront",
        "recommendations",
        "compare",
        "live_events",
        "similar",
        "ranking",
        "cold_start",
        "evaluation",
        "try_it",
    ]
    assert [step.screen for step in steps.values()] == screens
    assert steps["own"].title == "Nora's own list, and why"
    assert steps["own"].query["user"] == "viewer-0001"
    assert "Film-Noir" in steps["own"].say
    assert steps["two"].title == "Nora and Ben, side by side"
    assert steps["turn"].title == "Ben's films change Nora's list"
    assert "Ben's last 20 films" in steps["turn"].say
    assert steps["item"].title == "What goes with Halloween"


def test_sentences_are_short_enough_to_be_said(demo: Backend) -> None:
    for step in tell(demo, "film-demo").values():
        assert len(step.say) <= 150, step.say
        assert step.say.endswith(".")
        assert step.do


def test_a_step_has_a_number_once_its_recipe_is_deployed(demo: Backend) -> None:
    steps = tell(demo, "film-demo")
    assert [key for key, step in steps.items() if step.number] == ["item", "try"]
    assert not any("campaign" in step.query for step in steps.values())
    agreeing, of_ten = steps["item"].number.split(" of 10 share a ")
    assert 7 <= int(agreeing) <= 10
    assert of_ten == "genre with it"


def test_a_campaign_that_does_not_answer_costs_the_number_only(demo: Backend, monkeypatch) -> None:
    def refuse(*args: object) -> None:
        raise ServiceError("ResourceInUseException", "The campaign is being updated.")

    monkeypatch.setattr(asking, "similar", refuse)
    assert tell(demo, "film-demo")["item"].number == ""


def test_the_number_is_counted_in_the_campaigns_lists(demo: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """Popularity answers for everybody alike, so as a stand-in for HRNN it makes two people share all places."""
    monkeypatch.setattr(recipe_names, "PERSONAL", ("aws-popularity-count",))
    steps = tell(demo, "film-demo", count=10)
    assert steps["two"].number == "10 of 10 shared"
    inside, popular = _in_taste(steps["own"].number)
    assert inside == popular


def test_the_last_number_stands_beside_the_stronger_popularity(tmp_path: Path) -> None:
    hits = {"aws-hrnn": [1, 1, 1, 0], "popularity": [0, 0, 1, 0], "popularity+unseen": [1, 0, 1, 0]}
    measured_run(tmp_path, hits)
    run = RunView("id", EVALUATION, "the run", {"group": "film-demo"}, DONE, (), "", 0.0, 0.0, tmp_path)
    assert numbers.better_than_bestsellers(run) == "right for 75 % (bestsellers they have not seen: 50 %)"
    assert numbers.better_than_bestsellers(None) == ""


def measured_run(folder: Path, hits: dict[str, list[int]]) -> None:
    """Write a finished evaluation that counted these hits at 25, one person a place."""
    facts = Facts(
        parameters=Parameters("film-demo"),
        protocol=TIME,
        ended=0.0,
        seconds={},
        data_version="",
        n_people=4,
        n_train=0,
        n_items=0,
        contestants=(Trained("aws-hrnn", "aws-hrnn", "HRNN"),),
        note="",
        source="demo",
    )
    (folder / "facts.json").write_text(json.dumps(facts.to_json()))
    users = [str(place) for place in range(len(hits["aws-hrnn"]))]
    pd.DataFrame({"user_id": users}).to_parquet(folder / "users.parquet")
    rows = [(user, method, float(hit)) for method, each in hits.items() for user, hit in zip(users, each, strict=True)]
    pd.DataFrame(rows, columns=["user_id", "method", "hit_rate_at_25"]).to_parquet(folder / "people.parquet")
    means = [(method, "hit_rate", 25, sum(each) / len(each), 0.0, 1.0) for method, each in hits.items()]
    columns = ["method", "metric", "k", "value", "low", "high"]
    pd.DataFrame(means, columns=columns).to_parquet(folder / "summary.parquet")


def _in_taste(number: str) -> tuple[int, int]:
    inside, rest = number.split(" of 10 in taste (bestsellers: ")
    return int(inside), int(rest.rstrip(")"))


FILMS = {"a": "Noir", "b": "Noir", "c": "Noir", "d": "Horror", "e": "Horror", "f": "Horror"}


def keep(home: Path, histories: dict[str, str], personas: tuple[Persona, ...] = ()) -> LoadedData:
    """Keep a small catalogue with these histories, one letter an item."""
    rows = [(user, item, 1_000 + place) for user, items in histories.items() for place, item in enumerate(items)]
    data = PreparedData(
        name="small",
        interactions=pd.DataFrame(rows, columns=[USER_ID, ITEM_ID, TIMESTAMP]),
        items=pd.DataFrame(
            {ITEM_ID: list(FILMS), "TITLE": [f"Film {i}" for i in FILMS], "GENRES": list(FILMS.values())}
        ),
        users=None,
        schemas={},
        roles=ColumnRoles(title="TITLE", categories=("GENRES",)),
        words=FILM_WORDS,
        source="own",
        personas=personas,
    )
    return Library(home).save(data)


def cast(data: LoadedData):
    return cast_of(data, data.catalog(), data.people(), data.tastes())


def test_data_without_named_people_gets_the_most_active_of_different_taste(tmp_path: Path) -> None:
    noir, horror = "abc" * 4, "def" * 3
    data = keep(tmp_path, {"1": "abcdef", "2": noir, "3": noir[:-1], "4": horror})
    found = cast(data)
    assert found is not None
    assert (found.one, found.other) == ("2", "4")
    assert (found.taste, found.n_both) == (("Noir",), 0)
    assert FILMS[str(found.item)] == "Horror"
    assert FILMS[str(found.other_item)] == "Noir"


def test_named_people_go_first_however_little_they_had(tmp_path: Path) -> None:
    personas = tuple(Persona(user, name, "", ()) for user, name in (("8", "Nora"), ("9", "Ben")))
    found = cast(keep(tmp_path, {"1": "abcdef" * 4, "8": "abc" * 2, "9": "def" * 2}, personas))
    assert found is not None
    assert (found.one, found.other) == ("8", "9")


def test_one_person_alone_has_a_story_without_a_second(tmp_path: Path) -> None:
    found = cast(keep(tmp_path, {"1": "abc" * 4}))
    assert found is not None
    assert (found.one, found.other, found.category) == ("1", None, None)


def test_most_active_people_come_largest_first_and_without_the_new(tmp_path: Path) -> None:
    people = keep(tmp_path, {"1": "a", "2": "abc", "3": "ab", "4": "abc"}).people()
    assert people.most_active(3) == ["2", "4", "3"]
    assert people.most_active(100) == ["2", "4", "3", "1"]
