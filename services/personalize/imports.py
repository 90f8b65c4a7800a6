"""Imports tables into Amazon Personalize: group, schemas, data sets, CSV to the object store, import jobs.

A call that fails or is stopped stops its jobs where the backend can, and deletes everything that it has created. What a
job had already put in place of earlier data stays, and the caller is told. Resources that exist are reused: calling
import_data() twice with the same data gives the same resources.
"""

import hashlib
import logging
import operator
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from services.backend import Backend, engine_errors
from services.errors import DataError, PlainError, service_errors
from services.personalize.datasets import (
    MAX_NAME_LENGTH,
    GroupView,
    ImportState,
    find_group,
    group_arn,
    import_state,
    pages,
)
from services.personalize.deletion import remove_older_copies
from services.personalize.schemas import difference, find_or_create_schema, same_schema
from services.personalize.states import Status
from services.personalize.waiting import poll_seconds, polled, stop_job, wait_until, wait_until_gone
from services.progress import Report, Step, StepList

logger = logging.getLogger(__name__)

FULL = "FULL"
INCREMENTAL = "INCREMENTAL"
"""AWS: an import replaces what was imported in bulk, or adds to it."""
WORDS = {"Interactions": "events", "Items": "items", "Users": "users"}


@dataclass(frozen=True)
class Source:
    """A table to import."""

    dataset_type: str
    """"Interactions", "Items" or "Users"."""
    csv: Path
    """A local file with a header, as AWS reads it."""
    schema: str
    """The Avro schema, JSON."""
    n_rows: int | None = None
    """For the step list; None when unknown."""


def import_steps(sources: Sequence[Source]) -> tuple[Step, ...]:
    """Return the steps of import_data(), all waiting."""
    return (
        Step("group", "Data set group, schemas, data sets"),
        Step("upload", "Copy the files to the object store"),
        *(Step(source.dataset_type, f"Check and import {WORDS[source.dataset_type]}") for source in sources),
    )


def import_data(
    backend: Backend,
    name: str,
    sources: Sequence[Source],
    mode: str = FULL,
    report: Report | None = None,
    *,
    token: str = "",
    replaced: Callable[[tuple[str, ...]], object] | None = None,
    new_columns: bool = False,
) -> GroupView:
    """Import the tables into the data set group of this name and wait for the end.

    mode is FULL or INCREMENTAL. With new_columns a data set whose columns differ is created anew, without the rows
    that were put into it one by one; otherwise it is refused. The names of the jobs end with token, for imports_of().
    Raises DataError with the reason, and what report raises; everything that this call created is then deleted. Types
    whose earlier rows it has replaced nevertheless are given to `replaced`; without that, the reason names them.
    """
    steps = StepList(import_steps(sources), report)
    chain = _Chain(backend, name, tuple(sources), mode, steps, token or secrets.token_hex(4), new_columns=new_columns)
    try:
        chain.run(wait=True)
    except BaseException as error:
        types = chain.replaced()
        if replaced is not None:
            replaced(types)
        elif types and isinstance(error, DataError):
            raise DataError(f"{error} {what_stands(types)}") from error
        raise
    group = find_group(backend, name)
    if group is None:
        raise DataError(f"The data set group {name} was deleted while it was being filled. Import it again.")
    return group


def start_import(
    backend: Backend, name: str, sources: Sequence[Source], mode: str = FULL, *, token: str = ""
) -> tuple[str, ...]:
    """Queue the imports and return their ARNs without waiting for them."""
    steps = StepList(import_steps(sources))
    return _Chain(backend, name, tuple(sources), mode, steps, token or secrets.token_hex(4)).run(wait=False)


def end_imports(backend: Backend, jobs: Iterable[str]) -> None:
    """Stop these imports, or wait for them: AWS can neither stop one nor delete its data set meanwhile."""
    jobs = tuple(jobs)
    for job in jobs:
        stop_job(backend, job)

    def any_running() -> bool:
        return any(import_state(backend, job).running for job in jobs)

    wait_until(any_running, operator.not_, interval_s=poll_seconds(backend))


def what_stands(dataset_types: Sequence[str]) -> str:
    """Return what an import that did not succeed has changed."""
    return f"The new {' and '.join(dataset_types)} were imported; the rest is as it was before."


def _digest(path: Path) -> str:
    """Return a name for the content of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


class _Chain:
    """One run of the import, with the steps that undo it."""

    def __init__(
        self,
        backend: Backend,
        name: str,
        sources: tuple[Source, ...],
        mode: str,
        steps: StepList,
        token: str,
        *,
        new_columns: bool = False,
    ) -> None:
        self._token = token
        self._new_columns = new_columns and mode == FULL
        self.backend = backend
        self.name = name
        self.sources = sources
        self.mode = mode
        self.steps = steps
        self._existing: set[str] = set()
        """Types of the data sets that were there before."""
        self._gone: set[str] = set()
        """Types of the data sets that were deleted, to be created with other columns."""
        self._jobs: list[str] = []
        self._undo: list[tuple[str, Callable[[], Any]]] = []

    def run(self, *, wait: bool) -> tuple[str, ...]:
        """Create what is missing and queue the imports; return the ARNs of the jobs."""
        try:
            with service_errors():
                return self._create_and_import(wait=wait)
        except (PlainError, OSError) as error:
            self.steps.fail_running(str(error))
            self._roll_back()
            raise DataError(str(error)) from error
        except BaseException:
            self._roll_back()
            raise

    def _create_and_import(self, *, wait: bool) -> tuple[str, ...]:
        self.steps.start("group")
        self._check()
        group = self._group()
        datasets = {source.dataset_type: self._dataset(group, source) for source in self.sources}
        self.steps.done("group", self.name)
        urls = self._upload()
        jobs = [
            self._import(source, datasets[source.dataset_type], urls[source.dataset_type]) for source in self.sources
        ]
        if wait:
            self._wait(dict(zip(jobs, self.sources, strict=True)))
            remove_older_copies(self.backend, self.name, datasets.values(), urls)
        return tuple(jobs)

    def _check(self) -> None:
        """Raise DataError for an import that must fail, before anything is created."""
        if not self.sources or self.sources[0].dataset_type != "Interactions":
            existing = find_group(self.backend, self.name)
            if existing is None or not existing.imported:
                raise DataError("Interactions are needed before anything else can be imported.")
        for source in self.sources:
            if not source.csv.exists():
                raise DataError(f"The file {source.csv} is no longer there. Load the data again.")

    def _group(self) -> str:
        arn = group_arn(self.backend, self.name)
        personalize = self.backend.personalize
        if arn is None:
            created = personalize.create_dataset_group(name=self.name)["datasetGroupArn"]
            self._undo.append(("data set group", lambda: personalize.delete_dataset_group(datasetGroupArn=created)))
            arn = str(created)
        self._until(lambda: personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"])
        return arn

    def _dataset(self, group: str, source: Source) -> str:
        personalize = self.backend.personalize
        for dataset in pages(personalize, "list_datasets", "datasets", datasetGroupArn=group):
            if dataset["datasetType"].lower() == source.dataset_type.lower():
                arn = str(dataset["datasetArn"])
                self._existing.add(source.dataset_type)
                if self._fit_schema(arn, source):
                    return arn
                self._delete_dataset(arn)
                self._gone.add(source.dataset_type)
        if self.mode == INCREMENTAL:
            raise DataError(
                f"There are no {WORDS[source.dataset_type]} in {self.name} yet to add to. "
                "Import them as a replacement first."
            )
        schema = self._schema(source.dataset_type, source.schema)
        arn = personalize.create_dataset(
            name=f"{self.name}-{source.dataset_type.lower()}"[:MAX_NAME_LENGTH],
            datasetGroupArn=group,
            datasetType=source.dataset_type,
            schemaArn=schema,
        )["datasetArn"]
        self._undo.append(("data set", lambda: self._delete_dataset(arn)))
        self._until(lambda: personalize.describe_dataset(datasetArn=arn)["dataset"])
        return str(arn)

    def _delete_dataset(self, arn: str) -> None:
        self.backend.personalize.delete_dataset(datasetArn=arn)
        wait_until_gone(self.backend, lambda: self.backend.personalize.describe_dataset(datasetArn=arn))

    def _schema(self, dataset_type: str, schema: str) -> str:
        arn, made = find_or_create_schema(self.backend, dataset_type, schema)
        if made:
            self._undo.append(("schema", lambda: self.backend.personalize.delete_schema(schemaArn=arn)))
        return arn

    def _fit_schema(self, dataset_arn: str, source: Source) -> bool:
        """Give an existing data set this schema: the same one, or for Items and Users one with added columns.

        Return whether it has the schema now; False where it must be created anew, which new_columns allows.
        """
        personalize = self.backend.personalize
        schema_arn = personalize.describe_dataset(datasetArn=dataset_arn)["dataset"]["schemaArn"]
        present = personalize.describe_schema(schemaArn=schema_arn)["schema"]["schema"]
        if same_schema(present, source.schema):
            return True
        change = difference(present, source.schema)
        if source.dataset_type == "Interactions" or not change.only_adds:
            if self._new_columns:
                return False
            raise DataError(
                f"The {source.dataset_type} of {self.name} have other columns: the new file {change.words}. "
                "Import under another name, or delete the old data first."
            )
        schema = self._schema(source.dataset_type, source.schema)
        personalize.update_dataset(datasetArn=dataset_arn, schemaArn=schema)
        self._undo.append(
            ("schema change", lambda: personalize.update_dataset(datasetArn=dataset_arn, schemaArn=schema_arn))
        )
        self._until(
            lambda: personalize.describe_dataset(datasetArn=dataset_arn)["dataset"].get("latestDatasetUpdate", {})
        )
        return True

    def _upload(self) -> dict[str, str]:
        """Copy the files to the object store, by names of their content: an upload that broke off is found again."""
        self.steps.start("upload")
        urls = {}
        size = sum(source.csv.stat().st_size for source in self.sources)
        before = 0
        for source in self.sources:
            url = f"s3://{self.backend.bucket}/{self.name}/{source.dataset_type.lower()}-{_digest(source.csv)}.csv"
            with engine_errors():
                is_new = not self.backend.objects.exists(url)  # else an earlier import has the same content
            if is_new:
                self._undo.append(("uploaded file", lambda url=url: self.backend.objects.delete(url)))  # type: ignore[misc]

            def sent(n_bytes: int, before: int = before, name: str = source.csv.name) -> None:
                share = (before + n_bytes) / max(1, size)
                self.steps.update("upload", share, f"{name}, {(before + n_bytes) / 1e6:,.1f} of {size / 1e6:,.1f} MB")

            with engine_errors():
                self.backend.objects.put_file(url, source.csv, sent)
            urls[source.dataset_type] = url
            before += source.csv.stat().st_size
        n = len(self.sources)
        self.steps.done("upload", f"{n} {'file' if n == 1 else 'files'}, {max(size / 1e6, 0.1):,.1f} MB")
        return urls

    def _import(self, source: Source, dataset_arn: str, url: str) -> str:
        job = self.backend.personalize.create_dataset_import_job(
            jobName=f"{self.name[:40]}-{source.dataset_type.lower()}-{self._token}",
            datasetArn=dataset_arn,
            dataSource={"dataLocation": url},
            roleArn=self.backend.role_arn,
            importMode=self.mode,
        )
        self._jobs.append(str(job["datasetImportJobArn"]))
        return self._jobs[-1]

    def _wait(self, jobs: dict[str, Source]) -> None:
        """Follow the jobs until all have ended; raise DataError with the reasons of those that failed."""
        running = dict(jobs)
        ended: dict[str, ImportState] = {}

        def report_all() -> bool:
            for arn, source in list(running.items()):
                state = import_state(self.backend, arn)
                if self._report(source, state):
                    ended[source.dataset_type] = state
                    del running[arn]
            return not running

        for source in running.values():
            self.steps.start(source.dataset_type, "waiting for its turn")

        def on_trouble(sentence: str) -> None:
            for source in running.values():
                self.steps.update(source.dataset_type, None, sentence)

        wait_until(report_all, bool, interval_s=poll_seconds(self.backend), on_trouble=on_trouble)
        reasons = [_failure_reason(state) for state in ended.values() if state.status != Status.ACTIVE]
        if reasons:
            raise DataError(" ".join(dict.fromkeys(reasons)))

    def _report(self, source: Source, state: ImportState) -> bool:
        """Report how far an import is, and return whether it has ended."""
        rows = f"{source.n_rows:,} rows" if source.n_rows is not None else ""
        if state.status == Status.ACTIVE:
            self.steps.done(source.dataset_type, rows)
            return True
        if not state.running:
            self.steps.fail(source.dataset_type, _failure_reason(state))
            return True
        note = " · ".join(part for part in (state.stage or "waiting for its turn", state.note, rows) if part)
        self.steps.update(source.dataset_type, state.fraction, note)
        return False

    def replaced(self) -> tuple[str, ...]:
        """Return the types whose earlier rows this import has replaced or deleted, as far as the backend answers."""
        changed = set(self._gone)
        for job in self._jobs:
            try:
                state = import_state(self.backend, job)
            except (ClientError, OSError) as error:  # its data set was created by this import, and deleted again
                logger.warning("event=import_not_followed group=%s error=%s", self.name, error)
                continue
            if state.status == Status.ACTIVE and state.dataset_type in self._existing:
                changed.add(state.dataset_type)
        return tuple(source.dataset_type for source in self.sources if source.dataset_type in changed)

    def _until(self, describe: Callable[[], dict[str, Any]]) -> None:
        """Wait until a description is ACTIVE (or has no status); raise DataError with its reason when it failed."""
        for described in polled(describe, interval_s=poll_seconds(self.backend)):
            status = described.get("status", Status.ACTIVE)
            if status == Status.ACTIVE:
                return
            if status.endswith("FAILED"):
                raise DataError(described.get("failureReason", f"{self.name} could not be created."))

    def _end_jobs(self) -> None:
        try:
            end_imports(self.backend, self._jobs)
        except ClientError as error:
            logger.warning("event=imports_not_followed group=%s error=%s", self.name, error)

    def _roll_back(self) -> None:
        """Delete what this run created, newest first; log what cannot be deleted, which the next import reuses."""
        self._end_jobs()
        while self._undo:
            what, undo = self._undo.pop()
            try:
                with engine_errors():
                    undo()
            except (ClientError, PlainError, OSError) as error:
                logger.warning("event=not_removed what=%r group=%s error=%s", what, self.name, error)


def _failure_reason(state: ImportState) -> str:
    if state.status == Status.CREATE_STOPPED:
        return f"The import of {state.dataset_type} was stopped."
    return state.failure_reason or f"The import of {state.dataset_type} failed without a reason."
