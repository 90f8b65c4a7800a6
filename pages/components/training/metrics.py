"""What is trained: figures, the dot plot against the baselines, the table."""

import time

import pandas as pd
import streamlit as st

from pages.components import address, changing, panels, process
from pages.components.charts.training import dot_plot
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from pages.components.training.state import TrainingState
from services.laboratory.hit_rates import LABEL
from services.language.metrics import HIT_RATES, METRICS, metric_label
from services.language.phrases import in_seconds, percent
from services.money.sentences import before_training
from services.personalize import training
from services.personalize.versions import VersionView
from services.screens.training import sentences, tables
from services.screens.training.preflight import NO_LIMITS

HOW = """
**Split**: as Amazon Personalize documents it. A tenth of the people (test users) are kept out of training; the model
reads the oldest nine tenths of their events, and its list is compared with the newest tenth.

**Metrics**: MRR@25 is the mean of 1 / rank of the first right one among 25; NDCG@K weighs each right one by
1 / log2(1 + rank) and divides by the best possible order of *all* right ones; precision@K is the share of right ones
among K; coverage is the share of the catalogue that is shown to anybody; hit rate@K is the share of people with at
least one right one among K. AWS does not say whether its ideal order holds all right ones or the retrieved ones only,
so NDCG may differ from the console's by definition.

**Intervals**: 95 %, bootstrap over test users; differences from the bestsellers are paired, on the same people. A
winner is named only when the interval of the difference excludes 0 and there are at least 30 test users.
"""


def kpis(state: TrainingState) -> None:
    """Draw the row of figures."""
    ready = [version for version in state.versions if version.ready]
    deployed = [campaign for version in state.versions for campaign in version.campaigns]
    timed = [version for version in state.versions if version.training_seconds is not None]
    row = [
        panels.Kpi("Versions ready", f"{len(ready)}"),
        _best(state),
        panels.Kpi("Campaigns", f"{len(deployed)}", help=", ".join(campaign.name for campaign in deployed) or None),
        panels.Kpi(
            "Last training",
            in_seconds(timed[0].training_seconds or 0.0) if timed else "–",
            help=f"{timed[0].recipe_words}, {timed[0].name}" if timed else None,
        ),
    ]
    panels.kpi_row(row)


def _best(state: TrainingState) -> panels.Kpi:
    """Return for how many people the lists are right, or the best metric where nothing is compared with popularity."""
    rates = state.rates
    if rates is not None:
        return panels.Kpi(
            LABEL,
            percent(rates.model),
            rates.points,
            f"against {rates.against}",
            help=rates.about,
            color="normal" if rates.is_clear else "off",
        )
    top = sentences.best(state.versions)
    if top is not None:
        return panels.Kpi("Best hit rate@25", percent(top.value(sentences.HIT_RATE) or 0.0), help=top.recipe_words)
    by_rank = sentences.best(state.versions, sentences.MRR)
    value = by_rank.value(sentences.MRR) if by_rank is not None else None
    return panels.Kpi("Best MRR@25", "–" if value is None else f"{value:.3f}")


def picture(state: TrainingState) -> None:
    """Draw the versions against their baselines on the chosen metric."""
    ready = [version for version in state.versions if version.ready]
    if not ready:
        return
    metrics = [
        metric for metric in (*METRICS, *HIT_RATES) if any(version.value(metric) is not None for version in ready)
    ]
    if not metrics:
        return
    by_label = {metric_label(metric): metric for metric in metrics}
    labels = list(by_label)
    address.default_choice(Key.METRIC, labels, labels[0])
    with st.container(border=True):
        label = address.segments(
            "Metric",
            labels,
            key=Key.METRIC,
            label_visibility="collapsed",
        )
        metric = by_label[label or labels[0]]
        rows = tables.dot_rows(ready, metric, time.time())
        top = max(
            (version for version in ready if version.value(metric) is not None),
            key=lambda version: version.value(metric) or 0.0,
        )
        panels.show(
            dot_plot(rows, tables.chance_level(ready, metric), metric_label(metric)),
            alt=sentences.dot_plot_alt(top, metric),
            key=Widget.DOT_PLOT,
        )
        st.caption(escaped(sentences.picture_note(tables.split_words(top), len(rows) < len(ready))))
        for version in ready:
            _never_listed(state, version)


def _never_listed(state: TrainingState, version: VersionView) -> None:
    """Draw what a version keeps out of every list, and a button that trains it without these limits."""
    hidden = sentences.never_listed(version, state.words)
    if not hidden:
        return
    changing.every_item(
        hidden,
        before_training(process.backend(), version.recipe),
        key=f"{Widget.LIFT}_{version.name}",
        on_click=_lift,
        args=(state, version),
    )


def _lift(state: TrainingState, version: VersionView) -> None:
    with panels.toast_errors():
        if state.group is not None:
            training.train_next(
                process.backend(),
                state.group,
                version.recipe,
                event_type=version.event_type,
                hyperparameters={**version.hyperparameters, **NO_LIMITS},
            )


def table(state: TrainingState) -> None:
    """Draw one row a version; choosing one opens its dialog."""
    if not state.versions:
        with panels.empty(
            "Nothing is trained yet.", detail="Choose a recipe above and press Train.", key=Widget.NO_VERSIONS
        ):
            pass
        return
    arns = [version.arn for version in state.versions]
    key = f"{Widget.VERSIONS}_{st.session_state.get(Key.VERSION_SHOWN, 0)}"

    def chosen() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            st.query_params[Key.VERSION] = arns[rows[0]].partition("solution/")[2]

    panels.table(
        tables.versions_table(state.versions, time.time()),
        alt=f"{len(arns)} solution versions, newest first, with their metrics",
        key=key,
        on_select=chosen,
        selection_mode="single-row",
        column_config={
            "events": st.column_config.NumberColumn(format="localized"),
            **{metric: st.column_config.NumberColumn(metric_label(metric), format="%.4f") for metric in METRICS},
        },
    )
    st.caption("Choose a row for its metrics in plain words, its settings and its log, or to deploy or delete it.")


def download(state: TrainingState) -> pd.DataFrame | None:
    """Return the table for the Download drawer."""
    return tables.versions_table(state.versions, time.time()) if state.versions else None
