"""One solution version in a dialog: metrics in plain words, settings, log; deploy, retry, delete."""

import streamlit as st

from pages.components import changing, navigation, panels, process
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from pages.components.training import head, search
from pages.components.training.state import TrainingState
from services.language.phrases import in_seconds
from services.money.sentences import before_deploying, before_training
from services.personalize import training
from services.personalize.datasets import MAX_NAME_LENGTH
from services.personalize.recipes import RecipeCard
from services.personalize.versions import CampaignView, VersionView
from services.screens.training import sentences, tables
from services.screens.training.search import tuned_words


def open_from_address(state: TrainingState) -> None:
    """Open the dialog of the version in the address, if it is one of these."""
    address = st.query_params.get(Key.VERSION)
    version = next((version for version in state.versions if version.arn.endswith(f":solution/{address}")), None)
    if version is not None:
        st.dialog(escaped(f"{version.recipe_words} · {version.name}"), width="large", on_dismiss=close)(_body)(
            state, version
        )


def close() -> None:
    """Remove the open version from the address and the table's selection."""
    st.query_params.pop(Key.VERSION, None)
    st.session_state[Key.VERSION_SHOWN] = st.session_state.get(Key.VERSION_SHOWN, 0) + 1


def _body(state: TrainingState, version: VersionView) -> None:
    with panels.guard(version.name):
        state_words = sentences.VERSION_STATES.get(version.status, version.status)
        took = f", took {in_seconds(version.training_seconds)}" if version.training_seconds is not None else ""
        st.caption(escaped(f"{version.recipe} · {state_words}{took} · {version.arn}"))
        if version.failed:
            st.error(escaped(f"{version.failure_reason or 'No reason was given.'} {sentences.how_far(version)}"))
        card = state.card(version.recipe)
        if version.ready:
            _metrics(version, state)
        _settings(version, card)
        if version.job is not None and version.job.log:
            with st.expander("Log, the last lines"):
                st.code("\n".join(version.job.log[-40:]), language=None, height=200)
        if version.deployable:
            _deploy(version, training.default_name(state.group.name if state.group is not None else "", version.recipe))
        _campaigns(version)
        _retry_and_delete(version, head.smaller_settings(state, version) if version.failed else {})


def _metrics(version: VersionView, state: TrainingState) -> None:
    table = tables.plain_words(version, state.words, state.versions)
    if table.empty:
        st.caption("This version has no metrics.")
        return
    panels.table(
        table,
        alt=str(table["in plain words"].iloc[0]),
        key=Widget.PLAIN_WORDS,
        column_config={
            "value": st.column_config.NumberColumn(format="%.4f"),
            "popularity": st.column_config.NumberColumn(format="%.4f"),
            "in plain words": st.column_config.TextColumn(width="large"),
        },
    )
    st.caption(escaped(tables.split_words(version)))


def _settings(version: VersionView, card: RecipeCard | None) -> None:
    names = [parameter.name for parameter in card.parameters] if card is not None else list(version.hyperparameters)
    defaults = {parameter.name: parameter.default for parameter in card.parameters} if card is not None else {}
    with st.expander("Settings"):
        lines = [f"- events that count: **{escaped(version.event_type or 'all')}**"]
        for name in names:
            by_hand = version.hyperparameters.get(name)
            default = defaults.get(name) or "by the size of the data"
            if name in version.tuned:
                lines.append(f"- {name}: {tuned_words(version.tuned[name], default)}")
            elif by_hand is not None:
                lines.append(f"- {name}: **{escaped(by_hand)}**")
            else:
                lines.append(f"- {name}: {default} :gray[(default)]")
        st.markdown("\n".join(lines))
    if version.job is not None and version.job.trials:
        with st.expander("Search"):
            search.trials(version.job, None, key=Widget.DIALOG_TRIALS)


def _deploy(version: VersionView, proposed_name: str) -> None:
    if not changing.allowed("Deploy"):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Campaign",
            value=proposed_name,
            max_chars=MAX_NAME_LENGTH,
            key=Widget.CAMPAIGN_NAME,
            help="A campaign of this name that exists will serve this version instead of its present one.",
        )
        pressed = st.button(
            "Deploy", type="primary", icon=":material/rocket_launch:", key=Widget.DEPLOY, disabled=not name
        )
    changing.costs(before_deploying(process.backend(), version.recipe))
    if pressed:
        training.deploy(process.backend(), version.arn, name)
        st.toast(escaped(f"{name} serves {version.recipe_words}."), icon=":material/check_circle:")
        close()
        st.rerun()


def _campaigns(version: VersionView) -> None:
    for campaign in version.campaigns:
        state = sentences.VERSION_STATES.get(campaign.status, campaign.status.lower())
        st.markdown(f":material/rocket_launch: **{escaped(campaign.name)}** {escaped(state)}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            navigation.link("recommendations", "Recommendations", **{Key.CAMPAIGN: campaign.name})
            _delete_campaign(campaign)


def _delete_campaign(campaign: CampaignView) -> None:
    if not changing.allowed("Delete campaign"):
        return
    with st.popover("Delete campaign", type="tertiary", icon=":material/delete:"):
        if _typed(campaign.name, suffix=f"campaign_{campaign.arn}"):
            training.delete_campaign(process.backend(), campaign.arn)
            close()
            st.rerun()


def _retry_and_delete(version: VersionView, smaller: dict[str, str]) -> None:
    if not version.running:
        changing.costs(before_training(process.backend(), version.recipe))
    with st.container(horizontal=True):
        if not version.running and changing.button("Train again", icon=":material/replay:", key=Widget.RETRY):
            training.retry(process.backend(), version.arn)
            close()
            st.rerun()
        if smaller and changing.button("Try again, smaller", key=Widget.RETRY_SMALL, help=escaped(str(smaller))):
            training.retry(process.backend(), version.arn, smaller)
            close()
            st.rerun()
        if not changing.allowed("Delete solution"):
            return
        with st.popover("Delete solution", type="tertiary", icon=":material/delete:", disabled=version.running):
            st.markdown(
                f"Deletes the solution **{escaped(version.solution_name)}** with all its versions and campaigns: "
                "Amazon Personalize has no call that deletes one version."
            )
            if _typed(version.solution_name, suffix="solution"):
                training.delete_solution(process.backend(), version.solution_arn)
                close()
                st.rerun()


def _typed(name: str, *, suffix: str) -> bool:
    """Ask the user to type a name; return whether Delete was pressed after that."""
    keys = {"typed_key": f"{Widget.TYPED}_{suffix}", "key": f"{Widget.SURE}_{suffix}"}
    return changing.confirmed(name, "Delete", **keys)
