"""Headline of the Batch screen, live while a job runs, and its state without data."""

import time

from pages.components import navigation, panels, process
from pages.components.batch.state import BatchState
from pages.components.keys import Widget
from services.personalize import batch_jobs
from services.screens.batch import results, sentences


def no_data() -> None:
    """Draw the empty state with a link to Home."""
    panels.head("Batch", "No data yet: load some first.")
    with panels.empty(
        "Nothing to recommend from.", detail="The film demo takes about a minute.", key=Widget.BATCH_NO_DATA
    ):
        navigation.link("home", "Load the film demo")


def draw(state: BatchState) -> None:
    """Draw title, headline and source line; always a fragment, so that nothing moves when a job starts or ends."""
    arn = state.running[0].arn if state.running else None

    def body() -> bool:
        if arn is None:
            panels.head("Batch", _headline(state), _source(state))
            return False
        job = batch_jobs.job(process.backend(), arn)
        running = job is not None and job.running
        panels.head("Batch", sentences.running_headline(job) if job and running else "Just finished.", _source(state))
        return running

    panels.auto_refresh(arn is not None, body, key=Widget.BATCH_HEAD, seconds=1.0)


def _headline(state: BatchState) -> str:
    newest = state.jobs[0] if state.jobs else None
    if newest is not None and newest.failed and state.shown in (None, newest):
        return sentences.failed_headline(newest, len(results.output_urls(process.backend(), newest)))
    lists = state.lists()
    if lists is None:
        return sentences.nothing_headline(
            bool(state.versions), bool(state.recommenders), at_aws=process.backend().kind == "aws"
        )
    return sentences.done_headline(lists, state.kind, state.names.catalog.n_items, state.words)


def _source(state: BatchState) -> str:
    parts = [state.group]
    if state.shown is not None and state.running:
        parts.append(f"below: {state.shown.name}")
    elif state.shown is not None:
        recipe_words = state.shown_version.recipe_words if state.shown_version is not None else ""
        parts.append(sentences.written_words(state.shown, recipe_words, time.time()))
    parts.append(state.opened.data.note if state.opened is not None else "")
    return " · ".join(part for part in parts if part)
