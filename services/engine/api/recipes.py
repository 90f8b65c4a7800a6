"""Recipes, use cases of domains, algorithms and feature transformations: what this engine can train."""

from collections.abc import Iterable
from typing import Any

from services.engine.api.paging import sequence_page
from services.engine.api.states import ACTIVE
from services.engine.context import EngineContext
from services.engine.errors import ResourceNotFound
from services.engine.recipes import registry
from services.engine.recipes.base import HyperParameter
from services.engine.recipes.hyperparameters import defaults
from services.engine.recipes.registry import RecipeInfo
from services.engine.recipes.use_cases import UseCase, of_domain, use_case_of

DATES = {"creationDateTime": registry.CREATION_DATE, "lastUpdatedDateTime": registry.CREATION_DATE}


def list_recipes(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the recipes that can be trained and the use cases of domains, by name; of one domain its use cases."""
    domain = request.get("domain")
    recipes = [_use_case(use_case) for use_case in of_domain(domain)]
    if domain is None:
        recipes += [_recipe(info) for info in registry.trainable()]
    by_name = sorted(recipes, key=lambda recipe: str(recipe["name"]))
    return sequence_page(by_name, request, "ListRecipes", "recipes", domain or "")


def describe_recipe(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return one recipe, or a use case of a domain with the algorithm that answers it here."""
    use_case = use_case_of(request["recipeArn"])
    return {"recipe": _recipe(registry.find(request["recipeArn"])) if use_case is None else _use_case(use_case)}


def describe_algorithm(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return a recipe's algorithm with the defaults and ranges of its hyperparameters."""
    arn = request["algorithmArn"]
    info = next((info for info in registry.trainable() if info.algorithm_arn == arn), None)
    if info is None:
        raise ResourceNotFound(f"The given algorithm does not exist: {arn}")
    algorithm = {
        "name": info.name,
        "algorithmArn": arn,
        "defaultHyperParameters": defaults(info.hyperparameters, featurization=False),
        "defaultHyperParameterRanges": _ranges(p for p in info.hyperparameters if not p.featurization),
        "trainingInputMode": "File",
    }
    return {"algorithm": algorithm | DATES}


def describe_feature_transformation(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return a feature transformation with the defaults of its parameters; several recipes may share one."""
    arn = request["featureTransformationArn"]
    sharing = [info for info in registry.trainable() if info.feature_transformation_arn == arn]
    if not sharing:
        raise ResourceNotFound(f"The given feature transformation does not exist: {arn}")
    parameters: dict[str, str] = {}
    for info in sharing:
        parameters |= defaults(info.hyperparameters, featurization=True)
    transformation = {
        "name": sharing[0].feature_transformation,
        "featureTransformationArn": arn,
        "defaultParameters": parameters,
        "status": ACTIVE,
    }
    return {"featureTransformation": transformation | DATES}


def _recipe(info: RecipeInfo) -> dict[str, Any]:
    recipe = {
        "name": info.name,
        "recipeArn": info.arn,
        "algorithmArn": info.algorithm_arn,
        "featureTransformationArn": info.feature_transformation_arn,
        "status": ACTIVE,
        "description": info.description,
        "recipeType": info.recipe_type,
    }
    return recipe | DATES


def _use_case(use_case: UseCase) -> dict[str, Any]:
    """Return a use case as a recipe; its type and algorithm, which AWS does not print, are those of its recipe here."""
    own = {
        "name": use_case.name,
        "recipeArn": use_case.arn,
        "description": use_case.description,
        "domain": use_case.domain,
    }
    return _recipe(use_case.info) | own


def _ranges(parameters: Iterable[HyperParameter]) -> dict[str, Any]:
    """Return the ranges in AWS's three lists; a boolean is a categorical one of two values."""
    whole: list[dict[str, Any]] = []
    continuous: list[dict[str, Any]] = []
    categorical: list[dict[str, Any]] = []
    for parameter in parameters:
        entry: dict[str, Any] = {"name": parameter.name, "isTunable": parameter.tunable}
        if parameter.kind in ("integer", "float"):
            kind = int if parameter.kind == "integer" else float
            bounds = {"minValue": parameter.low, "maxValue": parameter.high}
            entry |= {name: kind(bound) for name, bound in bounds.items() if bound is not None}
            (whole if parameter.kind == "integer" else continuous).append(entry)
        else:
            entry["values"] = ["true", "false"] if parameter.kind == "boolean" else list(parameter.choices)
            categorical.append(entry)
    return {
        "integerHyperParameterRanges": whole,
        "continuousHyperParameterRanges": continuous,
        "categoricalHyperParameterRanges": categorical,
    }
