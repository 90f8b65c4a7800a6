"""The data deletion job: takes users, and all that they did, out of the datasets of a group.

Input: a CSV file with the header USER_ID and one ID a line, or a folder whose .csv files are all read. Each dataset
with users gets a new snapshot without them, and their live rows are deleted, all in one transaction at the end.
"""

import csv
import io
import threading
from collections.abc import Iterable
from typing import Any

from services.engine.data.merging import without_users
from services.engine.data.schemas import MAX_ID_LENGTH, parse_schema
from services.engine.errors import InvalidInput, JobFailed
from services.engine.jobs.outcomes import JobResult
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.queue import Job
from services.engine.jobs.tools import JobTools
from services.engine.store.live import LiveRows
from services.engine.store.objects import files_at
from services.engine.store.snapshots import current_snapshot, snapshots_folder

STAGES = (("read", 0.1), ("delete", 0.9))
MAX_BYTES = 100_000_000
"""Of all files together (Amazon Personalize developer guide, "Deleting users")."""
HEADER = "USER_ID"


def run_deletion(tools: JobTools, job: Job, stop: threading.Event) -> JobResult:
    """Delete users. Raises JobFailed with a reason; then every dataset is unchanged."""
    deletion = tools.resources.get("data-deletion-job", job.arn)
    progress = JobProgress(tools.database, job, STAGES, stop)
    progress.stage("read")
    users = _users(tools, deletion["dataSource"]["dataLocation"])
    progress.stage("delete")
    rows = LiveRows(tools.database)
    datasets = [
        dataset
        for dataset in tools.resources.list("dataset", parent_arn=deletion["datasetGroupArn"])
        if "USER_ID" in parse_schema(tools.resources.get("schema", dataset["schemaArn"])["schema"]).names
    ]
    found: set[str] = set()
    changed: dict[str, Any] = {}
    replaced: list[str] = []
    for number, dataset in enumerate(datasets):
        schema = parse_schema(tools.resources.get("schema", dataset["schemaArn"])["schema"])
        before = current_snapshot(tools.settings, dataset)
        found |= rows.users_among(dataset.arn, users)
        if before is not None:
            after, present = without_users(schema, before, users, snapshots_folder(tools.settings, dataset), progress)
            found |= present
            if present:
                changed[dataset.arn] = {"_snapshot": None if after is None else after.to_json()}
                replaced.append(str(before.path))
        progress.update((number + 1) / len(datasets))
    progress.log(f"{len(users):,} users named, {len(found):,} of them found in {len(datasets)} datasets.")
    progress.end()

    def forget() -> None:
        for dataset in datasets:
            rows.forget_users(dataset.arn, users)

    return JobResult(body={"numDeleted": len(found)}, others=changed, replaced_snapshots=tuple(replaced), also=forget)


def _users(tools: JobTools, location: str) -> set[str]:
    """Return the IDs of all files. Raises JobFailed for files that hold no users, or too many bytes."""
    try:
        files = files_at(tools.objects, location)
    except InvalidInput as error:
        raise JobFailed(f"Invalid Data location. {error}") from error
    named = files if len(files) == 1 and files[0] == location else [url for url in files if url.endswith(".csv")]
    if not named:
        raise JobFailed(f"Invalid Data location. {location} holds no .csv files. Upload one with the header USER_ID.")
    users: set[str] = set()
    left = MAX_BYTES
    for url in named:
        with tools.objects.open_read(url) as file:
            content = file.read(left + 1)
        left -= len(content)
        if left < 0:
            raise JobFailed(f"The files of {location} have more than {MAX_BYTES:,} bytes. Delete in several jobs.")
        users |= _read(url, content)
    return users


def _read(url: str, content: bytes) -> set[str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise JobFailed(f"{url} is not UTF-8. Save it as UTF-8.") from error
    rows: Iterable[list[str]] = csv.reader(io.StringIO(text, newline=""))
    lines = [row for row in rows if row]
    if not lines or lines[0] != [HEADER]:
        begins = ",".join(lines[0])[:60] if lines else "nothing"
        raise JobFailed(f"{url} begins with {begins!r}; its first line must be {HEADER}, and nothing else.")
    users = set()
    for number, row in enumerate(lines[1:], start=2):
        if len(row) != 1 or not 1 <= len(row[0]) <= MAX_ID_LENGTH:
            raise JobFailed(f"Line {number} of {url} is no user ID of 1 to {MAX_ID_LENGTH} characters. Correct it.")
        users.add(row[0])
    if not users:
        raise JobFailed(f"{url} names no users. Add one ID a line.")
    return users
