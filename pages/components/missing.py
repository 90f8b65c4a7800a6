"""Screens without a campaign to ask: no data, data loaded elsewhere, or no trained recipe.

The missing recipe can be trained and deployed from the screen itself; the training continues when the page is left, and
the version is deployed on return.
"""

import streamlit as st

from pages.components import changing, navigation, panels, process
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.attach.plan import plan
from services.attach.reading import attach
from services.changes import may_change
from services.errors import PlainError
from services.language.phrases import capital, in_seconds
from services.library.store import LoadedData
from services.money.sentences import before_deploying, before_export, before_reading, before_training
from services.personalize import datasets, recipes, training, versions
from services.personalize.legacy.stand_ins import current
from services.personalize.recipe_names import FOR_A_USER, POPULARITY_COUNT, answers_of
from services.personalize.recipes import RecipeCard
from services.personalize.states import Status
from services.personalize.versions import VersionView

BASELINE = POPULARITY_COUNT
SECONDS_ON_AWS = 20.0
"""Polling interval of a training there; it takes about 40 minutes, and AWS throttles Describe calls."""


def data(title: str, noun: str) -> None:
    """Draw the screen for a workspace without data."""
    panels.head(title, "No data yet: load some first.")
    if not may_change():
        return
    with panels.empty(f"No data yet, so there is nothing to {noun}. The film demo takes about a minute."):
        navigation.link("home", "Load the film demo")


def files(title: str, group: str) -> None:
    """Draw the screen for data that was imported elsewhere."""
    panels.head(title, f"The data of {group} was not loaded on this machine.", group)
    with panels.empty("Names and histories are missing.", detail="Amazon Personalize has no call that returns them."):
        _attach(group)
        navigation.link("data", "Load the files on Data")


def _attach(group: str) -> None:
    """Offer to read the data back from where it was imported; says before what must be exported for that."""
    try:
        found = plan(process.backend(), group)
    except PlainError as error:
        st.caption(escaped(str(error)))
        return
    if found.exports:
        names = " and ".join(found.exports)
        cost = before_export(process.backend())
        st.caption(escaped(f"{names} must be exported first: the files of the import are gone. {cost}".strip()))
    else:
        changing.costs(before_reading(process.backend()))
    label = "Export and read it back" if found.exports else "Read it back from its import"
    if changing.button(label, type="primary", icon=":material/download:", key=Widget.ATTACH):
        with panels.toast_errors(), st.spinner("Reading it back"):
            attach(process.backend(), found)
            st.rerun()


def people(title: str, group: str) -> None:
    """Draw the screen for data without interactions."""
    panels.head(title, "There are no people yet: import interactions first.", group)


def recipe(group: str, data: LoadedData, recipe_name: str, purpose: str, *, deploys: bool = True) -> None:
    """Draw the card of a recipe that no campaign serves: train it, watch it, deploy it. purpose is a sentence.

    Where a trained version is enough, deploys is False.
    """
    view = datasets.find_group(process.backend(), group)
    if view is None:
        return
    chosen = current(process.backend(), recipe_name)
    recipe_name, purpose = chosen.recipe, f"{purpose} {chosen.differs}".strip()
    of_recipe = [v for v in versions.versions(process.backend(), view.arn) if v.recipe == recipe_name]
    newest = of_recipe[0] if of_recipe else None
    if newest is not None and newest.running:
        _running(newest)
        return
    if newest is not None and newest.failed:
        with panels.failed(newest.failure_reason or "No reason was given.", title=f"“{newest.recipe_words}” failed"):
            changing.costs(_costs(newest.recipe, deploys))
            changing.button(
                "Try again",
                type="primary",
                key=f"{Widget.NEEDS_RETRY}_{recipe_name}",
                on_click=_retry,
                args=(newest, deploys),
            )
            navigation.link("training", "Look at the log on Training")
        return
    ready = next((version for version in of_recipe if version.ready), None)
    if ready is not None:
        if deploys:
            _deployment(group, ready, purpose)
        return
    cards = recipes.recipe_cards(process.backend(), view, data.n_events)
    card = next((card for card in cards if card.name == recipe_name), None)
    if card is not None:
        _offer(group, data.event_type, card, purpose, deploys)


def for_a_person(title: str, question: str, group: str, data: LoadedData) -> None:
    """Draw the screen while no campaign answers for a user: the training, its failure, or what to train and deploy.

    question begins the headline; the newest version's state ends it.
    """
    view = datasets.find_group(process.backend(), group)
    trained = [] if view is None else versions.versions(process.backend(), view.arn)
    newest = next((version for version in trained if version.recipe in FOR_A_USER), None)
    if newest is None:
        quick = "" if process.backend().kind == "aws" else "; bestsellers train in 3 s"
        state = f"No campaign answers yet{quick}."
    elif newest.running:
        state = f"{capital(answers_of(newest.recipe))} are being trained."
    else:
        name = answers_of(newest.recipe)
        state = f"The training of {name} failed." if newest.failed else f"{capital(name)} are not deployed yet."
    panels.head(title, f"{question} {state}", group)
    recipe(group, data, BASELINE if newest is None else newest.recipe, "It answers for everybody.")
    if newest is not None and newest.failed and newest.recipe != BASELINE:
        recipe(group, data, BASELINE, "It answers in the meantime.")


def deploy_when_ready(version_arn: str, campaign: str) -> None:
    """Deploy a version under this name as soon as this user's page finds it ready."""
    to_deploy = dict(st.session_state.get(Key.TRAINED_HERE, {}))
    st.session_state[Key.TRAINED_HERE] = to_deploy | {version_arn: campaign}


def deploy_finished() -> None:
    """Deploy the versions trained from here that are ready now, forget failed ones; call it before asking."""
    to_deploy = dict(st.session_state.get(Key.TRAINED_HERE, {}))
    for arn, campaign in list(to_deploy.items()):
        version = versions.version(process.backend(), arn)
        if version is not None and version.running:
            continue
        del to_deploy[arn]
        if version is not None and version.ready:
            _deploy(arn, campaign)
    if to_deploy or Key.TRAINED_HERE in st.session_state:
        st.session_state[Key.TRAINED_HERE] = to_deploy


def watch() -> None:
    """Draw one line for each version that is being trained from here."""
    for arn in st.session_state.get(Key.TRAINED_HERE, {}):
        version = versions.version(process.backend(), arn)
        if version is not None and version.running:
            _running(version)


def _deployment(group: str, version: VersionView, purpose: str) -> None:
    """Offer to deploy a version, or show the state of its campaign: AWS takes minutes to create one."""
    pending = next((campaign for campaign in version.campaigns if campaign.status.startswith("CREATE")), None)
    if pending is not None and pending.failure_reason is None and pending.status != Status.CREATE_FAILED:
        sentence = f"The campaign {pending.name} is being created; on AWS, this takes about ten minutes."
        with panels.empty(sentence, detail=f"{pending.status}. You may close this page."):
            st.button("Look again", icon=":material/refresh:", key=f"{Widget.NEEDS_AGAIN}_{version.recipe}")
        return
    name = training.default_name(group, version.recipe)
    if pending is not None:
        reason = pending.failure_reason or "No reason was given."
        st.error(escaped(f"The campaign {pending.name} could not be created. {reason}"))
        name = training.free_name(process.backend(), name)
    with panels.empty(
        f"“{version.recipe_words}” is trained, but no campaign serves it yet.",
        detail=f"{purpose} {before_deploying(process.backend(), version.recipe)}".strip(),
    ):
        changing.button(
            "Deploy it",
            type="primary",
            icon=":material/rocket_launch:",
            key=f"{Widget.NEEDS_DEPLOY}_{version.recipe}",
            on_click=_deploy,
            args=(version.arn, name),
        )


def _costs(recipe: str, deploys: bool) -> str:
    """Return what training a recipe costs, and deploying it."""
    backend = process.backend()
    deploying = before_deploying(backend, recipe) if deploys else ""
    return f"{before_training(backend, recipe)} {deploying}".strip()


def _offer(group: str, event_type: str | None, card: RecipeCard, purpose: str, deploys: bool) -> None:
    takes = "" if card.expected_seconds is None else f" · about {in_seconds(card.expected_seconds)}"
    with panels.empty(f"{card.title} is not trained yet.", detail=f"{purpose} {_costs(card.name, deploys)}".strip()):
        missing = [f"{need.words}: {need.why}" for need in card.needs if not need.met]
        changing.button(
            f"{'Train and deploy' if deploys else 'Train'}{takes}",
            type="primary",
            icon=":material/play_arrow:",
            key=f"{Widget.NEEDS_TRAIN}_{card.name}",
            disabled=bool(missing),
            on_click=_train,
            args=(group, card.name, event_type, deploys),
        )
        if missing:
            st.caption(escaped(f"It needs {'; '.join(missing)}."))


def _running(version: VersionView) -> None:
    def body() -> bool:
        now = versions.version(process.backend(), version.arn)
        if now is None or not now.running:
            return False
        job = now.job
        left = "" if job is None or job.seconds_left is None else f", ready in about {in_seconds(job.seconds_left)}"
        stage = now.status if job is None else "waiting" if job.stage is None else job.stage.name
        st.progress(
            min(1.0, max(0.0, job.fraction)) if job else 0.0,
            text=escaped(f"“{now.recipe_words}” is training: {stage}{left}"),
        )
        return True

    with st.container(border=True):
        seconds = 0.5 if version.job is not None else SECONDS_ON_AWS
        panels.auto_refresh(True, body, key=f"{Widget.NEEDS_RUNNING}_{version.arn}", seconds=seconds)


def _train(group: str, recipe_name: str, event_type: str | None, deploys: bool) -> None:
    with panels.toast_errors():
        view = datasets.find_group(process.backend(), group)
        if view is not None:
            arn = training.train_next(process.backend(), view, recipe_name, event_type=event_type)
            if deploys:
                deploy_when_ready(arn, training.default_name(group, recipe_name))


def _retry(version: VersionView, deploys: bool) -> None:
    with panels.toast_errors():
        arn = training.retry(process.backend(), version.arn)
        if deploys:
            deploy_when_ready(arn, version.solution_name)


def _deploy(version_arn: str, campaign: str) -> None:
    with panels.toast_errors():
        training.deploy(process.backend(), version_arn, campaign)
        st.toast(escaped(f"{campaign} answers now."), icon=":material/check_circle:")
