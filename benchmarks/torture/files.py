"""Generated files through the readers of uploads, the checks and the import: each is imported or gets a sentence.

A case is a home with its worker, and 40 files: three of four as uploads (services/sources, services/checks, library,
import), the others as objects that the engine imports itself.
"""

import shutil
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.torture.campaign import Campaign, Case
from benchmarks.torture.state import CATCH_ALL, rows_read
from benchmarks.torture.tables import Files
from benchmarks.torture.world import IDLE, films
from services.backend import Backend, open_backend
from services.checks.finding import STOP
from services.checks.fixes import apply_fixes
from services.checks.look import look
from services.checks.report import check
from services.errors import PlainError, plain_errors
from services.library.prepared import PreparedData
from services.library.schemas import propose_schema
from services.personalize.imports import Source, import_data
from services.personalize.waiting import WaitFailed, wait_until_active
from services.sources import movielens
from services.sources.load import keep
from services.sources.own_files import accept, prepare
from services.sources.table_files import read_table

FILES = 40
MAX_PROCESSOR_S = 20.0
WAIT_S = 120.0
LAST_RESORT = "Check that the file is whole and is what its name says."
"""Ends the sentence about errors that no reader knows by name."""


def run(campaign: Campaign, n_files: int = FILES) -> None:
    """Do cases until the time has passed."""
    for case in campaign.cases():
        with case.running() as folder:
            backend = open_backend(IDLE, folder / "home")
            try:
                raw = _RawImports(backend)
                for number in range(n_files):
                    if case.draw.random() < 0.75:
                        _upload(case, backend, folder, number)
                    else:
                        _object(case, raw, number)
            finally:
                backend.close()


def _upload(case: Case, backend: Backend, folder: Path, number: int) -> None:
    name, content = Files(case.draw).upload()
    fixing = case.draw.random() < 0.7
    began = time.process_time()
    what = f"file {number}, {name}, {len(content)} bytes"
    case.count("files")
    try:
        data = _read(folder / f"{number}-{name}", content, name)
        _imported(case, backend, data, f"own-{number}", fixing, what)
    except PlainError as error:
        sentence = str(error)
        case.count("files told by the last resort" if LAST_RESORT in sentence else "files refused with a sentence")
        case.expect(not any(words in sentence for words in CATCH_ALL), f"{what}: {sentence}")
    except Exception as error:
        case.fault(f"{what}: {type(error).__name__}: {error}")
    seconds = time.process_time() - began
    case.expect(seconds < MAX_PROCESSOR_S, f"{what}: {seconds:.0f} seconds of processor time")
    shutil.rmtree(backend.home / "uploads", ignore_errors=True)


def _read(path: Path, content: bytes, name: str) -> PreparedData:
    if name.endswith(".zip"):
        path.write_bytes(content)
        return movielens.read(path)
    return prepare(accept(read_table(content, name), "Interactions"), name="own")


def _imported(case: Case, backend: Backend, data: PreparedData, name: str, fixing: bool, what: str) -> None:
    """Do what the Data screen does next: check, fix, look, keep, import."""
    problems = check(data)
    if fixing:
        data = apply_fixes(data, [fix for fix in problems["fix"].unique() if fix])
        problems = check(data)
    stops = problems[problems["severity"] == STOP]
    if len(stops):
        case.count("files refused by the check")
        case.expect(all(stops["message"]), f"{what}: a problem without a message")
        return
    look(data)
    data = replace(data, name=name)
    _, files = keep(data, backend.home)
    sources = [Source(file.dataset_type, file.csv, file.schema, file.n_rows) for file in files]
    try:
        group = import_data(backend, name, sources)
    except PlainError as error:
        case.fault(f"{what}: the check passes it, and the import says: {error}")
        raise
    case.count("files imported")
    given = {kind: len(frame) for kind, frame in data.frames.items()}
    read = {view.dataset_type.title(): rows_read(backend.home, view.arn) for view in group.datasets}
    case.expect(read == given, f"{what}: the import read {read} rows of {given}")


class _RawImports:
    """A data set of the engine that objects are imported into."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        personalize = backend.personalize
        group = personalize.create_dataset_group(name="raw")["datasetGroupArn"]
        frame = films().interactions[["USER_ID", "ITEM_ID", "TIMESTAMP"]]
        schema = personalize.create_schema(name="raw", schema=propose_schema("Interactions", frame, films().roles))
        self.dataset: str = personalize.create_dataset(
            name="raw", datasetGroupArn=group, datasetType="Interactions", schemaArn=schema["schemaArn"]
        )["datasetArn"]


def _object(case: Case, raw: _RawImports, number: int) -> None:
    key, content = Files(case.draw).object()
    what = f"file {number}, object {key!r}, {len(content)} bytes"
    backend, personalize = raw.backend, raw.backend.personalize
    case.count("files")
    try:
        with plain_errors(PlainError):
            url = f"s3://local/raw/{number}/{key}"
            backend.objects.put_bytes(url, content)
            job = personalize.create_dataset_import_job(
                jobName=f"raw-{number}",
                datasetArn=raw.dataset,
                dataSource={"dataLocation": url},
                roleArn=backend.role_arn,
            )["datasetImportJobArn"]
            wait_until_active(
                lambda: personalize.describe_dataset_import_job(datasetImportJobArn=job),
                timeout_s=WAIT_S,
                interval_s=0.05,
            )
        case.count("files imported")
    except (PlainError, WaitFailed) as error:
        case.count("files refused with a sentence")
        case.expect(not any(words in str(error) for words in CATCH_ALL), f"{what}: {error}")
