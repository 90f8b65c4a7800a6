"""The batch inference job: JSON lines in, an answer for each out, block by block.

    input     s3://bucket/in/batch.json     a file, or a folder with its files
    output    OUTPUT/batch.json.out         one line for each input line, in order, refused lines included
              OUTPUT/batch.json.errors      the refused lines with their numbers, if any
              OUTPUT/_CHECK                 empty, written last: all files are complete

The names .out and _CHECK are those of Amazon's notebooks; the errors file is this engine's. A file is written into
HOME/scratch and stored when it is complete. Memory holds one block of lines, whatever the length of a file.
Limits: Amazon Personalize developer guide, "Amazon Personalize endpoints and quotas".
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from services.engine.errors import InvalidInput, JobFailed
from services.engine.filters.data import FilterTables
from services.engine.filters.evaluation import Allowed, Question
from services.engine.jobs.batch.json_lines import (
    EXAMPLES,
    Record,
    Refused,
    answer_line,
    error_line,
    read_records,
    refusal_line,
    themed_line,
)
from services.engine.jobs.batch.themes import MAX_LINES as MAX_THEMES
from services.engine.jobs.batch.themes import Themes
from services.engine.jobs.outcomes import JobResult
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.queue import Job
from services.engine.jobs.tools import JobTools
from services.engine.models.artifacts import Artifact, read_artifact
from services.engine.recipes.exploration import Exploration, parse_exploration
from services.engine.recipes.registry import find
from services.engine.runtime.batch import recommend_for_users
from services.engine.runtime.batch_lines import rank_for_users, recommend_for_items
from services.engine.runtime.influence import Influence, influence_of, parse_influence
from services.engine.runtime.live import live_states
from services.engine.store.objects import ObjectStore, files_at
from services.engine.store.resources import Resource

STAGES = (("count", 0.03), ("answer", 0.97))
BLOCK_LINES = 2048
"""Lines in memory at a time."""
MAX_CACHED_IDS = 200_000
"""Item IDs cached as text: about 20 MB."""
UPDATE_EVERY_LINES = 50
"""Lines between two progress updates."""
MAX_FILES = 1000
MAX_FILE_BYTES = 1_000_000_000
MAX_FILE_LINES = 50_000_000
NOUNS = {"USER_PERSONALIZATION": "people", "RELATED_ITEMS": "items", "PERSONALIZED_RANKING": "lists"}
"""What a line of each recipe type stands for, in progress notes."""


LineFilter = Callable[[Record], Allowed]
"""Returns what a job's filter allows for a line."""


@dataclass(frozen=True)
class Settings:
    """A job's batchInferenceJobConfig and mode."""

    exploration: Exploration | None = None
    influence: Influence | None = None
    themes: Themes | None = None
    """Of a job with the mode THEME_GENERATION."""

    def exploring(self, records: Sequence[Record]) -> Exploration | None:
        """Return the exploration of a block of lines: each line of a job draws its own."""
        if self.exploration is None or not records:
            return self.exploration
        return replace(self.exploration, seed=self.exploration.seed + records[0].number)


@dataclass
class _Tally:
    """The counts of a job so far, over all files."""

    total: int
    """All lines, blank ones included."""
    noun: str
    started: float = field(default_factory=time.monotonic)
    lines: int = 0
    refused: int = 0
    first_refusal: str = ""

    def add(self, file: str, refused: Refused) -> None:
        self.refused += 1
        self.first_refusal = self.first_refusal or f"{file}, line {refused.number}: {refused.reason}."

    def note(self) -> str:
        """Return "1,240 of 6,040 people done, 830 per second"."""
        per_second = self.lines / max(time.monotonic() - self.started, 1e-3)
        speed = f", {per_second:,.0f} per second" if self.lines else ""
        return f"{self.lines:,} of {self.total:,} {self.noun} done{speed}"


def run_batch(tools: JobTools, job: Job, stop: threading.Event) -> JobResult:
    """Answer the lines of a batch inference job. Raises JobFailed with the first refused line when all are refused."""
    batch_job = tools.resources.get("batch-inference-job", job.arn)
    version = tools.resources.get("solution-version", batch_job["solutionVersionArn"])
    artifact = read_artifact(tools.settings.models_path / version["_model_path"])
    artifact = replace(artifact, live=live_states(artifact, version, tools.database))
    source = batch_job["jobInput"]["s3DataSource"]["path"]
    target = batch_job["jobOutput"]["s3DataDestination"]["path"].rstrip("/")
    progress = JobProgress(tools.database, job, STAGES, stop)
    progress.stage("count")
    files = input_files(tools.objects, source)
    n_lines = sum(_count_lines(tools.objects, url) for url in files)
    if not n_lines:
        example = EXAMPLES[find(artifact.recipe).recipe_type]
        raise JobFailed(f"Invalid S3 input path. {source} holds no lines; write one object a line, such as {example}.")
    lines_filter = _filter(tools, batch_job.body.get("filterArn"), artifact)
    settings = _settings(tools, batch_job, version, artifact)
    if settings.themes is not None and n_lines > MAX_THEMES:
        raise JobFailed(f"{source} has {n_lines:,} lines; a job makes themes of {MAX_THEMES} at most. Split it.")
    tally = _Tally(n_lines, NOUNS[find(artifact.recipe).recipe_type])
    progress.stage("answer", tally.note())
    scratch = tools.settings.scratch_path
    scratch.mkdir(parents=True, exist_ok=True)
    for url in files:
        with tempfile.TemporaryDirectory(prefix="batch-", dir=scratch) as folder:
            _answer_file(
                tools.objects,
                url,
                target,
                Path(folder),
                artifact,
                batch_job.body,
                lines_filter,
                settings,
                tally,
                progress,
            )
    progress.update(1.0, tally.note())
    progress.log(f"{tally.lines:,} lines read, {tally.refused:,} of them refused; written to {target}/.")
    if tally.refused == tally.lines:
        none = f"Not one of the {tally.lines:,} lines of" if tally.lines > 1 else "No line of"
        raise JobFailed(
            f"{none} {source} could be answered. {tally.first_refusal} The output folder has the reason of every line."
        )
    tools.objects.put_bytes(f"{target}/_CHECK", b"")
    progress.end()
    seconds = round(time.monotonic() - tally.started, 3)
    return JobResult(body={"_batch": {"lines": tally.lines, "refused": tally.refused, "seconds": seconds}})


def _answer_file(
    objects: ObjectStore,
    url: str,
    target: str,
    folder: Path,
    artifact: Artifact,
    request: dict[str, object],
    lines_filter: LineFilter | None,
    settings: Settings,
    tally: _Tally,
    progress: JobProgress,
) -> None:
    name = url.rsplit("/", 1)[-1]
    recipe_type = find(artifact.recipe).recipe_type
    n_results = request.get("numResults")
    n = n_results if isinstance(n_results, int) else None
    refused_before = tally.refused
    id_of = lru_cache(maxsize=MAX_CACHED_IDS)(artifact.items.id_of)
    out, errors = folder / "out", folder / "errors"
    with ExitStack() as stack:
        source = stack.enter_context(objects.open_read(url))
        written = stack.enter_context(out.open("w", encoding="utf-8"))
        refusals = stack.enter_context(errors.open("w", encoding="utf-8"))
        for block in blocks_of(source, recipe_type):
            block, allowed = filtered_block(block, lines_filter)
            records = [record for record in block if isinstance(record, Record)]
            answered = answers(artifact, records, n, id_of, allowed, settings)
            for record in block:
                if isinstance(record, Refused):
                    tally.add(name, record)
                    refusals.write(error_line(record) + "\n")
                    written.write(refusal_line(record) + "\n")
                else:
                    written.write(next(answered) + "\n")
                tally.lines += 1
                if tally.lines % UPDATE_EVERY_LINES == 0:
                    progress.update(tally.lines / tally.total, tally.note())
    objects.put_file(f"{target}/{name}.out", out)
    if tally.refused > refused_before:
        objects.put_file(f"{target}/{name}.errors", errors)


def blocks_of(file: BinaryIO, recipe_type: str) -> Iterator[list[Record | Refused]]:
    """Yield the lines of a file, at most BLOCK_LINES at a time."""
    records = read_records(file, recipe_type)
    while block := list(islice(records, BLOCK_LINES)):
        yield block


def filtered_block(
    block: list[Record | Refused], lines_filter: LineFilter | None
) -> tuple[list[Record | Refused], list[Allowed] | None]:
    """Return a block with refusals for lines of unusable filterValues, and what the filter allows the others."""
    kept: list[Record | Refused] = []
    allowed: list[Allowed] = []
    for record in block:
        try:
            if isinstance(record, Record) and lines_filter is not None:
                allowed.append(lines_filter(record))
            elif isinstance(record, Record) and record.filter_values:
                raise InvalidInput("filterValues belong to a filter, and the job has none; leave them out")
            kept.append(record)
        except InvalidInput as error:
            kept.append(Refused(record.number, record.given, error.message.rstrip(".")))
    return kept, None if lines_filter is None else allowed


def answers(
    artifact: Artifact,
    records: Sequence[Record],
    n: int | None,
    id_of: Callable[[int], str],
    allowed: Sequence[Allowed] | None = None,
    settings: Settings | None = None,
) -> Iterator[str]:
    """Yield the output line of each record; n is the length of lists, None for complete rankings.

    id_of returns an item's ID by its index; a job caches the IDs that it has looked up. allowed: what the job's filter
    allows for each record. settings: those of the job.
    """
    recipe_type = find(artifact.recipe).recipe_type
    settings = settings or Settings()
    if recipe_type == "PERSONALIZED_RANKING":
        given = [record.item_ids for record in records]
        if allowed is not None:
            given = [tuple(a.of(item_ids)) for a, item_ids in zip(allowed, given, strict=True)]
        lists = rank_for_users(artifact, [(record.user_id, ids) for record, ids in zip(records, given, strict=True)])
        for record, ranked in zip(records, lists, strict=True):
            shown = ranked[:n]
            scores = [item.score for item in shown if item.score is not None]
            yield answer_line(record, [item.item_id for item in shown], scores)
        return
    length = n or 0
    masks = None if allowed is None else lambda position: allowed[position].mask()
    recommended = (
        recommend_for_items(artifact, [record.item_id for record in records], length, masks, settings.influence)
        if recipe_type == "RELATED_ITEMS"
        else recommend_for_users(
            artifact, [record.user_id for record in records], length, settings.exploring(records), masks
        )
    )
    for record, best in zip(records, recommended, strict=True):
        item_ids = [id_of(index) for index in best.item_indices.tolist()]
        if settings.themes is not None:
            theme = settings.themes.of(item_ids)
            yield themed_line(record, theme.item_ids, theme.title, theme.relevance)
            continue
        yield answer_line(record, item_ids, None if best.scores is None else best.scores.tolist())


def _settings(tools: JobTools, batch_job: Resource, version: Resource, artifact: Artifact) -> Settings:
    """Return the settings of a job. Raises JobFailed when themes cannot be made from the data."""
    config = batch_job.body.get("batchInferenceJobConfig") or {}
    tables = FilterTables(tools.settings, tools.database)
    exploration = influence = themes = None
    if config.get("itemExplorationConfig") and find(artifact.recipe).recipe_class.explores:
        seed = int.from_bytes(sha256(batch_job.arn.encode()).digest()[:8], "big")
        exploration = parse_exploration(config["itemExplorationConfig"], seed)
    given = parse_influence(config.get("rankingInfluence"))
    if given:
        creation = tables.of(version["datasetGroupArn"], artifact.items).numbers("CREATION_TIMESTAMP")
        influence = influence_of(given, artifact.users_of_items.astype(float), creation)
    if batch_job.body.get("batchInferenceJobMode") == "THEME_GENERATION":
        themes = Themes(tables.of(version["datasetGroupArn"], artifact.items))
    return Settings(exploration, influence, themes)


def _filter(tools: JobTools, filter_arn: str | None, artifact: Artifact) -> LineFilter | None:
    """Return the filter of a job's lines. Raises JobFailed when it was deleted meanwhile."""
    if filter_arn is None:
        return None
    found = tools.resources.find("filter", filter_arn)
    if found is None:
        raise JobFailed(f"The filter {filter_arn} does not exist any more. Create the job with another one.")
    tables = FilterTables(tools.settings, tools.database)
    recipe_type = find(artifact.recipe).recipe_type

    def allowed(record: Record) -> Allowed:
        question = Question(record.user_id or None, record.item_id or None, record.filter_values)
        return tables.allowed(found, artifact.items, question, recipe_type)

    return allowed


def input_files(objects: ObjectStore, source: str) -> list[str]:
    """Return the files of a job's input path. Raises JobFailed, beginning with AWS's message."""
    try:
        files = files_at(objects, source)
    except InvalidInput as error:
        raise JobFailed(f"Invalid S3 input path. {error}") from error
    if len(files) > MAX_FILES:
        raise JobFailed(f"Invalid S3 input path. {source} holds {len(files):,} files; at most {MAX_FILES:,} are read.")
    return files


def _count_lines(objects: ObjectStore, url: str) -> int:
    """Return the number of lines of a file, blank ones included. Raises JobFailed for one beyond the limits."""
    n_lines = n_bytes = 0
    last = b"\n"
    with objects.open_read(url) as file:
        while chunk := file.read(1 << 20):
            n_lines += chunk.count(b"\n")
            n_bytes += len(chunk)
            last = chunk[-1:]
            if n_bytes > MAX_FILE_BYTES or n_lines > MAX_FILE_LINES:
                raise JobFailed(
                    f"{url} is too large: a file has at most {MAX_FILE_BYTES // 10**9} GB and {MAX_FILE_LINES:,} "
                    "lines. Split it and give the folder."
                )
    return n_lines + (last != b"\n")
