"""Evaluation: the newest result, its tabs and people, and every state without one."""

import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.components import keys, process
from pages.components.keys import Key
from services.backend import open_backend
from services.demo.steps import GROUP
from services.errors import DataError
from services.filters import named
from services.filters.request import ChosenFilter
from services.laboratories import run_now
from services.laboratory import runs
from services.laboratory.columns import user_columns
from services.laboratory.context import RunContext
from services.laboratory.runs import EVALUATION, LabRuns
from services.language.vocabulary import FILM_WORDS
from services.library.store import Library
from services.other_lists import kept
from services.screens.evaluation import filter_cost, tables
from services.screens.evaluation.methods import WITHOUT, Method
from services.screens.evaluation.others import answer, files
from services.screens.evaluation.others.answer import Upload
from services.screens.evaluation.others.basis import basis
from services.screens.evaluation.parameters import Parameters
from services.screens.evaluation.plan import contestants
from services.screens.evaluation.protocols import ahead
from services.screens.evaluation.protocols.ahead import Ahead
from services.screens.evaluation.report.whole import report
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.split import AWS, PROTOCOLS
from services.segments import saved
from services.segments.members import HISTORY
from services.segments.saved import Condition, Segment
from tests.pages.driving import app_over, headline, opened, text
from tests.prepared import copied

PAGE = "pages/evaluation_page.py"
RECIPE = "aws-popularity-count"
FIRST = "First result"


@pytest.fixture(scope="module")
def measured_home(films_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film demo with a finished evaluation of AWS's popularity recipe; tests only read it."""
    home = tmp_path_factory.mktemp("measured") / "home"
    copied(films_home, home)
    backend = open_backend({"PERSONALIZE_WORKER_IDLE_S": "2"}, home)
    try:
        for name, given in (("By own split", {"protocol": AWS}), ("First result", {})):
            parameters = Parameters(GROUP, recipes=(RECIPE,), **given).to_json()
            folder = runs.create(home / "laboratories", EVALUATION, name, parameters)
            run_now(backend, EVALUATION, parameters, folder)
        pair_up(home, folder)
    finally:
        backend.close()
    return home


def pair_up(home: Path, folder: Path) -> None:
    """Leave an older result with two trainings of the plain recipe and of the one with metadata, and one column."""
    parameters = Parameters(GROUP, recipes=("aws-hrnn", "aws-hrnn-metadata"), n_seeds=2).to_json()
    made = runs.create(home / "laboratories", EVALUATION, "Pairs", parameters)
    for file in ("users", "truth"):
        shutil.copy(folder / f"{file}.parquet", made)
    names = ("aws-hrnn", "aws-hrnn#2", "aws-hrnn-metadata", "aws-hrnn-metadata#2", "aws-hrnn-metadata:GENRES")
    names += (Method("aws-hrnn-metadata", column=f"{WITHOUT}AGE_GROUP").key,)
    sources = ("random", "random", "popularity", "popularity+unseen", "random", "random")
    for file in ("people", "lists", "summary"):
        frame = pd.read_parquet(folder / f"{file}.parquet")
        more = [frame[frame["method"] == of].assign(method=name) for name, of in zip(names, sources, strict=True)]
        kept = frame[frame["method"] != RECIPE]
        pd.concat([*more, kept], ignore_index=True).to_parquet(made / f"{file}.parquet")
    facts = json.loads((folder / "facts.json").read_text())
    facts["contestants"] = [{"key": name, "recipe": name.split("#")[0], "words": name} for name in names]
    (made / "facts.json").write_text(json.dumps(facts))
    RunContext(made).end("done")
    asked = json.loads((made / "run.json").read_text())
    (made / "run.json").write_text(json.dumps({**asked, "created": 0.0}))


@pytest.fixture
def page(measured_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    for app in app_over(measured_home, monkeypatch):
        yield opened(app, PAGE)


def test_it_begins_with_the_newest_result_and_says_who_wins(page: AppTest) -> None:
    said = headline(page)
    assert "estsellers" in said
    assert len(said) <= 140
    assert page.query_params[Key.EVALUATION] == "First result"
    assert page.query_params[Key.EVALUATION_METRIC] == "hit rate"
    assert "everything after" in text(page)
    assert "simulated data" in text(page)
    labels = [metric.label for metric in page.metric]
    assert labels == [
        "People it is right for",
        "Right films in 25",
        "Better : worse",
        "Films that anybody is shown",
        "Time",
    ]


@pytest.mark.parametrize(
    "part", ["Segments", "Cut-offs", "Trade-off", "Metadata", "Ageing", "In plain words", "Another result"]
)
def test_every_tab_is_drawn(page: AppTest, part: str) -> None:
    page.get_by_key(Key.EVALUATION_PART).set_value(part).run()
    assert not page.exception
    assert page.get_by_key(Key.EVALUATION_PART).value == part
    assert headline(page)


def test_any_metric_is_set_against_any_other(page: AppTest) -> None:
    page.get_by_key(Key.EVALUATION_PART).set_value("Trade-off").run()
    page.get_by_key(Key.EVALUATION_METRIC).set_value("MAP").run()
    against = page.get_by_key(Key.EVALUATION_TRADE)
    assert "MAP" not in against.options
    assert {"coverage", "serendipity", "novelty", "personalisation", "precision"} <= set(against.options)
    against.set_value("serendipity").run()
    assert not page.exception
    (drawn,) = page.get("plotly_chart")
    traces = json.loads(drawn.proto.spec)["data"]
    assert all(trace["hovertemplate"].startswith("<b>%{customdata}</b><br>MAP@25 ") for trace in traces)
    result = EvaluationResult(
        next(r for r in LabRuns(process.backend().home).all(EVALUATION) if r.name == FIRST).folder
    )
    found = {
        result.estimate(method, "serendipity", 25).value: result.estimate(method, "map", 25).value
        for method in result.main_methods
    }
    shown = {x: y for trace in traces for x, y in zip(trace["x"], trace["y"], strict=True)}
    assert shown == pytest.approx(found)
    assert "MAP@25 against serendipity@25 of 5 methods" in drawn.proto.alt
    assert "Bestsellers 0." in drawn.proto.alt


def test_a_filter_costs_what_it_takes_of_the_same_lists(page: AppTest) -> None:
    """Counted again from the stored lists and the categories of the loaded data."""
    backend = process.backend()
    chosen = named.create(backend, GROUP, "no-drama", 'EXCLUDE ItemID WHERE Items.GENRES IN ("Drama")')
    page.query_params[Key.FILTER] = chosen.name
    page.get_by_key(Key.EVALUATION_PART).set_value("Filter").run()
    assert not page.exception
    run = next(run for run in LabRuns(backend.home).all(EVALUATION) if run.name == "First result")
    data = Library(backend.home).open(GROUP)
    assert data is not None
    catalog, result = data.catalog(), EvaluationResult(run.folder)
    lists = result.deep_lists(Method(RECIPE))
    assert {len(items) for items in lists.values()} == {100}
    shown_lists = result.lists[result.lists["method"] == RECIPE].set_index("user_id")["items"]
    assert all(list(shown_lists[user]) == items[:25] for user, items in lists.items())
    drama = {item for item in catalog.ids if "Drama" in catalog.categories(item)}
    after = [
        set([item for item in items if item not in drama][:25]) & set(result.truth[user])
        for user, items in lists.items()
    ]
    shown = {metric.label: metric.value for metric in page.metric[5:]}
    assert shown["Right ones in 25"] == f"{sum(map(len, after)):,}"
    assert shown["Right for"] == f"{100 * sum(map(bool, after)) / len(after):.0f} %"
    assert shown["Out of reach"] == f"{len(drama):,}"
    assert shown["Short lists"] == "0"
    assert "With no-drama, " in text(page)
    assert "the true cost is smaller" not in text(page)


def test_a_filter_of_the_history_sees_the_events_before_the_split(page: AppTest) -> None:
    backend = process.backend()
    seen = named.create(backend, GROUP, "seen", 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")')
    run = next(run for run in LabRuns(backend.home).all(EVALUATION) if run.name == "First result")
    data = Library(backend.home).open(GROUP)
    assert data is not None
    result = EvaluationResult(run.folder)
    found = filter_cost.cost(backend, data, result, Method(RECIPE), 25, ChosenFilter(seen))
    # what came after the split is in the data; a filter that saw it would leave nothing right
    assert found.n_taken_out < found.n_taken
    assert found.n_right_after > 0
    other = next(run for run in LabRuns(backend.home).all(EVALUATION) if run.name == "By own split")
    means = EvaluationResult(other.folder)
    with pytest.raises(DataError, match="AWS's own split"):
        filter_cost.cost(backend, data, means, Method(RECIPE), 25, ChosenFilter(seen))


def test_metadata_is_put_beside_the_plain_recipe_training_by_training(page: AppTest) -> None:
    page.get_by_key(Key.EVALUATION).set_value("Pairs").run()
    page.get_by_key(Key.EVALUATION_PART).set_value("Metadata").run()
    assert not page.exception
    assert re.search(r"hit rate@25 by [+-]\d+\.\d points on average; better in 2 of 2 trainings", text(page))
    assert "No clear gain: genres" in text(page)


def test_what_a_column_of_the_people_is_worth_is_all_columns_against_all_but_it(page: AppTest) -> None:
    home = process.backend().home
    data = Library(home).open(GROUP)
    assert data is not None
    columns = user_columns(data)
    assert columns
    plan = {one.key: one.solution_config for one in contestants(data, ["aws-hrnn"], users=True)}
    assert list(plan)[:2] == ["aws-hrnn", "aws-hrnn-metadata"], "with all of them, to compare with"
    left_out = [config["trainingDataConfig"]["excludedDatasetColumns"]["USERS"] for config in list(plan.values())[2:]]
    assert left_out == [[column] for column in columns]
    result = EvaluationResult(next(run for run in LabRuns(home).all(EVALUATION) if run.name == "Pairs").folder)
    worth = result.columns("hit_rate", 25).set_index("column").loc["age group of people", "gain"]
    rates = [result.estimate(Method(name), "hit_rate", 25) for name in ("popularity", "random")]
    assert worth == pytest.approx(rates[0].value - rates[1].value)
    page.get_by_key(Key.EVALUATION).set_value("Pairs").run()
    page.get_by_key(Key.EVALUATION_PART).set_value("Metadata").run()
    assert "A column of people: with all columns, compared with all but this one." in text(page)


def test_every_metric_is_said_in_plain_words_with_the_baseline(page: AppTest) -> None:
    page.get_by_key(Key.EVALUATION_PART).set_value("In plain words").run()
    frame = next(frame.value for frame in page.dataframe if "sentence" in frame.value.columns)
    assert len(frame) == 15
    assert all(frame["sentence"].str.endswith("."))
    assert frame["sentence"].str.contains("of 1,500 films are shown to at least one of these").any()


@pytest.mark.parametrize("metric", ["coverage", "popularity bias", "NDCG, notebook"])
def test_another_metric_has_its_own_headline(page: AppTest, metric: str) -> None:
    page.get_by_key(Key.EVALUATION_METRIC).set_value(metric).run()
    assert not page.exception
    assert headline(page)


def test_people_begin_with_a_typical_one_and_switch_to_the_best_and_the_worst_served(page: AppTest) -> None:
    def shown() -> list[float]:
        frame = next(frame.value for frame in page.dataframe if "n_truth" in frame.value.columns)
        return list(frame["difference"])

    run = next(run for run in LabRuns(process.backend().home).all(EVALUATION) if run.name == "First result")
    result = EvaluationResult(run.folder)
    every = tables.people(result, result.models[0], result.baseline("hit_rate", 25), "hit_rate", 25)["difference"]
    assert shown()[0] == every.median()
    assert "typical" in text(page)
    page.get_by_key(Key.EVALUATION_SERVED).set_value("Worst served").run()
    assert shown()[0] == every.min()
    assert shown() == sorted(shown())
    assert "worst served" in text(page)
    page.get_by_key(Key.EVALUATION_SERVED).set_value("Best served").run()
    assert shown()[0] == every.max()
    assert shown() == sorted(shown(), reverse=True)
    assert "ACTUALLY WATCHED AFTERWARDS" in text(page)


def test_the_people_of_a_segment_are_shown_alone_and_everybody_again(page: AppTest) -> None:
    page.session_state[Key.EVALUATION_ONLY] = ("history length", "20-49")
    page.run()
    frame = next(frame.value for frame in page.dataframe if "n_truth" in frame.value.columns)
    assert "Only history length 20-49." in text(page)
    page.get_by_key("evaluation_everybody").click().run()
    everybody = next(frame.value for frame in page.dataframe if "n_truth" in frame.value.columns)
    assert "Only history length" not in text(page)
    assert not frame.equals(everybody)


def test_awss_own_split_is_shown_without_people(page: AppTest) -> None:
    page.get_by_key(Key.EVALUATION).set_value("By own split").run()
    assert "AWS's test people" in headline(page)
    assert not any("n_truth" in frame.value.columns for frame in page.dataframe)


def test_saved_segments_are_one_way_to_look_at_the_people(brought: AppTest) -> None:
    home = process.backend().home
    saved.save(home, GROUP, Segment("Regulars", (Condition(HISTORY, ("long history",)),)))
    brought.get_by_key(Key.EVALUATION_PART).set_value("Segments").run()
    brought.get_by_key(Key.EVALUATION_SEGMENT).set_value("saved segments").run()
    assert not brought.exception
    assert "A click shows the people of a segment below." in text(brought)


def test_another_result_stands_beside_this_one_person_by_person(page: AppTest) -> None:
    page.get_by_key(Key.EVALUATION_PART).set_value("Another result").run()
    other = next(o for o in page.selectbox(key=Key.EVALUATION_BESIDE).options if o.startswith("Pairs"))
    page.selectbox(key=Key.EVALUATION_BESIDE).set_value(other).run()
    assert "The same items were held out for all" in text(page)
    frame = next(frame.value for frame in page.dataframe if "there" in frame.value.columns)
    popularity = frame[frame["lists"] == "Bestsellers"].iloc[0]
    assert popularity["difference"] == pytest.approx(popularity["here"] - popularity["there"])
    assert frame["people"].nunique() == 1


def test_a_run_that_failed_hides_the_older_result_until_it_is_asked_for(
    measured_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copied(measured_home, tmp_path / "home")
    folder = runs.create(home / "laboratories", EVALUATION, "Mine", Parameters(GROUP).to_json())
    RunContext(folder).end("failed", "The data has 985 interactions.")
    for app in app_over(home, monkeypatch):
        opened(app, PAGE)
        assert headline(app) == "The run Mine did not finish."
        assert not app.metric
        app.get_by_key("evaluation_show_older").click().run()
        assert "estsellers" in headline(app)
        assert app.metric


def test_what_would_stop_a_run_is_said_before_it(films_app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = Ahead("time", 10, 985, "985 events would be left to learn from; an import needs 1,000. Hold out less.")
    monkeypatch.setattr(ahead, "ahead", lambda data, share: dict.fromkeys(PROTOCOLS, stopped))
    app = opened(films_app, PAGE)
    assert app.get_by_key("evaluation_new").disabled


@pytest.fixture
def brought(measured_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The page over a copy of the same with lists of another recommender for all but five people.

    Every second of these lists begins with something that the person went on to take; the others have nothing right.
    """
    home = copied(measured_home, tmp_path / "home")
    result = EvaluationResult(next(run for run in LabRuns(home).all(EVALUATION) if run.name == "First result").folder)
    data = Library(home).open(GROUP)
    assert data is not None
    ids = data.catalog().ids
    rows = []
    for number, (user, taken) in enumerate(list(result.truth.items())[5:]):
        wrong = [item for item in ids if item not in taken][:24]
        shown = [taken[0], *wrong] if number % 2 else wrong
        rows += [(user, item, place, "ALS") for place, item in enumerate(shown)]
    rows += [("nobody", ids[0], 0, "ALS")]
    file = pd.DataFrame(rows, columns=["user_id", "item_id", "rank", "model"]).to_csv(index=False).encode()
    answer.add(home, GROUP, Upload(file, "als.csv"), set(data.people().ids()), set(ids))
    for app in app_over(home, monkeypatch):
        yield opened(app, PAGE)


def test_the_headline_doubts_lists_that_knew_what_came_after(brought: AppTest) -> None:
    home = process.backend().home
    run = next(run for run in LabRuns(home).all(EVALUATION) if run.name == "First result")
    truth = EvaluationResult(run.folder).truth
    rows = [(user, item, place, "Oracle") for user, taken in truth.items() for place, item in enumerate(taken[:25])]
    file = pd.DataFrame(rows, columns=["user_id", "item_id", "rank", "model"]).to_csv(index=False).encode()
    opened_data = Library(home).open(GROUP)
    assert opened_data is not None
    ids = opened_data.catalog().ids
    added = answer.add(home, GROUP, Upload(file, "oracle.csv"), set(opened_data.people().ids()), set(ids))
    brought.session_state[Key.EVALUATION_LISTS] = [one.name for one in added]
    brought.run()
    brought.get_by_key(Key.EVALUATION_MODEL).set_value("Oracle").run()
    assert headline(brought).startswith("Do not trust this yet.")


def test_whether_another_recommender_is_better_is_one_sentence_on_the_same_people(brought: AppTest) -> None:
    run = next(run for run in LabRuns(process.backend().home).all(EVALUATION) if run.name == "First result")
    result = EvaluationResult(run.folder)
    compared = list(result.truth)[5:]
    n_right = len(compared) // 2
    assert "the lists of ALS" in headline(brought)
    brought.get_by_key(Key.EVALUATION_PART).set_value("Other recommenders").run()
    assert not brought.exception
    said = text(brought)
    assert f"right for {100 * n_right / len(compared):.0f} % of the same {len(compared):,} people" in said
    assert "5 people without a list of each are left out of every figure" in said
    assert "1 of " in said
    assert "are not in the data: nobody." in said
    frame = next(frame.value for frame in brought.dataframe if "ours" in frame.value.columns)
    ours = result.people[result.people["method"] == RECIPE].set_index("user_id")["hit_rate_at_25"][compared]
    assert frame["value"].iloc[0] == pytest.approx(n_right / len(compared))
    assert frame["ours"].iloc[0] == pytest.approx(ours.mean())
    assert frame["people"].iloc[0] == len(compared)


@pytest.mark.parametrize("part", ["Segments", "Cut-offs", "Trade-off", "In plain words"])
def test_lists_of_another_recommender_are_in_every_picture(brought: AppTest, part: str) -> None:
    brought.get_by_key(Key.EVALUATION_PART).set_value(part).run()
    brought.get_by_key(Key.EVALUATION_MODEL).set_value("ALS").run()
    assert not brought.exception
    assert "lists of ALS" in headline(brought)


def test_lists_can_be_left_out_and_removed(brought: AppTest) -> None:
    brought.get_by_key(Key.EVALUATION_PART).set_value("Other recommenders").run()
    brought.get_by_key(Key.EVALUATION_LISTS).set_value([]).run()
    assert "ALS" not in headline(brought)
    home = process.backend().home
    (als,) = kept.kept(home, GROUP)
    brought.get_by_key(f"evaluation_forget_{als.id}").click().run()
    assert not brought.exception
    assert kept.kept(home, GROUP) == []
    assert "No lists yet." in text(brought)


def test_what_a_recommender_may_learn_from_ends_at_the_split(measured_home: Path) -> None:
    run = next(run for run in LabRuns(measured_home).all(EVALUATION) if run.name == "First result")
    result, data = EvaluationResult(run.folder), Library(measured_home).open(GROUP)
    assert data is not None
    found = basis(data, result)
    assert found.train["TIMESTAMP"].max() == result.facts.moment
    read = pd.read_parquet(io.BytesIO(files.content(files.list_rows(result), files.PARQUET)))
    model = read[read["model"] == RECIPE]
    assert model.groupby("user_id").size().max() == 25
    hits = model[model["right"]].groupby("user_id")["rank"].min()
    mrr = result.people[result.people["method"] == RECIPE].set_index("user_id")["mrr_at_25"]
    assert (1 / hits).reindex(mrr.index).fillna(0).to_numpy() == pytest.approx(mrr.to_numpy())
    assert files.content(files.truth_rows(result), files.CSV).startswith(b"user_id,item_id\n")
    assert len(files.truth_rows(result)) == result.facts.n_held_out


def test_a_result_can_be_renamed_and_deleted(
    measured_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(measured_home, tmp_path / "home")
    for app in app_over(tmp_path / "home", monkeypatch):
        opened(app, PAGE)
        run = LabRuns(tmp_path / "home").all(EVALUATION)[0]
        app.get_by_key(f"{Key.EVALUATION_NAME}_{run.id}").set_value("Renamed").run()
        app.get_by_key("evaluation_rename").click().run()
        assert not app.exception
        assert LabRuns(tmp_path / "home").all(EVALUATION)[0].name == "Renamed"
        assert app.get_by_key(Key.EVALUATION).value == "Renamed"
        app.get_by_key("evaluation_delete").click().run()
        assert not app.exception
        assert app.get_by_key(Key.EVALUATION).value == "By own split"


def test_the_report_is_one_file_without_anything_from_elsewhere(measured_home: Path) -> None:
    run = next(r for r in LabRuns(measured_home).all(EVALUATION) if r.name == "First result")
    result = EvaluationResult(run.folder)
    made = report(result, "A <b> result", GROUP, FILM_WORDS)
    assert "A &lt;b&gt; result" in made
    folded = ["history length", *(by for by in result.segment_names if by != "history length")]
    assert made.count("<details>") == made.count("<summary>") == len(folded) + 1
    assert all(f"<summary><h2>By {by}</h2></summary><table>" in made for by in folded)
    assert "<summary><h2>Every figure</h2></summary>" in made
    page = made[made.index('<section class="page">') : made.index("</section>")]
    assert page.count('<p class="said">') == 3
    assert page.count("<h2>") == 2
    pair = result.compare(result.models[0], result.baseline("hit_rate", 25), "hit_rate", 25)
    counts = {"better": pair.wins, "same": pair.ties, "worse": pair.losses}
    assert all(f"{name} {n:,}" in page for name, n in counts.items() if n)
    assert f"For {pair.n:,} people" in page
    assert not [raw for raw in ("amazon_ndcg", "popularity_bias", "hit_rate") if raw in made]
    assert not [word for word in ("http", "<script", "src=", "@import") if word in made]


def test_nothing_measured_offers_one_button_with_its_time(films_app: AppTest) -> None:
    at = opened(films_app, PAGE)
    assert headline(at) == (
        "Are personal recommendations better than bestsellers, for whom and by how much? Nothing is measured yet."
    )
    assert at.get_by_key("evaluation_new").label.startswith("Start")


def test_the_button_starts_a_run(films_app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(LabRuns, "start", lambda self, *asked: started.append(asked))
    at = opened(films_app, PAGE)
    at.get_by_key("evaluation_new").click().run()
    assert not at.exception
    laboratory, name, parameters = started[0]
    assert (laboratory, parameters["group"], parameters["recipes"]) == (EVALUATION, GROUP, ("aws-hrnn",))
    assert name == "Personal lists · everything after one date"


def test_a_run_that_is_started_beside_a_result_is_shown_when_it_ends(
    page: AppTest, measured_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = next(run for run in LabRuns(measured_home).all(EVALUATION) if run.name == "Pairs")
    monkeypatch.setattr(LabRuns, "start", lambda self, *asked: older.id)
    page.get_by_key("evaluation_new").click().run()
    assert not page.exception
    assert page.get_by_key(Key.EVALUATION).value == "Pairs"


@pytest.mark.parametrize(("state", "title"), [("failed", "The run failed"), ("cancelled", "Stopped")])
def test_a_run_that_stopped_says_why_and_what_stands(
    films_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str, title: str
) -> None:
    copied(films_home, tmp_path / "home")
    parameters = Parameters(GROUP).to_json()
    folder = runs.create(tmp_path / "home" / "laboratories", EVALUATION, "Mine", parameters)
    context = RunContext(folder)
    context.write_json("interim", {"words": "HRNN", "done": 200, "of": 943, "value": 0.7, "low": 0.6, "high": 0.8})
    context.end(state, "ThrottlingException: too many calls." if state == "failed" else "")
    for app in app_over(tmp_path / "home", monkeypatch):
        opened(app, PAGE)
        assert headline(app) == "The run Mine did not finish."
        assert title in app.error[0].value
        assert "“HRNN” is right for 70 % (95 %: 60 to 80) after 200 of 943 people" in text(app)
        assert app.get_by_key("evaluation_again").label == "Continue"
        app.get_by_key("evaluation_remove").click().run()
        assert not LabRuns(tmp_path / "home").all(EVALUATION)


def test_without_data_it_says_so(empty_app: AppTest) -> None:
    at = opened(empty_app, PAGE)
    assert "No data yet" in headline(at)


def test_its_keys_are_its_own() -> None:
    mine = {value for name, value in vars(keys.Key).items() if name.startswith("EVALUATION")}
    others = [v for n, v in vars(keys.Key).items() if n.isupper() and not n.startswith("EVALUATION")]
    assert not mine & set(others)
