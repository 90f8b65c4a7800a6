"""From a file to the first list, for small files with the layouts of ten public data sets.

    python -m benchmarks.own_layouts

Each is read and mapped as the Data screen proposes it, checked, imported, and a popularity campaign answers for its
first user, with a worker process as in the explorer. "Clicks" are those of the screens: a file chosen each, Check,
Import, Train, Deploy, Recommendations, and one for each question that Data asks. Seconds are those of this process and
the worker, without the browser's.
"""

import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.layouts import LAYOUTS
from services.backend import Backend, open_backend
from services.checks.finding import STOP
from services.checks.report import check
from services.errors import PlainError
from services.library.prepared import FILE_ORDER, PreparedData
from services.personalize import asking, campaigns, training
from services.personalize.datasets import group_arn
from services.personalize.imports import Source, import_data
from services.personalize.recipe_names import POPULARITY_COUNT
from services.sources.joins import recognise_all, together
from services.sources.load import keep
from services.sources.own_files import OwnTable, prepare
from services.sources.table_files import RawTable, read_table
from services.sources.time_units import look_for_unit

AFTER_FILES = 5
"""Check, Import, Train, Deploy, Recommendations."""
TIMES = ("TIMESTAMP", "CREATION_TIMESTAMP")


def prepared(name: str, files: dict[str, dict[str, bytes]]) -> tuple[PreparedData, list[str]]:
    """Return the data as it is proposed, and what was asked. Raises PlainError where a role must be chosen."""
    tables = {
        kind: together([read_table(content, file) for file, content in parts.items()]) for kind, parts in files.items()
    }
    guesses = recognise_all(tables)
    own = {kind: OwnTable(tables[kind], {g.column: g.role for g in guesses[kind]}) for kind in tables}
    asked = [question for kind, table in own.items() for question in questions(kind, table, tables[kind])]
    if "what says when" in asked:
        own["Interactions"] = replace(own["Interactions"], time_kind=FILE_ORDER)
    return prepare(own["Interactions"], own.get("Items"), own.get("Users"), name=name), asked


def questions(kind: str, own: OwnTable, table: RawTable) -> list[str]:
    """Return what Data asks about a file before Check."""
    asked = [] if table.has_names else ["is the first line data"]
    column = next((column for column, role in own.mapping.items() if role in TIMES), None)
    if column is None:
        return asked + (["what says when"] if kind == "Interactions" else [])
    found = look_for_unit(table.frame[column])
    return asked + ([] if found is None or found.certain else ["which number is the day"])


def first_list(backend: Backend, data: PreparedData) -> int:
    """Import the data, train and deploy popularity, and return the length of the first user's list."""
    _, files = keep(data, backend.home)
    sources = [Source(file.dataset_type, file.csv, file.schema, file.n_rows) for file in files]
    import_data(backend, data.name, sources, report=lambda *_: None)
    arn = group_arn(backend, data.name)
    if arn is None:
        raise RuntimeError(f"{data.name} was not imported")
    version = training.train(backend, arn, data.name, POPULARITY_COUNT)
    training.follow(backend, version, lambda *_: None, lambda: None)
    training.deploy(backend, version, data.name)
    campaign = campaigns.for_people(backend, data.name)[0]
    user_id = str(data.interactions["USER_ID"].iloc[0])
    return len(asking.item_ids(asking.recommend(backend, campaign, user_id, 10)))


def main() -> None:
    print("| layout | files | asked | clicks | seconds | first list |\n| --- | ---: | --- | ---: | ---: | --- |")
    with tempfile.TemporaryDirectory() as folder:
        backend = open_backend({"PERSONALIZE_WORKER_IDLE_S": "20"}, Path(folder) / "home")
        for name, make in LAYOUTS.items():
            files = make()
            started = time.perf_counter()
            n_files = sum(map(len, files.values()))
            asked: list[str] = []
            try:
                data, asked = prepared("".join(filter(str.isalnum, name)), files)
                problems = check(data)
                stops = problems.loc[problems["severity"] == STOP, "message"].tolist()
                said = stops[0] if stops else f"{first_list(backend, data)} items"
            except PlainError as error:
                said = f"a role by hand: {error}"
            clicks = n_files + len(asked) + AFTER_FILES
            seconds = time.perf_counter() - started
            print(f"| {name} | {n_files} | {', '.join(asked)} | {clicks} | {seconds:.1f} | {said[:90]} |", flush=True)
        backend.close()


if __name__ == "__main__":
    main()
