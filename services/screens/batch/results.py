"""The output of a batch job: every list as integer codes, and the position of each line in its file.

A quarter of a million lists fit into memory: ids become codes, and the text of a line is read again when it is shown.
Columns are declared below; empty frames have them too.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.backend import Backend
from services.errors import service_errors
from services.personalize.batch_jobs import BatchJob
from services.personalize.calls import ApiCall, timed

REFUSED_COLUMNS = ("file", "line", "input", "reason")
LINE_COLUMNS = ("line", "input", "output")
MAX_REFUSED = 1000
"""How many refused lines are kept to be shown; the download has all."""


@dataclass(frozen=True)
class Lists:
    """All lists of a job."""

    urls: tuple[str, ...]
    """Locations of the output files, in order."""
    keys: tuple[str, ...]
    """One per list: the user id, or the item id for related items."""
    items: tuple[str, ...]
    """Item ids by code."""
    codes: NDArray[np.int32]
    """(n_lists, longest): codes of the items, best first, -1 beyond the end of a list."""
    places: NDArray[np.int64]
    """(n_lists, 3): number of the file, the line's first byte in it, the line's number from 1."""
    ranked_lists: tuple[tuple[str, ...], ...]
    """The different lists to be ranked; () unless the recipe ranks."""
    ranked_list_of: NDArray[np.int32]
    """(n_lists,): index of each line's list in ranked_lists; -1 for none."""
    refused: pd.DataFrame
    """file, line, input, reason of the first refused lines."""
    n_refused: int

    @property
    def n_lists(self) -> int:
        """How many lists there are."""
        return len(self.keys)

    @cached_property
    def n_keys(self) -> int:
        """How many different users, or items, they are for."""
        return len(set(self.keys))

    @property
    def n_different(self) -> int:
        """How many different items they hold."""
        return len(self.items)

    @property
    def n_first(self) -> int:
        """How many different items are first in a list."""
        return len(np.unique(self.codes[:, 0])) if self.codes.size else 0

    def list_of(self, row: int) -> list[str]:
        """Return the item ids of one list, best first."""
        return [self.items[code] for code in self.codes[row].tolist() if code >= 0]

    def rows_of(self, keys: Sequence[str]) -> list[int]:
        """Return the rows of these users, or items, in the order of the file."""
        requested = set(keys)
        return [row for row, key in enumerate(self.keys) if key in requested]


def output_urls(backend: Backend, job: BatchJob, suffix: str = ".out") -> list[str]:
    """Return the locations of a job's output files; with suffix ".errors", of its errors files."""
    return [url for url in backend.objects.list(job.output_url) if url.endswith(suffix)]


def read_lists(backend: Backend, job: BatchJob) -> Lists:
    """Read all lists of a job; empty when it wrote none. Takes about a second for 50,000 lists."""
    urls = output_urls(backend, job)
    reader = _Reader()
    for number, url in enumerate(urls):
        with backend.objects.open_read(url) as file:
            reader.read(number, url, file, _refused_numbers(backend, url))
    return reader.lists(urls)


def read_lines(backend: Backend, lists: Lists, rows: Sequence[int]) -> pd.DataFrame:
    """Return line, input and output of these lists exactly as in the files."""
    lines = []
    for number in sorted({int(lists.places[row, 0]) for row in rows}):
        with backend.objects.open_read(lists.urls[number]) as file:
            for row in rows:
                place = lists.places[row].tolist()
                if place[0] == number:
                    file.seek(place[1])
                    lines.append((row, place[2], file.readline().decode("utf-8").rstrip("\n")))
    order = {row: position for position, row in enumerate(rows)}
    lines.sort(key=lambda entry: order[entry[0]])
    cells = [(line, _input_of(text), text) for _, line, text in lines]
    return pd.DataFrame(cells, columns=list(LINE_COLUMNS))


def file_bytes(backend: Backend, urls: Sequence[str]) -> bytes:
    """Return the content of these files, one after the other."""
    content = []
    for url in urls:
        with backend.objects.open_read(url) as file:
            content.append(file.read())
    return b"".join(content)


def calls_of(backend: Backend, job: BatchJob) -> list[ApiCall]:
    """Return the call that created a job, rebuilt from its description, and the call that describes it, made now."""
    more: dict[str, Any] = {} if job.n_results is None else {"numResults": job.n_results}
    more |= {"filterArn": job.filter_arn} if job.filter_arn else {}
    with service_errors():
        described = timed(backend.personalize, "describe_batch_inference_job", batchInferenceJobArn=job.arn)
    request = {
        "jobName": job.name,
        "solutionVersionArn": job.version_arn,
        "jobInput": {"s3DataSource": {"path": job.input_url}},
        "jobOutput": {"s3DataDestination": {"path": job.output_url}},
        "roleArn": backend.role_arn,
        **more,
    }
    created = ApiCall(
        service="personalize",
        operation="CreateBatchInferenceJob",
        method="create_batch_inference_job",
        request=request,
        response={"batchInferenceJobArn": job.arn},
        milliseconds=0.0,
    )
    return [created, described]


def error_bytes(backend: Backend, job: BatchJob) -> bytes:
    """Return every refused line: the errors files where there are any, else the lines with errors of the output."""
    urls = output_urls(backend, job, ".errors")
    if urls:
        return file_bytes(backend, urls)
    return b"".join(
        line for url in output_urls(backend, job) for line in _raw_lines(backend, url) if json.loads(line).get("error")
    )


class _Reader:
    """Collects the lines of several files."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._code: dict[str, int] = {}
        self._rows: list[NDArray[np.int32]] = []
        self._places: list[tuple[int, int, int]] = []
        self._ranked_lists: dict[tuple[str, ...], int] = {}
        self._ranked_list_of: list[int] = []
        self._refused: list[tuple[str, int, str, str]] = []
        self._n_refused = 0

    def read(self, number: int, url: str, file: BinaryIO, refused_numbers: Iterator[int]) -> None:
        start = 0
        for line_number, line in enumerate(file, 1):
            record = json.loads(line)
            if record.get("error") or record.get("output") is None:
                self._refuse(url, next(refused_numbers, line_number), record)
            else:
                self._add((number, start, line_number), record)
            start += len(line)

    def lists(self, urls: Sequence[str]) -> Lists:
        longest = max((len(row) for row in self._rows), default=0)
        codes = np.full((len(self._rows), longest), -1, np.int32)
        for place, row in enumerate(self._rows):
            codes[place, : len(row)] = row
        return Lists(
            urls=tuple(urls),
            keys=tuple(self._keys),
            items=tuple(self._code),
            codes=codes,
            places=np.array(self._places, np.int64).reshape(-1, 3),
            ranked_lists=tuple(self._ranked_lists),
            ranked_list_of=np.array(self._ranked_list_of, np.int32),
            refused=pd.DataFrame(self._refused, columns=list(REFUSED_COLUMNS)),
            n_refused=self._n_refused,
        )

    def _add(self, place: tuple[int, int, int], record: dict[str, Any]) -> None:
        asked, code = record["input"], self._code
        self._keys.append(asked["userId"] if "userId" in asked else asked["itemId"])
        listed = record["output"]["recommendedItems"]
        self._rows.append(np.array([code.setdefault(item, len(code)) for item in listed], np.int32))
        self._places.append(place)
        item_list = tuple(asked.get("itemList", ()))
        self._ranked_list_of.append(
            self._ranked_lists.setdefault(item_list, len(self._ranked_lists)) if item_list else -1
        )

    def _refuse(self, url: str, line: int, record: dict[str, Any]) -> None:
        self._n_refused += 1
        if len(self._refused) < MAX_REFUSED:
            given = record.get("input")
            text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
            reason = str(record.get("error") or "no output")
            self._refused.append((url.rsplit("/", 1)[-1].removesuffix(".out"), line, text, reason))


def _refused_numbers(backend: Backend, out_url: str) -> Iterator[int]:
    """Yield the input line numbers of a file's refused lines, from its errors file; nothing without one."""
    url = f"{out_url.removesuffix('.out')}.errors"
    if not backend.objects.exists(url):
        return iter(())
    return iter([int(json.loads(line)["line"]) for line in _raw_lines(backend, url)])


def _raw_lines(backend: Backend, url: str) -> Iterator[bytes]:
    with backend.objects.open_read(url) as file:
        yield from file


def _input_of(line: str) -> str:
    """Return the input at the beginning of an output line, unchanged."""
    start = line.index(":") + 1
    start += len(line[start:]) - len(line[start:].lstrip())
    return line[start : json.JSONDecoder().raw_decode(line, start)[1]]
