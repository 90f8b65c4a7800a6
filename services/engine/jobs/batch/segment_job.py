"""The batch segment job: JSON lines in, the people of each item or taste out.

    input     {"itemId": "105"} or {"itemAttributes": "ITEMS.genres = \"Comedy\""}, with "filterValues" for the filter
    output    {"input":{...},"output":{"usersList":["106", ...]},"error":null}

Files are named and written as those of a batch inference job (jobs/batch/batch_job.py). The key "usersList" is that of
the files in Amazon's notebooks; its guide prints "recommendedUsers". Limits: Amazon Personalize developer guide,
"Amazon Personalize endpoints and quotas": 500 items or 10 tastes a file.
"""

import json
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from services.engine.errors import EngineError, JobFailed
from services.engine.filters.data import FilterTables
from services.engine.filters.evaluation import Question as FilterQuestion
from services.engine.jobs.batch.batch_job import input_files
from services.engine.jobs.outcomes import JobResult
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.queue import Job
from services.engine.jobs.tools import JobTools
from services.engine.models.artifacts import Artifact, read_artifact
from services.engine.recipes.affinity.segments import Question
from services.engine.recipes.base import Bools
from services.engine.recipes.registry import find
from services.engine.runtime.segments import parse_attributes, people_for
from services.engine.store.resources import Resource

USER_SEGMENTATION = "USER_SEGMENTATION"
STAGES = (("read", 0.05), ("answer", 0.95))
MAX_LINE_BYTES = 1_000_000
MAX_LINES = {"itemId": 500, "itemAttributes": 10}
"""Lines of a file, by what they ask with."""


def run_segments(tools: JobTools, job: Job, stop: threading.Event) -> JobResult:
    """Answer the lines of a batch segment job. Raises JobFailed with the first refused line when all are refused."""
    segment_job = tools.resources.get("batch-segment-job", job.arn)
    version = tools.resources.get("solution-version", segment_job["solutionVersionArn"])
    artifact = read_artifact(tools.settings.models_path / version["_model_path"])
    target = segment_job["jobOutput"]["s3DataDestination"]["path"].rstrip("/")
    progress = JobProgress(tools.database, job, STAGES, stop)
    progress.stage("read")
    member = "itemAttributes" if "attribute" in artifact.recipe else "itemId"
    source = segment_job["jobInput"]["s3DataSource"]["path"]
    files = {url: _lines(tools, url, member) for url in input_files(tools.objects, source)}
    n_lines = sum(map(len, files.values()))
    if not n_lines:
        raise JobFailed(f"Invalid S3 input path. {source} holds no lines; write one object with {member} a line.")
    progress.stage("answer", f"0 of {n_lines:,} segments")
    started, n_done, refusals = time.monotonic(), 0, []
    for url, lines in files.items():
        written = []
        for number, line in enumerate(lines, start=1):
            answer, refusal = _answer(tools, artifact, segment_job, member, line)
            written.append(answer)
            if refusal is not None:
                refusals.append(f"{url}, line {number}: {refusal}")
            n_done += 1
            progress.update(n_done / n_lines, f"{n_done:,} of {n_lines:,} segments")
        _write(tools, f"{target}/{url.rsplit('/', 1)[-1]}.out", written)
    progress.log(f"{n_lines:,} lines read, {len(refusals):,} of them refused; written to {target}/.")
    if len(refusals) == n_lines:
        raise JobFailed(f"No line of {source} could be answered. {refusals[0]}")
    tools.objects.put_bytes(f"{target}/_CHECK", b"")
    progress.end()
    seconds = round(time.monotonic() - started, 3)
    return JobResult(body={"_batch": {"lines": n_lines, "refused": len(refusals), "seconds": seconds}})


def _lines(tools: JobTools, url: str, member: str) -> list[bytes]:
    """Return the lines of a file that are not blank. Raises JobFailed for too many of them."""
    lines: list[bytes] = []
    with tools.objects.open_read(url) as file:
        while line := file.readline(MAX_LINE_BYTES):
            if line.strip():
                lines.append(line.removeprefix(b"\xef\xbb\xbf").strip())
            if len(lines) > MAX_LINES[member]:
                raise JobFailed(f"{url} has more than {MAX_LINES[member]} lines with {member}. Split it.")
    return lines


def _answer(
    tools: JobTools, artifact: Artifact, segment_job: Resource, member: str, line: bytes
) -> tuple[str, str | None]:
    """Return the output line of an input line, and why it was refused, None where it was answered."""
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        shown = line[:200].decode("utf-8", "replace")
        return _line(shown, None, "the line is not JSON in UTF-8"), "it is not JSON in UTF-8"
    try:
        if not isinstance(given, dict) or not isinstance(given.get(member), str):
            raise _Refused(f'write an object with {member} as text, such as {{"{member}": "..."}}')
        allowed = _allowed(tools, artifact, segment_job.body.get("filterArn"), given)
        segment = people_for(artifact, _question(artifact, member, given[member]), segment_job["numResults"], allowed)
    except (EngineError, _Refused) as error:
        return _line(given, None, str(error)), str(error)
    return _line(given, {"usersList": artifact.users.ids(segment.user_indices)}, None), None


class _Refused(Exception):
    """A line cannot be answered; the text says why."""


def _question(artifact: Artifact, member: str, text: str) -> Question:
    if member == "itemAttributes":
        return parse_attributes(text)
    item_index = artifact.items.index_of(text)
    if item_index is None:
        raise _Refused(f"the item {text[:100]!r} was not in the data that the version was trained on")
    return item_index


def _allowed(tools: JobTools, artifact: Artifact, filter_arn: str | None, given: dict[str, Any]) -> Bools | None:
    values = given.get("filterValues") or {}
    if filter_arn is None:
        if values:
            raise _Refused("filterValues belong to a filter, and the job has none; leave them out")
        return None
    found = tools.resources.find("filter", filter_arn)
    if found is None:
        raise JobFailed(f"The filter {filter_arn} does not exist any more. Create the job with another one.")
    if not isinstance(values, dict) or not all(isinstance(text, str) for text in values.values()):
        raise _Refused('filterValues must be an object of texts, such as {"COUNTRY": "\\"Japan\\""}')
    tables = FilterTables(tools.settings, tools.database)
    question = FilterQuestion(None, None, values)
    return tables.allowed(found, artifact.users, question, find(artifact.recipe).recipe_type).mask()


def _line(given: Any, output: dict[str, Any] | None, error: str | None) -> str:
    return json.dumps({"input": given, "output": output, "error": error}, ensure_ascii=False, separators=(",", ":"))


def _write(tools: JobTools, url: str, lines: list[str]) -> None:
    tools.settings.scratch_path.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="segments-", dir=tools.settings.scratch_path) as folder:
        path = Path(folder) / "out"
        with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(f"{line}\n" for line in lines)
        tools.objects.put_file(url, path)
