"""Carries out the steps of a plan. Each step reads from the other side what is there and makes only what is missing.

So a plan can be carried out again after any interruption: a closed laptop, expired credentials, a killed process.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from services.attach.reading import read
from services.backend import Backend, engine_errors
from services.errors import DataError
from services.library.store import Library
from services.moving import kinds
from services.moving.contents import Contents
from services.moving.data import csv_path, fetch
from services.moving.kinds import KINDS
from services.moving.plan import Made, MovingPlan, PlannedStep
from services.personalize.datasets import DATASET_TYPES, epoch, pages
from services.personalize.states import RUNNING, Status
from services.personalize.waiting import poll_seconds, wait_until, wait_until_gone

Progress = Callable[[float | None, str], None]
READY = (Status.ACTIVE, Status.INACTIVE)
MAX_ATTEMPTS = 50
"""Of an import job whose earlier ones failed; each has a name of its own."""
TOGETHER = (kinds.IMPORT, kinds.VERSION, kinds.RECOMMENDER)
"""Kinds that take long, so that all of them are begun before the first is waited for."""


class Mover:
    """The execution of one plan; its files are in a folder of their own."""

    def __init__(
        self,
        sides: tuple[Backend, Backend],
        found: Contents,
        plan: MovingPlan,
        folder: Path,
        check: Callable[[], None],
    ) -> None:
        """sides are source and target; check raises what is to end the move."""
        self._source, self._target = sides
        self._found, self._plan, self._folder, self._check = found, plan, folder, check
        self._made: dict[str, str] = {}

    def carry_out(self, step: PlannedStep, progress: Progress) -> str:
        """Make what the step makes and wait until it is ready; return a note about it. Raises PlainError."""
        if step.kind == kinds.FETCH:
            data = next(d for d in self._found.data if d.dataset_type == step.dataset_type)
            path = fetch(self._source, self._found.name, data, self._folder)
            return f"{path.stat().st_size / 1e6:,.1f} MB"
        if step.kind == kinds.UPLOAD:
            return self._upload(step, progress)
        if step.kind == kinds.LIBRARY:
            return self._library()
        if step.kind in TOGETHER:
            for other in self._plan.steps:
                if other.kind == step.kind:
                    self._arn(other)
        return self._follow(step, progress)

    def _upload(self, step: PlannedStep, progress: Progress) -> str:
        path, url = csv_path(self._folder, step.dataset_type), self._url(step)
        size = path.stat().st_size

        def sent(n_bytes: int) -> None:
            self._check()
            progress(n_bytes / max(1, size), f"{n_bytes / 1e6:,.1f} of {size / 1e6:,.1f} MB")

        with engine_errors():
            if not self._target.objects.exists(url):
                self._target.objects.put_file(url, path, sent)
        return url

    def _url(self, step: PlannedStep) -> str:
        """Return the location of an upload: named by its content, so that it is found again."""
        with csv_path(self._folder, step.dataset_type).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
        return f"s3://{self._target.bucket}/{self._plan.name}/{step.dataset_type.lower()}-{digest}.csv"

    def _library(self) -> str:
        """Keep the data for the screens, unless this machine has data of that name already."""
        library = Library(self._target.home)
        if library.version(self._plan.name) is not None:
            return "there already"
        types = {d.dataset_type: d.schema for d in self._found.data if d.dataset_type in DATASET_TYPES}
        files = {kind: [(f"{kind}.csv", csv_path(self._folder, kind))] for kind in types}
        data = library.save(read(self._plan.name, files, types))
        return f"{data.n_events:,} events"

    def _follow(self, step: PlannedStep, progress: Progress) -> str:
        kind, arn = KINDS[step.kind], self._arn(step)
        describe = getattr(self._target.personalize, f"describe_{kind.operation}")

        def look() -> Mapping[str, Any]:
            return dict(describe(**{kind.arn: arn})[kind.member])

        def on_poll(described: Mapping[str, Any]) -> None:
            self._check()
            progress(None, str(described.get("status", "")).lower())

        def ended(described: Mapping[str, Any]) -> bool:
            status = described.get("status", Status.ACTIVE)
            if status in READY:
                return True
            if status not in RUNNING:
                reason = described.get("failureReason") or "No reason was given."
                raise DataError(f"The {kind.words} {step.name} is {status}: {reason}")
            return False

        def on_trouble(sentence: str) -> None:
            self._check()
            progress(None, sentence)

        described = wait_until(
            look, ended, interval_s=poll_seconds(self._target), on_poll=on_poll, on_trouble=on_trouble
        )
        return f"tracking ID {described['trackingId']}" if "trackingId" in described else step.name

    def _arn(self, step: PlannedStep) -> str:
        """Return the ARN of what a step makes: found, or made now."""
        if step.key not in self._made:
            self._made[step.key] = self._found_again(step) or self._create(step)
        return self._made[step.key]

    def _found_again(self, step: PlannedStep) -> str | None:
        """Return the ARN of what an earlier run made, newest first; one that failed is passed over where it can be."""
        kind = KINDS[step.kind]
        within = {kind.within: self._resolved(step.request[kind.within])} if kind.within in step.request else {}
        if kind.within == "solutionArn" and not within:  # of a campaign, by its version
            within = {"solutionArn": self._resolved(step.request["solutionVersionArn"]).rpartition("/")[0]}
        listed = list(pages(self._target.personalize, f"list_{kind.operation}s", kind.listed, **within))
        listed.sort(key=lambda entry: epoch(entry["creationDateTime"]), reverse=True)
        name = self._job_name(step) if step.kind == kinds.IMPORT else step.name
        for entry in listed:
            usable = entry.get("status", Status.ACTIVE) in (*READY, *RUNNING)
            if step.kind == kinds.VERSION:
                same = usable
            elif step.kind == kinds.IMPORT:
                same = usable and str(entry["jobName"]).startswith(name)
            else:
                same = entry.get(kind.name) == name
            if same and entry.get("status") == Status.CREATE_FAILED:  # it is in the way of another attempt
                self._delete(kind, str(entry[kind.arn]))
                return None
            if same:
                return str(entry[kind.arn])
        return None

    def _delete(self, kind: kinds.Kind, arn: str) -> None:
        getattr(self._target.personalize, f"delete_{kind.operation}")(**{kind.arn: arn})
        describe = getattr(self._target.personalize, f"describe_{kind.operation}")
        wait_until_gone(self._target, lambda: describe(**{kind.arn: arn}))

    def _create(self, step: PlannedStep) -> str:
        self._check()
        kind = KINDS[step.kind]
        request = self._resolved(step.request)
        if step.kind == kinds.IMPORT:
            request[kind.name] = self._free_job_name(step, request["datasetArn"])
        create = getattr(self._target.personalize, f"create_{kind.operation}")
        return str(create(**request)[kind.arn])

    def _job_name(self, step: PlannedStep) -> str:
        """Return how the jobs of this file's import are called; a file with other rows has other names."""
        digest = self._url(step).removesuffix(".csv").rpartition("-")[2]
        return f"{step.name}-{digest[:8]}"

    def _free_job_name(self, step: PlannedStep, dataset: str) -> str:
        name = self._job_name(step)
        listed = pages(self._target.personalize, "list_dataset_import_jobs", "datasetImportJobs", datasetArn=dataset)
        taken = {job["jobName"] for job in listed}
        tries = (name, *(f"{name}-{number}" for number in range(2, MAX_ATTEMPTS)))
        return next(candidate for candidate in tries if candidate not in taken)

    def _resolved(self, value: Any) -> Any:
        """Return a request, or a part of it, with what its Made stand for."""
        if isinstance(value, Made):
            step = next(step for step in self._plan.steps if step.key == value.key)
            return self._url(step) if step.kind == kinds.UPLOAD else self._arn(step)
        if isinstance(value, Mapping):
            return {name: self._resolved(inner) for name, inner in value.items()}
        return value
