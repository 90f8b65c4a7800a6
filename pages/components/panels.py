"""The parts of every screen: head, row of figures, pictures, tables, and the empty, waiting and failed states.

An empty screen offers the next action, a waiting one reserves space for its content, a failed one shows what happened
and what to do. None of them ever shows a traceback. Sentences are text: what they take from data or from the address
never works as Markdown; `Markdown` marks the few that are Markdown on purpose.
"""

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components.charts.plain import Drawing
from pages.components.keys import Widget
from pages.components.markdown import Markdown, as_markdown, escaped, unbroken
from services.backend import Backend
from services.errors import PlainError, service_errors
from services.language.phrases import percent
from services.personalize.waiting import stop_job
from services.progress import Step, StepState

logger = logging.getLogger(__name__)

BY_KEYS = {
    "single-cell": "The arrow keys choose a row.",
    "single-row": "The arrow keys move, Shift and Space together choose a row.",
}
"""How the keyboard chooses in a table, by its selection mode."""

STEP_MARKS: Mapping[str, str] = {
    StepState.WAITING: ":gray[:material/radio_button_unchecked:]",
    StepState.RUNNING: ":blue[:material/pending:]",
    StepState.DONE: ":green[:material/check_circle:]",
    StepState.FAILED: ":red[:material/error:]",
}


@dataclass(frozen=True)
class Kpi:
    """One figure of the row under the controls."""

    label: str
    value: str
    delta: str | None = None
    """The difference to the baseline, with its sign."""
    against: str | None = None
    """The baseline of the difference, in words."""
    below: str | None = None
    """Words under the value, where there is no difference to show."""
    help: str | None = None
    color: Literal["normal", "inverse", "off"] = "normal"


def head(title: str, headline: str, source: str = "") -> None:
    """Draw the first three things of every screen: title, computed sentence, grey source line."""
    with st.container(gap="xxsmall"):
        st.caption(as_markdown(title.upper()))
        st.subheader(unbroken(as_markdown(headline)), anchor=False)
        if source:
            st.caption(as_markdown(source))


@contextmanager
def subject() -> Iterator[None]:
    """Draw in this block what the screen is about: presenter mode scrolls to it, scales it and dims the rest."""
    with st.container(key=Widget.SUBJECT):
        yield


def controls(widths: Sequence[float], part: str = "main") -> list[DeltaGenerator]:
    """Return the columns of a part of a screen's controls; on a phone they stand two a row."""
    with st.container(key=f"{Widget.CONTROLS}_{part}"):  # found by look.css
        return st.columns(widths, vertical_alignment="bottom", gap="small")


@contextmanager
def one_row(key: str, align: Literal["left", "right"] = "left") -> Iterator[None]:
    """Draw in this block links beside each other; on a phone they are one row that scrolls sideways (look.css)."""
    with st.container(
        key=f"{Widget.ONE_ROW}_{key}",
        horizontal=True,
        gap="small",
        vertical_alignment="center",
        horizontal_alignment=align,
    ):
        yield


@contextmanager
def wide(key: str) -> Iterator[None]:
    """Draw in this block what a phone has no room for; narrow() with the same key is shown there instead."""
    with st.container(key=f"{Widget.WIDE}_{key}"):
        yield


@contextmanager
def narrow(key: str) -> Iterator[None]:
    """Draw in this block what is shown on a phone only: the server does not know how wide a window is (look.css)."""
    with st.container(key=f"{Widget.NARROW}_{key}"):
        yield


@contextmanager
def lead() -> Iterator[None]:
    """Draw in this block the contents of the column that a phone shows first, where columns are stacked (look.css)."""
    with st.container(key=Widget.LEAD):
        yield


def icon_button(label: str, icon: str, *, key: str, place: DeltaGenerator | None = None, **options: Any) -> bool:
    """Draw a button that shows its icon only (look.css): its label is its name for screen readers, and its tooltip."""
    options.setdefault("help", label)
    stretches = options.get("width") == "stretch"
    with (place or st).container(key=f"{Widget.ICON}_{key}", width="stretch" if stretches else "content"):
        return st.button(label, icon=icon, key=key, **options)


def kpi_row(kpis: Sequence[Kpi]) -> None:
    """Draw three to five figures side by side, each in a border of the same height; on a phone two a row."""
    widths = [1.6 if kpi.delta and kpi.against else 1.0 for kpi in kpis]
    for column, kpi in zip(st.columns(widths), kpis, strict=True):
        with column:
            metric(kpi)


def metric(kpi: Kpi) -> None:
    """Draw one figure, for a row that is filled one by one."""
    st.metric(
        escaped(kpi.label),
        escaped(kpi.value),
        kpi.delta or _optional(kpi.below),
        delta_color="off" if kpi.below else kpi.color,
        delta_arrow="off" if kpi.below else "auto",
        delta_description=_optional(kpi.against),
        help=_optional(kpi.help),
        border=True,
        height="stretch",
    )


def _optional(text: str | None) -> str | None:
    return None if text is None else as_markdown(text)


def show(chart: Any, alt: str, *, key: str | None = None, on_select: Any = "ignore") -> Any:
    """Draw an altair chart, or a charts.plain.Drawing, with its text for screen readers."""
    if isinstance(chart, Drawing):
        return st.vega_lite_chart(spec=chart.to_dict(), width="stretch", alt=alt, key=key, on_select=on_select)
    return st.altair_chart(chart, width="stretch", alt=alt, key=key, on_select=on_select)


def plot(figure: Any, alt: str, *, key: str, config: dict[str, Any]) -> None:
    """Draw a picture of plotly, a figure or its dictionaries, with its text for screen readers."""
    st.plotly_chart(figure, key=key, config=config, alt=alt)


def table(
    frame: pd.DataFrame,
    *,
    alt: str,
    key: str,
    column_config: dict[str, Any] | None = None,
    height: int | Literal["auto", "content", "stretch"] = "auto",
    row_height: int = 28,
    on_select: Any = "ignore",
    **options: Any,
) -> Any:
    """Draw a table without row numbers; missing cells stay empty. One that is chosen from says how keys do that."""
    if on_select != "ignore":
        alt = f"{alt} {BY_KEYS[options['selection_mode']]}"
    return st.dataframe(
        frame,
        hide_index=True,
        alt=alt,
        key=key,
        column_config=column_config,
        height=height,
        row_height=row_height,
        on_select=on_select,
        placeholder="",
        **options,
    )


def fit_column(about: str) -> Any:
    """Return how a table shows scores as multiples of an average: "45×", "3.2×"; about says of what."""
    return st.column_config.NumberColumn("Fit", width=56, format="%.2g×", help=escaped(about))


@contextmanager
def empty(sentence: str, *, detail: str = "", key: str | None = None) -> Iterator[None]:
    """Draw a card that names what is missing; the block draws the next action in it."""
    with st.container(border=True, key=key):
        st.markdown(f"**{as_markdown(sentence)}**")
        if detail:
            st.caption(as_markdown(detail))
        yield


@contextmanager
def failed(
    sentence: str, *, title: str = "It stopped", detail: str | None = None, key: str | None = None
) -> Iterator[None]:
    """Draw a red card with the failure and what is kept; the block draws its buttons."""
    with st.container(border=True, key=key):
        st.error(f"**{as_markdown(title)}.** {as_markdown(sentence)}", icon=":material/error:")
        yield
        if detail:
            with st.expander("Details"):
                st.text(detail)


def loading(n_rows: int = 10, height: int = 36) -> None:
    """Draw placeholders for rows that are being computed."""
    for _ in range(n_rows):
        st.skeleton(height)


@contextmanager
def toast_errors(*also: type[Exception]) -> Iterator[None]:
    """Show a plain error inside the block, or one of these other types, in a toast: for the callbacks of buttons."""
    shown: tuple[type[Exception], ...] = (PlainError, *also)
    try:
        with service_errors():
            yield
    except shown as error:
        st.toast(escaped(str(error)), icon=":material/error:", duration="long")


@contextmanager
def guard(where: str, *, again: bool = False) -> Iterator[None]:
    """Turn an error inside the block into a card: its sentence, or an id for finding the details in the log.

    again: whether the card has a button that draws the page once more, for what passes.
    """
    try:
        with service_errors():
            yield
    except PlainError as error:
        logger.warning("refused where=%s error=%s", where, error)
        with failed(str(error), title=where):
            if again:
                st.button("Look again", icon=":material/refresh:", key=Widget.LOOK_AGAIN)
    except Exception:
        incident = secrets.token_hex(4)
        logger.exception("unexpected error where=%s incident=%s", where, incident)
        sentence = Markdown(
            "Something unexpected happened; your data and models are untouched. "
            f"Reload the page; if it happens again, the log has the details under **{incident}**."
        )
        with failed(sentence, title=where):
            pass


def step_list(steps: Sequence[Step]) -> None:
    """Draw one line per step: mark, label, counts, seconds."""
    lines = []
    for step in steps:
        mark = STEP_MARKS[step.state]
        words = escaped(step.label)
        if step.state in (StepState.RUNNING, StepState.FAILED):
            words = f"**{words}**"
        if step.state == StepState.WAITING:
            words = f":gray[{words}]"
        seconds = f"{step.seconds:.0f} s" if step.seconds is not None and step.seconds >= 0.5 else ""
        share = percent(step.fraction) if step.state == StepState.RUNNING and step.fraction is not None else ""
        rest = " · ".join(part for part in (escaped(step.note), share, seconds) if part)
        lines.append(f"{mark} {words}" + (f" &nbsp; :gray[{rest}]" if rest else ""))
    st.markdown("  \n".join(lines))


def stop_button(backend: Backend, arn: str, *, label: str = "Stop", stopping: bool = False) -> None:
    """Draw the button that stops a running job, where the backend can stop jobs of every kind."""
    if backend.capabilities is None:
        return
    st.button(
        label,
        icon=":material/stop_circle:",
        key=f"{Widget.STOP_JOB}_{label}_{arn}",
        type="tertiary",
        help=None if label else "Stop",
        disabled=stopping,
        on_click=_stop,
        args=(backend, arn),
    )


def _stop(backend: Backend, arn: str) -> None:
    with toast_errors():
        stop_job(backend, arn)


def auto_refresh(active: bool, draw: Callable[[], bool], *, key: str, seconds: float = 2.0) -> None:
    """Draw something that redraws itself while it is active.

    draw() draws and returns whether it is still active; when that ends, the whole page runs once more.
    """

    @st.fragment(run_every=seconds if active else None, key=key)
    def body() -> None:
        still_active = active
        with guard("This part of the screen"):
            still_active = draw()
        if active and not still_active:
            st.rerun()

    body()
