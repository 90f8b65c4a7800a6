"""Batch: run, read by name, exact lines, refused lines, failures; for people and for items."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.components import process
from pages.components.keys import Key
from services.engine.jobs.lock import WorkerLock
from services.engine.settings import EngineSettings
from services.library.store import Library
from services.other_lists import kept
from services.other_lists.reading import ReadLists
from services.personalize import batch_jobs, training
from services.personalize.datasets import group_arn
from services.personalize.waiting import wait_until_active
from services.screens.batch import results
from services.segments import saved
from services.segments.members import HISTORY, Members
from services.segments.saved import Condition, Segment
from tests.pages.driving import empty_caches, headline, open_page, requests, text, until
from tests.prepared import copied

FILE = "pages/batch_page.py"
GROUP = "film-demo"


@pytest.fixture(scope="module")
def batch_home(films_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the film demo that these tests may write to, with related items trained."""
    home = tmp_path_factory.mktemp("batch") / "home"
    copied(films_home, home)
    return home


@pytest.fixture(autouse=True)
def _home(batch_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PERSONALIZE_HOME", str(batch_home))
    empty_caches()
    yield
    empty_caches()


def ended(at: AppTest) -> bool:
    return not any(job.running for job in batch_jobs.jobs(process.backend(), GROUP))


def run(at: AppTest) -> AppTest:
    """Press Run and follow the page until the job has ended."""
    at.button(key="batch_run").click().run()
    assert not at.exception
    at = until(at, ended)
    return at.run()


def table(at: AppTest, column: str):
    return next(frame.value for frame in at.dataframe if column in frame.value.columns)


def test_before_the_first_job_an_example_can_be_copied(batch_home: Path) -> None:
    at = open_page(FILE)
    assert headline(at).startswith("No batch job yet")
    lines = at.code[0].value.splitlines()
    assert [json.loads(line)["userId"] for line in lines] == ["viewer-0001", "viewer-0002", "viewer-0003"]
    assert at.button(key="batch_run").label.startswith("Run · about ")
    assert at.query_params[Key.BATCH_GROUP] == "long history"


def test_one_click_writes_lists_for_a_hundred_people_of_the_most_active_segment() -> None:
    at = run(open_page(FILE))
    assert headline(at) == "100 lists ready; 25 different films, 1.7 % of the catalogue."
    assert [metric.label for metric in at.metric] == [
        "People",
        "Lists written",
        "Lines refused",
        "Different films",
        "Duration",
    ]
    assert [metric.value for metric in at.metric][:4] == ["100", "100", "0", "25"]
    assert "Almost the same for everybody: the most frequent film is in 100 % of the lists" in text(at)
    assert "□ 15 of these 15 are bestsellers, which everybody would be shown" in text(at)
    assert len(at.get("vega_lite_chart")) == 1
    assert list(table(at, "5").columns) == ["Person", "1", "2", "3", "4", "5"]
    assert len(table(at, "5")) == 100
    assert len(at.get("download_button")) == 3


def test_lists_go_to_people_of_any_column_and_of_a_saved_segment() -> None:
    home = process.backend().home
    data = Library(home).open(GROUP)
    assert data is not None
    members = Members(data, data.people())
    column = members.columns[1]
    value, n = members.values(column)[0]
    saved.save(home, GROUP, Segment("Mine", (Condition(column, (value,)), Condition(HISTORY, ("long history",)))))
    at = open_page(FILE, **{Key.BATCH_GROUP: f"{column}: {value}"})
    assert f"{n:,} people in this segment." in text(at)
    at = open_page(FILE, **{Key.BATCH_GROUP: "★ Mine"})
    mine = members.of(saved.saved(home, GROUP)[0])
    assert 0 < len(mine) < n
    assert f"{len(mine):,} people in this segment." in text(at)
    assert "★ Mine" in at.selectbox(key=Key.BATCH_GROUP).options
    at.multiselect(key=f"{Key.BATCH_SEGMENT}_{column}").set_value([value]).run()
    at.text_input(key=Key.BATCH_SEGMENT_NAME).set_value("Made here").run()
    at.button(key="batch_save").click().run()
    assert not at.exception
    assert [one.name for one in saved.saved(home, GROUP)] == ["Made here", "Mine"]
    at.button(key="batch_delete_Mine").click().run()
    assert [one.name for one in saved.saved(home, GROUP)] == ["Made here"]


def test_a_jobs_lists_stand_beside_those_of_another_recommender_and_can_be_kept() -> None:
    home = process.backend().home
    job = next(job for job in batch_jobs.jobs(process.backend(), GROUP) if not job.failed)
    lists = results.read_lists(process.backend(), job)
    other = {lists.keys[0]: tuple(lists.list_of(0)[::-1]), "nobody": ("x",)}
    kept.keep(home, GROUP, "als.csv", ReadLists("ALS", other, 26, 0, 0, "by rank"))
    at = open_page(FILE, **{Key.BATCH_JOB: job.name, Key.BATCH_PART: "Beside others"})
    assert "ALS and this job share 100 % of their films for the same 1 person" in text(at)
    at.button(key="batch_keep").click().run()
    assert not at.exception
    mine = kept.named(kept.kept(home, GROUP), job.name)
    assert mine is not None
    assert mine.lists[lists.keys[0]] == tuple(lists.list_of(0))


def test_pasted_ids_are_found_by_name_opened_and_shown_line_by_line() -> None:
    at = open_page(FILE, **{Key.BATCH_INPUT: "Pasted ids"})
    assert at.button(key="batch_run").disabled
    at.text_area(key=Key.BATCH_PASTED).set_value("viewer-0001, viewer-0002").run()
    at = run(at)
    assert headline(at).startswith("2 lists ready; ")
    at.text_input(key=Key.BATCH_FIND).set_value("nora").run()
    assert [name.split()[0] for name in table(at, "5")["Person"]] == ["Nora"]
    at.text_input(key=Key.BATCH_FIND).set_value("nobody at all").run()
    assert 'No list for "nobody at all".' in text(at)
    at = open_page(FILE, **{Key.BATCH_LINE: "viewer-0001"})
    assert len(table(at, "rank")) == 25
    assert len(table(at, "events")) > 0
    at = open_page(FILE, **{Key.BATCH_PART: "Lines"})
    assert list(table(at, "output")["input"]) == ['{"userId":"viewer-0001"}', '{"userId":"viewer-0002"}']
    assert json.loads(at.code[1].value)["error"] is None


def test_refused_lines_are_warned_of_counted_and_listed_with_their_reason() -> None:
    at = open_page(FILE, **{Key.BATCH_INPUT: "Pasted ids", Key.BATCH_PART: "Refused"})
    at.text_area(key=Key.BATCH_PASTED).set_value('{"userId": "viewer-0001"}\n{"itemId": "1"}').run()
    assert "1 of the first 2 lines lacks userId and will be refused." in text(at, "warning")
    at = run(at)
    assert headline(at).startswith("1 list ready, 1 line refused; ")
    refused = table(at, "reason")
    assert list(refused["line"]) == [2]
    assert "userId is missing" in refused["reason"].iloc[0]


def test_a_failed_job_says_which_line_and_why_and_offers_what_is_there() -> None:
    at = open_page(FILE, **{Key.BATCH_INPUT: "Pasted ids"})
    at.text_area(key=Key.BATCH_PASTED).set_value('{"itemId": "1"}').run()
    assert "No line has userId" in text(at, "warning")
    at = run(at)
    assert "batch.json, line 1: userId is missing" in at.error[0].value
    assert {"batch_again", "batch_finished"} <= {button.key for button in at.button}
    at.button(key="batch_finished").click().run()
    assert headline(at).endswith("failed; 1 output file is there.")
    at.get_by_key(Key.BATCH_PART).set_value("Refused").run()
    assert len(table(at, "reason")) == 1
    n_jobs = len(batch_jobs.jobs(process.backend(), GROUP))
    at.button(key="batch_again").click().run()
    at = until(at, ended)
    assert len(batch_jobs.jobs(process.backend(), GROUP)) == n_jobs + 1


def test_items_of_a_category_get_what_goes_with_them() -> None:
    backend = process.backend()
    arn = group_arn(backend, GROUP)
    assert arn is not None
    sims = training.train(backend, arn, "film-demo-sims", "aws-sims")
    describe = backend.personalize.describe_solution_version
    wait_until_active(lambda: describe(solutionVersionArn=sims), timeout_s=60, interval_s=0.05)
    at = open_page(FILE, **{Key.BATCH_VERSION: "Similar items", Key.BATCH_GROUP: "Drama", Key.BATCH_MOST: "10"})
    at = run(at)
    assert headline(at).startswith("10 lists ready; ")
    assert at.metric[0].label == "Films"
    assert "The most frequent film is in " in text(at)
    film = json.loads(
        open_page(FILE, **{Key.BATCH_PART: "Lines"}).code[0].value,
    )["itemId"]
    at = open_page(FILE, **{Key.BATCH_LINE: film})
    assert len(table(at, "rank")) == 25


def test_the_address_opens_a_job(batch_home: Path) -> None:
    first = batch_jobs.jobs(process.backend(), GROUP)[-1]
    at = open_page(FILE, **{Key.BATCH_JOB: first.name})
    assert headline(at).startswith("100 lists ready")
    shown = " ".join(requests(at))
    assert f'"jobName": "{first.name}"' in shown
    assert "client.create_batch_inference_job(" in shown


def test_while_a_job_waits_and_runs_the_page_says_so_then_opens_its_lists(
    films_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    copied(films_home, home)
    monkeypatch.setenv("PERSONALIZE_HOME", str(home))
    st.cache_resource.clear()
    lock = WorkerLock.take(EngineSettings(home=home))
    assert lock is not None
    at = open_page(FILE, **{Key.BATCH_INPUT: "Everybody"})
    at.button(key="batch_run").click().run()
    assert headline(at) == "The batch job waits for its turn."
    assert not at.metric
    lock.close()
    at = until(at, ended).run()
    assert headline(at).startswith("1,000 lists ready")


def test_without_data_or_a_trained_version_the_page_leads_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSONALIZE_HOME", str(tmp_path / "empty"))
    st.cache_resource.clear()
    at = open_page(FILE)
    assert headline(at) == "No data yet: load some first."
    process.backend().personalize.create_dataset_group(name="bare")
    at = open_page(FILE, **{Key.GROUP: "bare"})
    assert headline(at).startswith("Nothing is trained that could answer a batch job")
    assert "Train" in [link.label for link in at.get("page_link")]
