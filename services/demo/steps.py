"""The steps of "Load the film demo": make data, check, import, popularity, HRNN, deploy; then, in the background, the
models and runs of the other screens.

Each step tells from the resources whether it is done, so the list can be run again after any interruption and does
only what is missing. A screen that needs something prepared adds a background step at the end of STEPS.
"""

from collections.abc import Mapping
from typing import Any

from services.backend import Backend, JobView, engine_errors
from services.changes import changing_home
from services.checks.finding import STOP
from services.checks.report import check
from services.demo.context import DemoContext, DemoStep, Progress
from services.errors import DemoError
from services.laboratory import follow
from services.laboratory.runs import COLD_START, EVALUATION
from services.laboratory.stages import one_bar
from services.language.phrases import in_seconds, percent
from services.library.store import Library
from services.personalize import training, versions
from services.personalize.datasets import find_group, group_arn
from services.personalize.imports import Source, import_data
from services.personalize.legacy.stand_ins import current
from services.personalize.recipe_names import (
    HRNN,
    HRNN_COLDSTART,
    HRNN_METADATA,
    PERSONALIZED_RANKING,
    POPULARITY_COUNT,
    SIMS,
)
from services.personalize.states import Status
from services.personalize.waiting import ENDED_OTHERWISE, poll_seconds, stop_job, wait_until
from services.sources import load

GROUP = load.DEMO_NAME
POPULARITY_SOLUTION = f"{GROUP}-popularity"
"""Name of the solution and of the campaign."""
HRNN_SOLUTION = f"{GROUP}-hrnn"
ENDED = (Status.ACTIVE, *ENDED_OTHERWISE)
FIRST_PERSONA = 0
"""Nora: the persona of the first screen."""


def _made(context: DemoContext) -> bool:
    return Library(context.backend.home).open(GROUP) is not None


def _make(context: DemoContext, progress: Progress) -> str:
    progress(None, "simulating viewers")
    with context.turn(progress):
        context.files()
    return f"{_sizes(context)}, simulated"


def _checked(context: DemoContext) -> bool:
    version = Library(context.backend.home).version(GROUP)
    return version is not None and context.memory.checked == version


def _check(context: DemoContext, progress: Progress) -> str:
    n_events = len(context.data.interactions)
    progress(None, f"{n_events:,} events")
    problems = check(context.data)
    stops = problems[problems["severity"] == STOP]
    if len(stops):
        raise DemoError(f"The demo's data has a problem: {stops['message'].iloc[0]}")
    context.memory.checked = Library(context.backend.home).version(GROUP) or ""
    return f"{n_events:,} events checked, 0 problems"


def _imported(context: DemoContext) -> bool:
    group = find_group(context.backend, GROUP)
    return group is not None and len(group.datasets) == 3 and all(dataset.imported for dataset in group.datasets)


def _import(context: DemoContext, progress: Progress) -> str:
    with context.turn(progress):
        sources = [Source(file.dataset_type, file.csv, file.schema, file.n_rows) for file in context.files()]
        import_data(context.backend, GROUP, sources, report=one_bar(progress, context.check_cancelled))
    context.forget_data()
    return _sizes(context)


def _sizes(context: DemoContext) -> str:
    data = Library(context.backend.home).open(GROUP)
    return "" if data is None else f"{data.n_events:,} events, {data.n_items:,} films, {data.n_users:,} viewers"


def _popularity_deployed(context: DemoContext) -> bool:
    return _deployed(context, POPULARITY_SOLUTION)


def _popularity(context: DemoContext, progress: Progress) -> str:
    version = _train(context, progress, POPULARITY_SOLUTION, POPULARITY_COUNT)
    training.deploy(context.backend, version.arn, POPULARITY_SOLUTION)
    return "trained and deployed"


def _hrnn_trained(context: DemoContext) -> bool:
    newest = newest_version(context.backend, HRNN_SOLUTION)
    return newest is not None and newest.ready


def _hrnn(context: DemoContext, progress: Progress) -> str:
    version = _train(context, progress, HRNN_SOLUTION, HRNN)
    model, popularity = version.estimate("hit_rate_at_25"), version.estimate("hit_rate_at_25", "popularity")
    if model is None or popularity is None:
        return f"trained. {current(context.backend, HRNN).differs}".strip(" .")
    return f"right for {percent(model.value)} of test viewers; bestsellers: {percent(popularity.value)}"


def _hrnn_deployed(context: DemoContext) -> bool:
    return _deployed(context, HRNN_SOLUTION)


def _deploy(context: DemoContext, progress: Progress) -> str:
    version = newest_version(context.backend, HRNN_SOLUTION)
    if version is None or not version.ready:
        raise DemoError(
            "The personal recommendations are no longer there to deploy; they may have been deleted. Try again."
        )
    progress(None, "")
    training.deploy(context.backend, version.arn, HRNN_SOLUTION, current(context.backend, HRNN).campaign_config)
    return "ready to recommend"


def _recipe(key: str, label: str, recipe: str, hyperparameters: Mapping[str, str] | None = None) -> DemoStep:
    """Return the background step that trains a recipe and deploys it, under the usual names."""
    name = training.default_name(GROUP, recipe)

    def run(context: DemoContext, progress: Progress) -> str:
        version = _train(context, progress, name, recipe, hyperparameters)
        chosen = current(context.backend, recipe)
        training.deploy(context.backend, version.arn, name, chosen.campaign_config)
        return f"trained and deployed. {chosen.differs}".strip(" .")

    return DemoStep(
        key, label, lambda context: _deployed(context, name), run, background=True, recipes=(recipe,), resource=name
    )


def _laboratory(
    key: str, label: str, laboratory: str, name: str, parameters: Mapping[str, Any], recipes: tuple[str, ...]
) -> DemoStep:
    """Return the background step that prepares a laboratory's run of this name; the recipes take most of its time."""

    def done(context: DemoContext) -> bool:
        return follow.finished(context.backend, laboratory, GROUP) is not None

    def run(context: DemoContext, progress: Progress) -> str:
        asked = {"group": GROUP, **parameters}
        view = follow.follow(context.backend, laboratory, name, asked, progress, context.check_cancelled)
        return f"measured in {in_seconds(sum(step.seconds or 0.0 for step in view.steps))}"

    return DemoStep(key, label, done, run, background=True, recipes=recipes)


def _map_drawn(context: DemoContext) -> bool:
    newest = newest_version(context.backend, HRNN_SOLUTION)
    capabilities = context.backend.capabilities
    if newest is None or capabilities is None:
        return capabilities is None  # AWS keeps its models' vectors to itself
    drawing = capabilities.maps.job(newest.arn)
    return drawing is not None and drawing.status == Status.ACTIVE


def _map(context: DemoContext, progress: Progress) -> str:
    newest = newest_version(context.backend, HRNN_SOLUTION)
    capabilities = context.backend.capabilities
    if newest is None or not newest.ready or capabilities is None:
        raise DemoError("There is no model to draw a map of; it may have been deleted. Try again.")
    changing_home(context.backend.home, "DrawMap", newest.arn)
    with engine_errors():
        arn = capabilities.maps.draw(newest.arn)

    def on_poll(job: JobView | None) -> None:
        try:
            context.check_cancelled()
        except Exception:
            stop_job(context.backend, arn)
            raise
        if job is not None:
            progress(job.fraction, "placing the films")

    ended = wait_until(
        lambda: capabilities.maps.job(newest.arn),
        lambda job: job is None or job.status in ENDED,
        interval_s=poll_seconds(context.backend),
        on_poll=on_poll,
    )
    if ended is None or ended.status != Status.ACTIVE:
        reason = None if ended is None else ended.failure_reason
        raise DemoError(f"The map was not drawn: {reason or 'its drawing was stopped or deleted'}. Try again.")
    return "drawn"


COLD_START_PARAMETERS = {"exploration": True}
"""One draw of new films, and the weights of exploration."""
SIMS_SETTINGS = {"max_item_interaction_count_percentile": "1"}
"""AWS's default of 0.9 lists no film of the most watched tenth beside any other: no Aladdin beside The Lion King."""
PAIR = (HRNN, HRNN_METADATA)
"""Evaluated together, so that Evaluation's Metadata has both sides."""
STEPS = (
    DemoStep("make", "Make films and simulated viewers", _made, _make),
    DemoStep("check", "Check them as Amazon Personalize would", _checked, _check),
    DemoStep("import", "Import", _imported, _import),
    DemoStep("popularity", "Train and deploy the bestsellers, for comparison", _popularity_deployed, _popularity),
    DemoStep("hrnn", "Train personal recommendations", _hrnn_trained, _hrnn),
    DemoStep("deploy", "Deploy them", _hrnn_deployed, _deploy),
    _recipe("similar", "Similar", SIMS, SIMS_SETTINGS),
    DemoStep("map", "Map", _map_drawn, _map, background=True),
    _recipe("ranking", "Ranking", PERSONALIZED_RANKING),
    _recipe("metadata", "Recommendations with metadata", HRNN_METADATA),
    _laboratory(
        "cold_start", "Cold start", COLD_START, "Prepared with the demo", COLD_START_PARAMETERS, (HRNN_COLDSTART,)
    ),
    _laboratory("evaluation", "Evaluation", EVALUATION, "Prepared with the demo", {"recipes": PAIR}, PAIR),
)
"""The first six come before Nora's list; the labels of the others follow "Also preparing".

aws-sims stays: aws-similar-items finds a little more here, but its neighbours share genres beside 46 of the fifty most
watched films instead of 48 (benchmarks/results/current.md). Trending now does not beat the bestsellers, and
aws-user-personalization-v2 finds what aws-hrnn-metadata finds.
"""


def newest_version(backend: Backend, solution_name: str) -> versions.VersionView | None:
    """Return the newest version of the demo's solution of this name."""
    arn = group_arn(backend, GROUP)
    return None if arn is None else versions.newest_version(backend, arn, solution_name)


def _deployed(context: DemoContext, campaign_name: str) -> bool:
    arn = group_arn(context.backend, GROUP)
    return arn is not None and versions.answers(context.backend, arn, campaign_name)


def _train(
    context: DemoContext,
    progress: Progress,
    name: str,
    recipe: str,
    hyperparameters: Mapping[str, str] | None = None,
) -> versions.VersionView:
    """Follow the running training, or a new one, to its end. Films are watched once, so only "watch" counts."""
    backend = context.backend
    arn = group_arn(backend, GROUP)
    if arn is None:
        raise DemoError("The demo's data set group is no longer there; it may have been deleted. Try again.")
    view = newest_version(backend, name)
    if view is None or not (view.ready or view.running):
        chosen = current(backend, recipe)
        settings = chosen.settings(hyperparameters or {}) or None
        started = training.train(backend, arn, name, chosen.recipe, event_type="watch", hyperparameters=settings)
        view = versions.version(backend, started)
    if view is not None and view.running:
        view = training.follow(backend, view.arn, progress, context.check_cancelled)
    if view is None:
        raise DemoError("The training was deleted while it ran. Try again.")
    if view.failed:
        raise DemoError(view.failure_reason or "The training failed without a reason.")
    if not view.ready:
        raise DemoError("The training was stopped. Data and finished recipes are kept.")
    return view
