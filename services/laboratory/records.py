"""What a run stores as JSON and reads again: its parameters, and the facts of what it did."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self

from services.errors import DataError


@dataclass(frozen=True)
class RunParameters:
    """What a run does; every laboratory adds its own fields."""

    CALLED: ClassVar[str] = "a run"
    """What an error message calls it."""

    group: str
    """Name of the data set group whose data is used; the group itself is not changed."""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """Return the parameters of to_json. Raises DataError naming what is wrong."""
        names = [field.name for field in fields(cls)]
        unknown = sorted(set(given) - set(names))
        if unknown or "group" not in given:
            problem = f'"{unknown[0]}" is no parameter' if unknown else "The parameter group is missing"
            raise DataError(f"{problem} of {cls.CALLED}; it has {', '.join(names)}.")
        parameters = cls(**{name: _frozen(value) for name, value in given.items()})
        parameters.check()
        return parameters

    def check(self) -> None:
        """Raise DataError naming a value that is not possible."""

    def to_json(self) -> dict[str, Any]:
        """Return JSON-able values."""
        return asdict(self)


def known_fields(record: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that a dataclass has fields for; a record of another version may have more."""
    return {field.name: values[field.name] for field in fields(record) if field.name in values}


def _frozen(value: Any) -> Any:
    """Return a value with tuples for JSON's lists."""
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value
