"""Requests drawn from botocore's input shapes: valid, at a boundary, and invalid.

A member whose name says what it holds (an ARN, a name, a token) mostly gets a value that exists; all others get a value
of their shape.
"""

import json
import random
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

HOSTILE_TEXTS = (
    *("", " ", "a\x00b", "\ud800", "'; DROP TABLE resources; --", "../../etc/passwd", "%s%n", "{}", "null", "é" * 40),
    *(
        "\u202egnp.exe",
        "NaN",
        "-1",
        "1e999",
        "0" * 400,
        "s3://local/../../x",
        "arn:aws:personalize:::recipe/",
        "\r\nX: y",
    ),
)
HOSTILE_VALUES = (None, True, 0, -1, 1.5, 2**31, 2**63, 10**400, "x", "", [], {}, [[]], {"a": {}}, [None], "\udfff")
_NESTED = 60


class Shapes:
    """Draws values of shapes."""

    def __init__(self, draw: random.Random, known: Mapping[str, Sequence[str]]) -> None:
        self._draw = draw
        self._known = known
        """Values that exist, by member name in lower case."""

    def request(self, shape: Any) -> Any:
        """Return a request: half of them valid, the others broken in one or more places."""
        if shape is None:
            return {}
        request = self._value(shape, "", 0)
        roll = self._draw.random()
        if roll < 0.5:
            return request
        if roll < 0.6:
            return deepcopy(self._draw.choice(HOSTILE_VALUES))
        return self._broken(request)

    def _broken(self, request: Any) -> Any:
        for _ in range(self._draw.randint(1, 3)):
            places = list(_places(request))
            if not places:
                break
            holder, key = self._draw.choice(places)
            match self._draw.randrange(5):
                case 0 if isinstance(holder, dict):
                    del holder[key]
                case 1:
                    holder[key] = self._draw.choice(HOSTILE_TEXTS)
                case 2:
                    holder[key] = "x" * self._draw.choice((255, 256, 1000, 20_001))
                case 3:
                    holder[key] = _nested(self._draw.randint(1, _NESTED))
                case _:
                    holder[key] = deepcopy(self._draw.choice(HOSTILE_VALUES))
        return request

    def _value(self, shape: Any, name: str, depth: int) -> Any:
        draw = self._draw
        known = self._known.get(name.lower())
        if known and draw.random() < 0.85:
            return draw.choice(known)
        kind = shape.type_name
        if kind == "structure":
            present = [m for m in shape.members if m in shape.required_members or draw.random() < 0.5 / (1 + depth)]
            return {member: self._value(shape.members[member], member, depth + 1) for member in present}
        if kind == "list":
            size = self._size(shape.metadata, 3)
            return [self._value(shape.member, name.rstrip("s"), depth + 1) for _ in range(size)]
        if kind == "map":
            size = self._size(shape.metadata, 3)
            return {self._text(shape.key): self._value(shape.value, "", depth + 1) for _ in range(size)}
        if kind == "string":
            return self._text(shape)
        if kind == "boolean":
            return draw.random() < 0.5
        if kind in ("integer", "long"):
            return self._number(shape.metadata, 2**31 - 1 if kind == "integer" else 2**63 - 1)
        if kind == "timestamp":
            return draw.choice((0, 1, 1_700_000_000, 2**31, 253_402_300_799, -1, 1e15))
        return draw.choice((0.0, 1.0, 0.5, -1.0, 1e300, 1e-300, float(self._number(shape.metadata, 1000))))

    def _size(self, rules: Mapping[str, Any], usual: int) -> int:
        low = rules.get("min", 0)
        high = min(rules.get("max", 1000), 1000)
        edges = [size for size in (low, high) if size <= 200]
        return self._draw.choice([*edges, *[self._draw.randint(low, max(low, min(high, usual)))] * 8])

    def _number(self, rules: Mapping[str, Any], largest: int) -> int:
        low, high = rules.get("min", -1), rules.get("max", largest)
        return self._draw.choice((low, high, low + 1, min(high, 25), self._draw.randint(low, min(high, 1000))))

    def _text(self, shape: Any) -> str:
        rules = shape.metadata
        if rules.get("enum"):
            return str(self._draw.choice(rules["enum"]))
        pattern = rules.get("pattern", "")
        if pattern.startswith("arn"):
            return f"arn:aws:personalize:us-east-1:000000000000:{self._draw.choice(('solution', 'x'))}/nothing"
        if "s3" in pattern:
            return f"s3://local/{self._draw.choice(('in/', 'in/none.csv', 'out/', 'a b/c.csv'))}"
        low, high = rules.get("min", 0), rules.get("max", 256)
        length = self._draw.choice((low, high, min(high, low + 8), self._draw.randint(low, min(high, low + 40))))
        plain = "abcXYZ019" if pattern else "abc XYZ-é.\u4e2d"
        return "".join(self._draw.choice(plain) for _ in range(min(length, 25_000)))


def known_values(resources: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return values by member name, given the ARNs of each kind of resource."""
    known: dict[str, list[str]] = {"resourcearn": [arn for arns in resources.values() for arn in arns]}
    for kind, arns in resources.items():
        known["trackingid" if kind == "tracking-id" else f"{kind.replace('-', '')}arn"] = list(arns)
    known |= {
        "userid": ["u0", "u1", "nobody"],
        "sessionid": ["session-1"],
        "itemid": ["i0", "i1", "nothing"],
        "inputlist": ["i0", "i1", "i2", "nothing"],
        "rolearn": ["arn:aws:iam::000000000000:role/torture"],
        "recipearn": [
            f"arn:aws:personalize:::recipe/aws-{name}" for name in ("hrnn", "sims", "popularity-count", "no")
        ],
        "schema": [
            json.dumps(
                {
                    "type": "record",
                    "name": name,
                    "namespace": "com.amazonaws.personalize.schema",
                    "fields": [{"name": f"{name[:-1].upper()}_ID", "type": "string"}, {"name": "A", "type": "int"}],
                    "version": "1.0",
                }
            )
            for name in ("Users", "Items")
        ],
        "properties": ["{}", '{"eventValue": 3}', '{"a": [1]}', "[]", "{"],
        "datasettype": ["Interactions", "Items", "Users", "interactions", "Actions"],
        "path": ["s3://local/in/a.csv", "s3://local/out/", "s3://local/../x", "s3://"],
        "datalocation": ["s3://local/in/a.csv", "s3://local/in/", "s3://local/[a].csv"],
        "itemmetadata": ["{}"],
    }
    return known


def hostile_body(draw: random.Random, body: bytes) -> bytes:
    """Return a body that is no JSON, or JSON that no client writes."""
    place = draw.randrange(len(body) + 1)
    return draw.choice(
        (
            b"",
            b"[]",
            b"\xff\xfe",
            b'"x"',
            b"[" * draw.choice((10, 1000, 100_000)),
            b'{"a":' * 1000,
            body[:place],
            body[:place] + bytes([draw.randrange(256)]) + body[place:],
            b'{"name": NaN}',
            b'{"name": 1' + b"0" * 5000 + b"}",
            re.sub(rb'"', b"'", body),
        )
    )


def _places(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        keys: Any = list(value)
    elif isinstance(value, list):
        keys = range(len(value))
    else:
        return []
    return [place for key in keys for place in [(value, key), *_places(value[key])]]


def _nested(depth: int) -> Any:
    value: Any = "x"
    for number in range(depth):
        value = [value] if number % 2 else {"a": value}
    return value
