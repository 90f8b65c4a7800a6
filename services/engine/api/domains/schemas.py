"""What the schemas of a domain dataset group need besides the rules of all schemas.

Source: Amazon Personalize developer guide, "ECOMMERCE datasets and schemas" and "VIDEO_ON_DEMAND datasets and schemas":
required fields, and reserved ones that must have their type where they are used. Own fields are free.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.engine.data.schemas import Field, Schema
from services.engine.errors import InvalidInput

DOMAINS = ("ECOMMERCE", "VIDEO_ON_DEMAND")
DOMAIN_TYPES = ("Interactions", "Items", "Users")
"""The dataset types of a domain dataset group."""


@dataclass(frozen=True)
class Rule:
    """What a field of this name must be."""

    type: str
    attribute: str = ""
    """"categorical", "textual" or none of both."""
    required: bool = False
    nullable: bool = True


_TEXT = Rule("string", "textual")
_CATEGORY = Rule("string", "categorical")
_NUMBER = Rule("float")
_EVENTS = {"EVENT_TYPE": Rule("string", required=True, nullable=False)}
_RULES: Mapping[str, Mapping[str, Mapping[str, Rule]]] = {
    "ECOMMERCE": {
        "Interactions": _EVENTS,
        "Users": {},
        "Items": {
            "PRICE": Rule("float", required=True, nullable=False),
            "CATEGORY_L1": Rule("string", "categorical", required=True, nullable=False),
            **dict.fromkeys(("CATEGORY_L2", "CATEGORY_L3", "AGE_GROUP", "ADULT", "GENDER"), _CATEGORY),
            "PRODUCT_DESCRIPTION": _TEXT,
        },
    },
    "VIDEO_ON_DEMAND": {
        "Interactions": _EVENTS,
        "Users": {"SUBSCRIPTION_MODEL": _CATEGORY},
        "Items": {
            "GENRES": Rule("string", "categorical", required=True, nullable=False),
            "CREATION_TIMESTAMP": Rule("long", required=True, nullable=False),
            **dict.fromkeys(("GENRE_L2", "GENRE_L3", "CONTENT_OWNER", "CONTENT_CLASSIFICATION"), _CATEGORY),
            **dict.fromkeys(("PRICE", "DURATION", "AVERAGE_RATING"), _NUMBER),
            "PRODUCT_DESCRIPTION": _TEXT,
        },
    },
}


def check_domain(schema: Schema, domain: str) -> None:
    """Raise InvalidInput, naming field and remedy, for a schema that datasets of this domain cannot have."""
    rules = _RULES[domain].get(schema.dataset_type)
    if rules is None:
        raise InvalidInput(
            f"A dataset group of the domain {domain} has no {schema.dataset_type}. Create it in a dataset group "
            "without a domain."
        )
    for name, rule in rules.items():
        field = schema.find(name)
        if field is not None:
            _check_field(field, rule, domain)
        elif rule.required:
            raise InvalidInput(
                f"A schema for {schema.dataset_type} of the domain {domain} needs the field {name}: {_words(rule)}."
            )


def _check_field(field: Field, rule: Rule, domain: str) -> None:
    attribute = "categorical" if field.categorical else "textual" if field.textual else ""
    if (field.type, attribute) != (rule.type, rule.attribute) or (field.nullable and not rule.nullable):
        raise InvalidInput(f"Field {field.name} has a meaning in the domain {domain} and must be {_words(rule)}.")


def _words(rule: Rule) -> str:
    kind = f'a {rule.type} with "{rule.attribute}": true' if rule.attribute else f"a {rule.type}"
    return kind if rule.nullable else f"{kind}, without null"
