"""Batch: versions and jobs through boto3, what is read back, what is counted and said."""

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from services.backend import Backend, open_backend
from services.errors import DataError, ServiceError
from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.library.store import Library
from services.personalize import batch_jobs, batch_versions, training
from services.personalize.batch_jobs import BatchJob
from services.personalize.batch_versions import ITEMS, LISTS, PEOPLE, BatchVersion
from services.personalize.datasets import group_arn
from services.personalize.deletion import delete_group
from services.personalize.waiting import wait_until_active
from services.screens.batch import input, results, sentences, views
from services.screens.batch.results import Lists
from services.screens.batch.views import Names
from tests.prepared import prepare

GROUP = "film-demo"
FILMS = Words("film", "films", "watch", "watched", "because you watched")


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """The film demo with popularity and related items."""
    home = tmp_path_factory.mktemp("batch") / "home"
    prepare(home)
    opened = open_backend({}, home)
    arn = group_arn(opened, GROUP)
    assert arn is not None
    sims = training.train(opened, arn, "film-demo-sims", "aws-sims")
    describe = opened.personalize.describe_solution_version
    wait_until_active(lambda: describe(solutionVersionArn=sims), timeout_s=60, interval_s=0.05)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def names(backend: Backend) -> Names:
    item_list = Library(backend.home).open(GROUP)
    assert item_list is not None
    return Names(item_list.catalog(), item_list.people())


def popularity(backend: Backend) -> BatchVersion:
    return next(version for version in batch_versions.versions(backend, GROUP) if version.kind == PEOPLE)


def finished(backend: Backend, job: BatchJob) -> BatchJob:
    describe = backend.personalize.describe_batch_inference_job
    wait_until_active(lambda: describe(batchInferenceJobArn=job.arn), timeout_s=60, interval_s=0.02)
    ended = batch_jobs.job(backend, job.arn)
    assert ended is not None
    return ended


def run(backend: Backend, version: BatchVersion, content: list[bytes], n_results: int | None = 5) -> BatchJob:
    return finished(backend, batch_jobs.start(backend, GROUP, version, content, n_results))


def lists_of(*rows: list[str], ranked_lists: tuple[tuple[str, ...], ...] = (), n_refused: int = 0) -> Lists:
    """Return lists for people u0, u1, ... by hand."""
    items = tuple(dict.fromkeys(item for row in rows for item in row))
    codes = np.full((len(rows), max(map(len, rows), default=0)), -1, np.int32)
    for place, row in enumerate(rows):
        codes[place, : len(row)] = [items.index(item) for item in row]
    ranked_list_of = np.zeros(len(rows), np.int32) if ranked_lists else np.full(len(rows), -1, np.int32)
    keys = tuple(f"u{row}" for row in range(len(rows)))
    refused = pd.DataFrame(columns=list(results.REFUSED_COLUMNS))
    return Lists(
        (), keys, items, codes, np.zeros((len(rows), 3), np.int64), ranked_lists, ranked_list_of, refused, n_refused
    )


def small_catalog() -> Catalog:
    """Items a (most people) to d, two of them with the same title."""
    table = pd.DataFrame({"item_id": list("abcd"), "title": ["Ant", "Bee", "Cat", "Cat"], "n_people": [9, 5, 3, 1]})
    return Catalog(table.assign(year=None, categories=[("X",), ("X",), ("X", "Y"), ()], image=None, n_events=1))


def test_versions_say_what_their_lines_are(backend: Backend) -> None:
    found = {version.recipe: version for version in batch_versions.versions(backend, GROUP)}
    assert {recipe: version.kind for recipe, version in found.items()} == {
        "aws-popularity-count": PEOPLE,
        "aws-sims": ITEMS,
    }
    assert found["aws-sims"].recipe_words == "Similar items"
    assert found["aws-sims"].address.startswith("film-demo-sims/")
    assert batch_versions.versions(backend, "nothing") == []


def test_a_job_for_people_is_read_back_line_by_line(backend: Backend, names: Names) -> None:
    users = ["viewer-0001", "viewer-0002", "nobody"]
    job = run(backend, popularity(backend), list(input.encoded(input.people_lines(users))))
    assert (job.status, job.n_results, job.failed, job.running) == ("ACTIVE", 5, False, False)
    assert job.seconds is not None
    assert job.name.startswith("film-demo-popularity-")
    lists = results.read_lists(backend, job)
    assert lists.keys == tuple(users)
    assert lists.list_of(0) == lists.list_of(2) == names.catalog.most_popular(5)
    assert (lists.n_lists, lists.n_different, lists.n_refused, lists.n_first) == (3, 5, 0, 1)
    lines = results.read_lines(backend, lists, [2, 0])
    assert list(lines["line"]) == [3, 1]
    assert lines["input"].iloc[0] == '{"userId":"nobody"}'
    assert json.loads(lines["output"].iloc[1])["output"]["recommendedItems"] == lists.list_of(0)
    assert results.file_bytes(backend, lists.urls).decode().splitlines()[0] == lines["output"].iloc[1]
    assert batch_jobs.jobs(backend, GROUP)[0].arn == job.arn


def test_refused_lines_keep_their_number_and_reason(backend: Backend) -> None:
    content = b'{"userId":"viewer-0001"}\n\nnonsense\n{"itemId":"1"}\n'
    job = run(backend, popularity(backend), [content])
    lists = results.read_lists(backend, job)
    assert (lists.n_lists, lists.n_refused) == (1, 2)
    assert list(lists.refused["line"]) == [3, 4]
    assert list(lists.refused["input"]) == ["nonsense", '{"itemId": "1"}']
    assert "userId is missing" in lists.refused["reason"].iloc[1]
    assert len(results.error_bytes(backend, job).splitlines()) == 2
    on_aws = results.output_urls(backend, job, ".errors")
    backend.objects.delete(on_aws[0])  # AWS writes no such file
    assert len(results.error_bytes(backend, job).splitlines()) == 2
    assert list(results.read_lists(backend, job).refused["line"]) == [2, 3]


def test_a_job_that_fails_says_why_and_can_be_started_again(backend: Backend) -> None:
    started = batch_jobs.start(backend, GROUP, popularity(backend), [b'{"itemId":"1"}\n'], 5)
    with pytest.raises(Exception, match="No line of"):
        finished(backend, started)
    failed = batch_jobs.job(backend, started.arn)
    assert failed is not None
    assert failed.failed
    assert results.read_lists(backend, failed).n_refused == 1
    retried = batch_jobs.again(backend, GROUP, failed)
    assert retried.input_url == failed.input_url
    assert retried.name != failed.name
    assert retried.output_url != failed.output_url
    assert sentences.failed_headline(failed, 1) == f"The batch job {failed.name} failed; 1 output file is there."


def test_a_refusal_leaves_no_input_behind(backend: Backend) -> None:
    folder = backend.home / "objects" / backend.bucket / GROUP / "batch"
    before = set(folder.rglob("input/*"))
    with pytest.raises(ServiceError, match="numResults is 501"):
        batch_jobs.start(backend, GROUP, popularity(backend), [b'{"userId":"1"}\n'], 501)
    assert set(folder.rglob("input/*")) == before


def test_on_aws_there_is_no_expectation_and_no_progress(backend: Backend) -> None:
    version = popularity(backend)
    aws = replace(backend, capabilities=None, kind="aws")
    assert batch_jobs.expected_seconds(aws, version.arn, 100) is None
    assert (batch_jobs.expected_seconds(backend, version.arn, 100) or 0) > 0
    job = batch_jobs.start(aws, GROUP, version, [b'{"userId":"1"}\n'], 5)
    assert job.progress is None
    assert "usually takes about 25 minutes" in sentences.running_headline(job)
    assert finished(aws, job).seconds is not None


def test_the_calls_are_those_of_the_api(backend: Backend) -> None:
    job = batch_jobs.jobs(backend, GROUP)[0]
    created, described = results.calls_of(backend, job)
    assert "client.create_batch_inference_job(" in created.as_boto3()
    assert created.request["jobInput"] == {"s3DataSource": {"path": job.input_url}}
    assert described.response["batchInferenceJob"]["jobName"] == job.name


def test_pasted_text_is_ids_or_json_lines() -> None:
    assert input.pasted_lines('a, "b"\n\nc;a', PEOPLE, []) == [
        '{"userId": "a"}',
        '{"userId": "b"}',
        '{"userId": "c"}',
    ]
    assert input.pasted_lines("a", LISTS, ["1"]) == ['{"userId": "a", "itemList": ["1"]}']
    assert input.pasted_lines('{"itemId":"x"}\n{"itemId":"y"}', ITEMS, []) == ['{"itemId":"x"}', '{"itemId":"y"}']
    assert input.pasted_lines("", PEOPLE, []) == []


def test_a_file_of_the_wrong_kind_is_warned_of_before_it_is_sent() -> None:
    content = b'\xef\xbb\xbf{"itemId":"1"}\n\n{"userId":"2"}'
    lines = input.first_lines(content)
    assert lines == ['{"itemId":"1"}', '{"userId":"2"}']
    assert input.count_lines(content) == 3
    assert input.warning(lines, PEOPLE) == "1 of the first 2 lines lacks userId and will be refused."
    assert input.warning(lines[:1], PEOPLE).startswith("No line has userId")
    assert input.warning(lines[1:], PEOPLE) == ""


@pytest.mark.parametrize("kind", [PEOPLE, ITEMS, LISTS])
def test_the_example_has_three_lines_that_would_be_answered(kind: str) -> None:
    lines = input.example(kind, ["u1"], []).splitlines()
    assert len(lines) == 3
    assert input.warning(lines, kind) == ""


def test_shelves_are_popular_items_of_everything_and_of_each_category() -> None:
    ranked_lists = input.ranked_lists(small_catalog(), 2)
    assert ranked_lists == {"the most popular": ["a", "b"], "X": ["a", "b"]}


def test_frequent_items_stand_beside_popularity() -> None:
    lists = lists_of(["a", "c"], ["a", "d"], ["a", "b"])
    frame = views.frequent_frame(lists, PEOPLE, small_catalog())
    assert list(frame["label"]) == ["Ant", "Cat · c", "Cat · d", "Bee"]
    assert list(frame["share"]) == pytest.approx([1, 1 / 3, 1 / 3, 1 / 3])
    assert list(frame["popular_share"]) == [1, 0, 0, 1]
    assert sentences.picture_title(frame, 3, PEOPLE, FILMS) == "The most frequent film is in 3 of 3 lists"
    assert sentences.picture_title(frame, 100, PEOPLE, FILMS) == (
        "Almost the same for everybody: the most frequent film is in 100 % of the lists"
    )
    assert sentences.popularity_words(frame) == "□ 2 of these 4 are bestsellers, which everybody would be shown"
    unknown = views.frequent_frame(lists, PEOPLE, Names.unknown().catalog)
    assert list(unknown["label"]) == ["a", "c", "d", "b"]
    assert unknown["popular_share"].isna().all()
    assert sentences.popularity_words(unknown) == ""


def test_of_ranked_lists_the_first_five_places_count() -> None:
    item_list = tuple("abcdefg")
    lists = lists_of([*"gfedcba"], [*"abcdefg"], ranked_lists=(item_list,))
    catalog = small_catalog()
    frame = views.frequent_frame(lists, LISTS, catalog).set_index("item_id")
    assert frame["share"]["d"] == 1
    assert frame["share"]["a"] == 0.5
    assert frame["popular_share"]["a"] == 1
    assert frame["popular_share"]["g"] == 0
    assert sentences.done_headline(lists, LISTS, 4, FILMS) == "2 lists ranked; 2 different films stand first."


def test_nothing_written_is_said_and_drawn_as_nothing() -> None:
    lists = lists_of(n_refused=2)
    assert views.frequent_frame(lists, PEOPLE, small_catalog()).empty
    assert sentences.done_headline(lists, PEOPLE, 4, FILMS) == "No list was written: 2 lines were refused."
    assert sentences.picture_title(views.frequent_frame(lists, PEOPLE, small_catalog()), 0, PEOPLE, FILMS) == ""


def test_the_headline_counts_lists_refusals_and_the_catalogue() -> None:
    lists = lists_of(["a"], ["b"], n_refused=1)
    assert sentences.done_headline(lists, PEOPLE, 4, FILMS) == (
        "2 lists ready, 1 line refused; 2 different films, 50 % of the catalogue."
    )
    assert sentences.done_headline(lists, PEOPLE, 0, FILMS).endswith("2 different films.")


@pytest.mark.parametrize(
    ("share", "words"), [(0.09, "Personal: the"), (0.6, "Partly the same"), (1.0, "Almost the same for everybody")]
)
def test_the_picture_says_whether_the_mailing_is_personal(share: float, words: str) -> None:
    frame = pd.DataFrame({"item_id": ["a"], "label": ["Ant"], "share": [share], "popular_share": [1.0]})
    assert sentences.picture_title(frame, 100, PEOPLE, FILMS).startswith(words)
    assert "of the lists" in sentences.picture_title(frame, 100, ITEMS, FILMS)


def test_people_are_found_by_name_and_by_id(backend: Backend, names: Names) -> None:
    lists = replace(lists_of(["a"], ["b"], ["c"]), keys=("viewer-0002", "viewer-0001", "stranger-7"))
    assert views.find_rows(lists, PEOPLE, names, "nora") == [1]
    assert views.find_rows(lists, PEOPLE, names, "viewer-0002") == [0]
    assert views.find_rows(lists, PEOPLE, names, "stranger") == [2]
    assert views.find_rows(lists, PEOPLE, names, " ") == [0, 1, 2]
    assert views.find_rows(lists, PEOPLE, names, "nobody at all") == []
    assert views.find_rows(lists, PEOPLE, Names.unknown(), "viewer") == [0, 1]


def test_tables_speak_in_names(names: Names) -> None:
    film = names.catalog.most_popular(1)[0]
    lists = replace(lists_of([film, "unheard"], [film]), keys=("viewer-0001", "viewer-0002"))
    page = views.page_frame(lists, PEOPLE, names, [1, 0], "Person")
    assert list(page.columns) == ["Person", "1", "2", "3", "4", "5"]
    assert page["Person"].iloc[1].startswith("Nora")
    assert page["1"].iloc[0] == names.catalog.label(film)
    assert page["2"].iloc[0] == ""
    table = views.names_csv_frame(lists, PEOPLE, names)
    assert list(table.columns) == ["user_id", "label", "1", "2"]
    assert table["2"].tolist() == ["unheard", ""]


def test_a_ranked_line_shows_moves_and_scores_of_known_items_only() -> None:
    line = (
        '{"input":{"userId":"u","itemList":["d","a","new"]},'
        '"output":{"recommendedItems":["a","d","new"],"scores":[0.7,0.3]},"error":null}'
    )
    whole = views.whole_frame(line, small_catalog())
    assert views.moved(whole) == ["▲ 1", "▼ 1", "="]
    assert whole["score"].tolist()[:2] == [0.7, 0.3]
    assert whole["score"].isna().tolist() == [False, False, True]


def test_what_run_means_is_said() -> None:
    assert sentences.expected_words(3.2, 100, PEOPLE, FILMS, aws=False) == "100 people, about 3 s."
    assert sentences.expected_words(None, 1, ITEMS, FILMS, aws=False) == "1 film."
    assert "bills each list" in sentences.expected_words(None, 5, LISTS, FILMS, aws=True)
    assert sentences.nothing_headline(False).startswith("Nothing is trained")


def test_a_group_stays_whole_while_a_batch_job_works(backend: Backend) -> None:
    lines = [b'{"userId":"viewer-0001"}\n'] * 50_000
    job = batch_jobs.start(backend, GROUP, popularity(backend), lines, 5)
    with pytest.raises(DataError, match=f"The batch job {job.name} still works"):
        delete_group(backend, GROUP)
    assert batch_versions.versions(backend, GROUP)
    finished(backend, job)
