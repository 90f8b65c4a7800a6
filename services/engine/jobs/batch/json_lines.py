"""The lines of a batch job: parsing of input lines, and formatting of output lines.

Input, by recipe type (Amazon Personalize developer guide, "Preparing input data for batch recommendations"): {"userId":
"4638"}, {"itemId": "105"} or {"userId": "891", "itemList": ["27", "886"]}, with
"filterValues" for the filter of the job. Output, as printed in Amazon's guide and
notebooks: {"input":{...},"output":{"recommendedItems":[...],"scores":[...]},"error":null}, with seven decimals and
without "scores" for recipes that have none. AWS does not document failed lines; here they are
{"input":...,"output":null,"error":"why"}, and "input" is the line's text if it is not a JSON object.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from services.engine.data.schemas import MAX_ID_LENGTH

MAX_LINE_BYTES = 1_000_000
"""More than the length of 500 IDs of 256 characters."""
MAX_LIST_LENGTH = 500
MAX_ECHO_BYTES = 200
"""Bytes of an invalid line that its output line repeats."""
DECIMALS = 7
EXAMPLES = {
    "USER_PERSONALIZATION": '{"userId": "105"}',
    "RELATED_ITEMS": '{"itemId": "105"}',
    "PERSONALIZED_RANKING": '{"userId": "105", "itemList": ["27", "886"]}',
}
"""An example line by recipe type."""
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
NO_CONTEXT = "context is not taken by batch jobs; leave it out"


@dataclass(frozen=True)
class Record:
    """A valid line."""

    number: int
    """Line number in the file, from 1."""
    given: str
    """The line's object as compact JSON."""
    user_id: str = ""
    item_id: str = ""
    item_ids: tuple[str, ...] = ()
    filter_values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """A line that cannot be answered."""

    number: int
    given: str
    """The line's object as compact JSON, or its text as a JSON string."""
    reason: str


def read_records(file: BinaryIO, recipe_type: str) -> Iterator[Record | Refused]:
    """Yield the lines of a file in order, without blank ones; memory holds at most MAX_LINE_BYTES."""
    number = 0
    while line := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            _skip_line(file)
            yield _refused(number, line, f"the line is longer than {MAX_LINE_BYTES:,} bytes")
            continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield read_record(number, line, recipe_type)


def read_record(number: int, line: bytes, recipe_type: str) -> Record | Refused:
    """Parse a line; return Refused with a reason when it cannot be answered."""
    try:
        value = json.loads(line)
        given = _compact(value)
        given.encode()  # a lone surrogate cannot be encoded
    except RecursionError:
        return _refused(number, line, "the line is nested too deeply")
    except ValueError:
        return _refused(number, line, f"the line is not JSON in UTF-8; write {EXAMPLES[recipe_type]}")
    if not isinstance(value, dict):
        return _refused(number, line, f"the line is no JSON object; write {EXAMPLES[recipe_type]}")
    try:
        if value.get("context"):
            raise _CannotAnswer(NO_CONTEXT)
        values = _filter_values(value)
        if recipe_type == "RELATED_ITEMS":
            item_id, user_id = _id(value, "itemId", recipe_type), _optional_id(value, "userId")
            return Record(number, given, user_id, item_id, filter_values=values)
        user_id = _id(value, "userId", recipe_type)
        if recipe_type == "USER_PERSONALIZATION":
            return Record(number, given, user_id, filter_values=values)
        return Record(number, given, user_id, item_ids=_ids(value, recipe_type), filter_values=values)
    except _CannotAnswer as error:
        return Refused(number, given, str(error))


def answer_line(record: Record, item_ids: Sequence[str], scores: Sequence[float] | None) -> str:
    """Return the output line without its line feed. Items beyond the scores have none."""
    output: dict[str, Any] = {"recommendedItems": item_ids}
    if scores is not None:
        output["scores"] = [round(score, DECIMALS) for score in scores]
    return f'{{"input":{record.given},"output":{_compact(output)},"error":null}}'


def themed_line(record: Record, item_ids: Sequence[str], theme: str, relevance: Sequence[float]) -> str:
    """Return the output line of a themed list; scores of relevance have AWS's key."""
    output = {
        "recommendedItems": item_ids,
        "theme": theme,
        "itemsThemeRelevanceScores": [round(score, DECIMALS) for score in relevance],
    }
    return f'{{"input":{record.given},"output":{_compact(output)},"error":null}}'


def refusal_line(refused: Refused) -> str:
    """Return the output line of a line that cannot be answered."""
    return f'{{"input":{refused.given},"output":null,"error":{_compact(refused.reason)}}}'


def error_line(refused: Refused) -> str:
    """Return the line of the errors file, with the line number."""
    return f'{{"line":{refused.number},"input":{refused.given},"error":{_compact(refused.reason)}}}'


class _CannotAnswer(Exception):
    """The line cannot be answered; the text says why."""


def _filter_values(value: Mapping[str, Any]) -> dict[str, str]:
    values = value.get("filterValues") or {}
    if not isinstance(values, dict) or not all(isinstance(text, str) for text in values.values()):
        raise _CannotAnswer('filterValues must be an object of texts, such as {"GENRES": "\\"horror\\""}')
    return values


def _optional_id(value: Mapping[str, Any], member: str) -> str:
    return _checked(value[member], member) if value.get(member) is not None else ""


def _id(value: Mapping[str, Any], member: str, recipe_type: str) -> str:
    content = value.get(member)
    if content is None:
        raise _CannotAnswer(f"{member} is missing; write {EXAMPLES[recipe_type]}")
    return _checked(content, member)


def _ids(value: Mapping[str, Any], recipe_type: str) -> tuple[str, ...]:
    item_list = value.get("itemList")
    if item_list is None:
        raise _CannotAnswer(f"itemList is missing; write {EXAMPLES[recipe_type]}")
    if not isinstance(item_list, list) or not 1 <= len(item_list) <= MAX_LIST_LENGTH:
        held = f"{len(item_list)} items" if isinstance(item_list, list) else "no list"
        raise _CannotAnswer(f"itemList holds {held}; give a list of 1 to {MAX_LIST_LENGTH} item ids")
    return tuple(_checked(item_id, "itemList") for item_id in item_list)


def _checked(value: object, member: str) -> str:
    if not isinstance(value, str):
        raise _CannotAnswer(f'{member} holds {json.dumps(value)[:60]}, which is no text; write ids in quotes: "105"')
    if not 1 <= len(value) <= MAX_ID_LENGTH:
        raise _CannotAnswer(f"{member} holds an id of {len(value)} characters; ids have 1 to {MAX_ID_LENGTH}")
    return value


def _refused(number: int, line: bytes, reason: str) -> Refused:
    text = line[:MAX_ECHO_BYTES].decode("utf-8", "replace").strip()
    if len(line) > MAX_ECHO_BYTES:
        text += "…"
    return Refused(number, _compact(text), reason)


def _skip_line(file: BinaryIO) -> None:
    while rest := file.readline(MAX_LINE_BYTES):
        if rest.endswith(b"\n"):
            return
