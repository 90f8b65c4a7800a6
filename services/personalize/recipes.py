"""Recipes as cards: the question that each answers, its needs and its hyperparameters, explained in one line each.

Names, defaults and ranges come from DescribeAlgorithm and DescribeFeatureTransformation; this module
adds the words. A hyperparameter that AWS does not document belongs to the embedded engine and is marked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.backend import Backend
from services.personalize.datasets import GroupView, pages
from services.personalize.recipe_names import (
    HRNN,
    HRNN_COLDSTART,
    HRNN_METADATA,
    ITEM_AFFINITY,
    ITEM_ATTRIBUTE_AFFINITY,
    LEGACY,
    NEXT_BEST_ACTION,
    PERSONALIZED_RANKING,
    PERSONALIZED_RANKING_V2,
    POPULARITY_COUNT,
    RECIPE_WORDS,
    SEMANTIC_SIMILARITY,
    SIMILAR_ITEMS,
    SIMS,
    TRENDING_NOW,
    USER_PERSONALIZATION,
    USER_PERSONALIZATION_V2,
)

MIN_EVENTS = 1000
"""AWS: training needs at least 1000 interactions, and 25 users with two or more."""

ANSWERS = {
    USER_PERSONALIZATION_V2: "What will this person want next? Learns from histories, items and people, up to millions "
    "of items; one event can count more than another.",
    PERSONALIZED_RANKING_V2: "In which order does this person want to see a given list? It learns from the same.",
    SIMILAR_ITEMS: "What goes with this item? Also for a new item, by what it is.",
    SEMANTIC_SIMILARITY: "Which items are about the same? Reads titles and descriptions, whoever had them.",
    TRENDING_NOW: "What do people take more and more of right now? The same list for all; live events count at once.",
    POPULARITY_COUNT: "What does everybody like? The same list for all; the baseline for the others.",
    HRNN: "What will this person want next? Reads each history in order and reacts to live events at once.",
    HRNN_METADATA: "The same, and it also learns from the columns of items and people.",
    HRNN_COLDSTART: "Who would like the new items that nobody has seen yet?",
    ITEM_AFFINITY: "Whom is this item for? The people who will most probably want it; asked on Batch.",
    ITEM_ATTRIBUTE_AFFINITY: "Whom is a taste for, such as a category or a brand? The people; asked on Batch.",
    NEXT_BEST_ACTION: "Which offer will this person take up: a card, a newsletter, a plan?",
    SIMS: "What goes with this item?",
    PERSONALIZED_RANKING: "In which order does this person want to see a given list?",
    USER_PERSONALIZATION: "What will this person want next, and which new items are worth a try?",
}

TRIAL_SHARE = 1.6
"""Time of a search's trial relative to a training with defaults: many trials are larger; from benchmarks/search.py."""

_NEEDS_ITEMS = {HRNN_COLDSTART, ITEM_ATTRIBUTE_AFFINITY, SEMANTIC_SIMILARITY}
_NEEDS_ACTIONS = {NEXT_BEST_ACTION}
_NEEDS_METADATA = {HRNN_METADATA}

PARAMETERS = {
    "hidden_dimension": "How much the model remembers of a history. More learns finer tastes and takes longer.",
    "bptt": "How many events back a correction reaches while training.",
    "recency_mask": "Give more weight to what has been popular lately.",
    "min_user_history_length_percentile": "Leave out people with shorter histories than this share of all people.",
    "max_user_history_length_percentile": "Leave out people with longer histories than this share (robots, testers).",
    "popularity_discount_factor": "0 shows the most popular items, 1 ignores popularity.",
    "min_cointeraction_count": "How many people must have had both items before they count as related.",
    "min_item_interaction_count_percentile": "Leave out the rarest items.",
    "max_item_interaction_count_percentile": "Leave out the most frequent items.",
    "cold_start_max_interactions": "An item with at most this many interactions is new.",
    "cold_start_max_duration": "An item is new for this many days.",
    "cold_start_relative_from": "Count the days from the latest item or from now.",
    "apply_recency_bias": "Give more weight to what happened lately.",
    "trend_discovery_frequency": "How long the periods are that are compared.",
    "action_optimization_period": "Days within which a person who was shown an action takes it.",
    "item_id_hidden_dim": "In how many directions items differ by the people who had them.",
    "item_metadata_hidden_dim": "In how many directions items differ by what they are.",
    "exploration_weight": "How often less certain items are tried.",
    "exploration_item_age_cut_off": "Items up to this many days old may be tried.",
}
"""The hyperparameters that AWS documents, in one line each."""


@dataclass(frozen=True)
class Need:
    """Something that a recipe needs."""

    words: str
    met: bool
    why: str = ""
    """What is missing; "" when it is met."""


@dataclass(frozen=True)
class Parameter:
    """One hyperparameter as a form shows it; values travel as strings."""

    name: str
    kind: str
    """"integer", "float", "boolean", "choice" or "text"."""
    default: str
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    featurization: bool
    """Whether it belongs to featureTransformationParameters."""
    engine_only: bool
    words: str
    tunable: bool = False
    """Whether a search for the best settings may change it."""


@dataclass(frozen=True)
class RecipeCard:
    """One recipe as the Training screen shows it."""

    name: str
    title: str
    answers: str
    needs: tuple[Need, ...]
    parameters: tuple[Parameter, ...]
    expected_seconds: float | None
    """None on AWS, and while the size of the data is unknown."""

    @property
    def legacy(self) -> bool:
        """Whether AWS has retired the recipe."""
        return self.name in LEGACY

    @property
    def available(self) -> bool:
        """Whether it can be trained on this data set group."""
        return all(need.met for need in self.needs)

    @property
    def searchable(self) -> tuple[str, ...]:
        """The hyperparameters that a search for the best settings may change; empty where it has none."""
        return tuple(parameter.name for parameter in self.parameters if parameter.tunable)

    def seconds_with_search(self, n_trials: int) -> float | None:
        """Return the duration of a search with n trials and of the training after it; None where unknown."""
        if self.expected_seconds is None:
            return None
        return self.expected_seconds * (1 + TRIAL_SHARE * n_trials)


def recipe_cards(backend: Backend, group: GroupView, n_events: int | None = None) -> list[RecipeCard]:
    """Return a card for each recipe that the backend offers, the known ones first in the order of ANSWERS.

    n_events is the size of the data, None where unknown.
    """
    names = [recipe["name"] for recipe in pages(backend.personalize, "list_recipes", "recipes")]
    order = list(ANSWERS)
    names = sorted((name for name in names if name in ANSWERS), key=order.index)
    return [_card(backend, group, name, n_events) for name in names]


def parameters(backend: Backend, recipe: str) -> tuple[Parameter, ...]:
    """Return the hyperparameters of a recipe such as "aws-hrnn", with defaults and ranges."""
    personalize = backend.personalize
    described = personalize.describe_recipe(recipeArn=recipe_arn(recipe))["recipe"]
    algorithm = personalize.describe_algorithm(algorithmArn=described["algorithmArn"])["algorithm"]
    transformation = personalize.describe_feature_transformation(
        featureTransformationArn=described["featureTransformationArn"]
    )["featureTransformation"]
    ranges = _ranges(algorithm.get("defaultHyperParameterRanges", {}))
    documented = [
        _parameter(name, default, ranges.get(name, {}), featurization=False)
        for name, default in algorithm.get("defaultHyperParameters", {}).items()
    ]
    # aws-popularity-count shares the transformation of aws-sims, whose parameters it does not take
    if documented or described["featureTransformationArn"].endswith(f"/{recipe}"):
        documented += [
            _parameter(name, default, {}, featurization=True)
            for name, default in transformation.get("defaultParameters", {}).items()
        ]
    return (*documented, *_own(backend, recipe, {parameter.name for parameter in documented}))


def _own(backend: Backend, recipe: str, known: set[str]) -> list[Parameter]:
    """Return the embedded engine's own hyperparameters; an empty default depends on the size of the data."""
    if backend.capabilities is None:
        return []
    return [
        Parameter(
            name=own.name,
            kind="choice" if own.kind == "categorical" else own.kind,
            default="" if own.default is None else str(own.default),
            low=own.low,
            high=own.high,
            choices=own.choices,
            featurization=own.featurization,
            engine_only=True,
            words=own.description,
        )
        for own in backend.capabilities.own_hyperparameters(recipe)
        if own.name not in known
    ]


def recipe_arn(recipe: str) -> str:
    """Return the ARN of an AWS recipe by its name; recipes have neither region nor account."""
    return f"arn:aws:personalize:::recipe/{recipe}"


def _card(backend: Backend, group: GroupView, name: str, n_events: int | None) -> RecipeCard:
    expected = None
    if backend.capabilities is not None and n_events is not None:
        expected = backend.capabilities.seconds_expected(name, n_events)
    return RecipeCard(
        name=name,
        title=RECIPE_WORDS.get(name, name),
        answers=ANSWERS[name],
        needs=tuple(_needs(group, name, n_events)),
        parameters=parameters(backend, name),
        expected_seconds=expected,
    )


def _needs(group: GroupView, name: str, n_events: int | None) -> list[Need]:
    needs = [Need("interactions", group.imported, "" if group.imported else "none imported")]
    if group.imported and n_events is not None and n_events < MIN_EVENTS:
        why = f"only {n_events:,} imported; AWS needs {MIN_EVENTS:,}"
        needs = [Need(f"{MIN_EVENTS:,} interactions", False, why)]
    if name in _NEEDS_ITEMS:
        needs.append(_table(group, "an items file", ("Items",)))
    if name in _NEEDS_ACTIONS:
        needs.append(_table(group, "an actions file", ("Actions",)))
    if name in _NEEDS_METADATA:
        needs.append(_table(group, "an items or users file", ("Items", "Users")))
    return needs


def _table(group: GroupView, words: str, types: tuple[str, ...]) -> Need:
    views = [group.dataset(dataset_type) for dataset_type in types]
    met = any(view is not None and view.imported for view in views)
    return Need(words, met, "" if met else "none imported")


def _ranges(described: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the range of each hyperparameter by name, with its kind."""
    kinds = {
        "integer": "integerHyperParameterRanges",
        "float": "continuousHyperParameterRanges",
        "choice": "categoricalHyperParameterRanges",
    }
    return {entry["name"]: entry | {"kind": kind} for kind, key in kinds.items() for entry in described.get(key, [])}


def _parameter(name: str, default: str, allowed: Mapping[str, Any], *, featurization: bool) -> Parameter:
    choices = tuple(allowed.get("values", ()))
    kind = str(allowed.get("kind", _kind(name, default)))
    if {choice.lower() for choice in choices} == {"true", "false"}:
        kind = "boolean"
    low, high = allowed.get("minValue"), allowed.get("maxValue")
    if low is None and name.endswith("_percentile"):
        low, high = 0.0, 1.0  # AWS documents these ranges, but DescribeFeatureTransformation has no place for them
    return Parameter(
        name=name,
        kind=kind,
        default=default,
        low=low,
        high=high,
        choices=choices,
        featurization=featurization,
        engine_only=name not in PARAMETERS,
        words=PARAMETERS.get(name, ""),
        tunable=bool(allowed.get("isTunable", False)),
    )


def _kind(name: str, default: str) -> str:
    """Guess the kind of a value that came without a range."""
    if default.lower() in ("true", "false"):
        return "boolean"
    if name.endswith(("_percentile", "_duration", "_factor", "_weight")):
        return "float"
    return "integer" if default.lstrip("-").isdigit() else "text"
