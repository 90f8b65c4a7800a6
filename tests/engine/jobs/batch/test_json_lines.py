"""Lines of a batch job: what is understood, what is refused and why, what is written."""

import io
import json

import pytest

from services.engine.jobs.batch import json_lines
from services.engine.jobs.batch.json_lines import (
    EXAMPLES,
    Record,
    Refused,
    answer_line,
    error_line,
    read_record,
    read_records,
    refusal_line,
)

USERS, ITEMS, LISTS = "USER_PERSONALIZATION", "RELATED_ITEMS", "PERSONALIZED_RANKING"


@pytest.mark.parametrize("recipe_type", list(EXAMPLES))
def test_the_examples_are_understood(recipe_type):
    record = read_record(1, EXAMPLES[recipe_type].encode(), recipe_type)
    assert isinstance(record, Record)
    assert json.loads(record.given) == json.loads(EXAMPLES[recipe_type])


def test_ids_are_taken_as_they_are():
    record = read_record(7, '{"userId": "Zoë \\u00e9", "itemList": ["a b", "ü"], "note": 1}\r\n'.encode(), LISTS)
    assert record == Record(
        7, '{"userId":"Zoë é","itemList":["a b","ü"],"note":1}', user_id="Zoë é", item_ids=("a b", "ü")
    )


@pytest.mark.parametrize(
    ("recipe_type", "line", "words"),
    [
        (USERS, b"{", "not JSON in UTF-8"),
        (USERS, b"\xff", "not JSON in UTF-8"),
        (USERS, b'{"userId": "\\ud800"}', "not JSON in UTF-8"),
        (USERS, b"[" * 100_000, "nested too deeply"),
        (USERS, b'["105"]', "no JSON object"),
        (USERS, b'{"itemId": "1"}', 'userId is missing; write {"userId": "105"}'),
        (USERS, b'{"userId": 105}', "userId holds 105, which is no text"),
        (USERS, b'{"userId": ""}', "an id of 0 characters"),
        (USERS, b'{"userId": "' + b"x" * 257 + b'"}', "an id of 257 characters"),
        (USERS, b'{"userId": "1", "filterValues": {"GENRE": 5}}', "filterValues must be an object of texts"),
        (USERS, b'{"userId": "1", "context": {"DEVICE": "TV"}}', "context is not taken by batch jobs"),
        (ITEMS, b'{"userId": "1"}', "itemId is missing"),
        (LISTS, b'{"userId": "1"}', "itemList is missing"),
        (LISTS, b'{"userId": "1", "itemList": "1"}', "itemList holds no list"),
        (LISTS, b'{"userId": "1", "itemList": []}', "itemList holds 0 items; give a list of 1 to 500"),
        (LISTS, b'{"userId": "1", "itemList": [1]}', "itemList holds 1, which is no text"),
        (LISTS, json.dumps({"userId": "1", "itemList": ["1"] * 501}).encode(), "itemList holds 501 items"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_reason(recipe_type, line, words):
    refused = read_record(3, line, recipe_type)
    assert isinstance(refused, Refused)
    assert words in refused.reason
    assert json.loads(refusal_line(refused))["output"] is None
    assert json.loads(refusal_line(refused))["error"] == refused.reason
    assert json.loads(error_line(refused))["line"] == 3


def test_lines_are_numbered_as_in_the_file_and_blank_ones_are_passed_over():
    content = b'\xef\xbb\xbf{"userId":"1"}\n\n  \r\n{"userId":"2"}\nx\n{"userId":"3"}'
    found = list(read_records(io.BytesIO(content), USERS))
    assert [entry.number for entry in found] == [1, 4, 5, 6]
    assert [getattr(entry, "user_id", None) for entry in found] == ["1", "2", None, "3"]


def test_a_line_without_end_is_never_held_whole(monkeypatch):
    monkeypatch.setattr(json_lines, "MAX_LINE_BYTES", 20)

    class Watched(io.BytesIO):
        longest = 0

        def readline(self, size=-1, /):
            line = super().readline(size)
            self.longest = max(self.longest, len(line))
            return line

    file = Watched(b'{"userId":"' + b"x" * 5000 + b'"}\n{"userId":"2"}\n')
    first, second = read_records(file, USERS)
    assert "longer than 20 bytes" in first.reason
    assert second.user_id == "2"
    assert file.longest <= 21


def test_the_answer_has_awss_shape_with_seven_decimals():
    record = Record(1, '{"userId":"4638"}', user_id="4638")
    assert answer_line(record, ["63992", "ü"], [0.01522381234, 0.0069081]) == (
        '{"input":{"userId":"4638"},"output":{"recommendedItems":["63992","ü"],"scores":[0.0152238,0.0069081]},'
        '"error":null}'
    )
    assert answer_line(record, [], None) == '{"input":{"userId":"4638"},"output":{"recommendedItems":[]},"error":null}'


def test_a_long_line_that_is_no_json_is_shown_in_part():
    refused = read_record(1, b"y" * 5000, USERS)
    assert len(json.loads(refused.given)) < 210
