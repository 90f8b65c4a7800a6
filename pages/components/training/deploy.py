"""The step after training: versions without a campaign, each with a button that deploys it."""

from collections.abc import Sequence

import streamlit as st

from pages.components import changing, panels, process
from pages.components.keys import Widget
from pages.components.markdown import escaped
from pages.components.training.state import TrainingState
from services.money.sentences import before_deploying
from services.personalize import training
from services.personalize.versions import VersionView


def offer(state: TrainingState) -> None:
    """Offer the newest version of each recipe for deployment while no campaign serves it."""
    versions = undeployed(state.versions)
    if not versions or state.group is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        for version in versions:
            name = training.default_name(state.group.name, version.recipe)
            changing.button(
                escaped(f"Deploy {version.recipe_words}"),
                type="primary",
                icon=":material/rocket_launch:",
                key=f"{Widget.DEPLOY}_{version.recipe}",
                help=escaped(f"Campaign {name}; a campaign of this name that exists will serve this version."),
                on_click=_deploy,
                args=(version, name),
            )
        said = dict.fromkeys(before_deploying(process.backend(), version.recipe) for version in versions)
        costs = " ".join(said)
        st.caption(escaped(f"Next step: the version is trained, but no campaign answers with it yet. {costs}".rstrip()))


def undeployed(versions: Sequence[VersionView]) -> list[VersionView]:
    """Return the newest version of each recipe, newest first, if it can be deployed and has no campaign."""
    newest: dict[str, VersionView] = {}
    for version in versions:
        newest.setdefault(version.recipe, version)
    return [version for version in newest.values() if version.deployable and not version.campaigns]


def _deploy(version: VersionView, name: str) -> None:
    with panels.toast_errors():
        training.deploy(process.backend(), version.arn, name)
        st.toast(escaped(f"{name} serves {version.recipe_words}."), icon=":material/check_circle:")
