"""What the Batch screen knows in one run: versions to ask, jobs, the job that is looked at and its lists."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from pages.components import loaded, process
from pages.components.keys import Key
from pages.components.loaded import OpenData
from services.language.vocabulary import Words
from services.personalize import batch_jobs
from services.personalize.batch_jobs import BatchJob, BatchVersion
from services.personalize.states import Status
from services.screens.batch import input, results, views
from services.screens.batch.results import Lists
from services.screens.batch.views import Names


@dataclass(frozen=True)
class BatchState:
    """One data set group's batch jobs, as they are now."""

    group: str
    opened: OpenData | None
    """None for data that was not loaded on this machine."""
    versions: list[BatchVersion]
    jobs: list[BatchJob]
    """Newest first."""
    shown: BatchJob | None
    """The job whose lists are looked at: the one of the address, else the latest that finished."""
    shown_version: BatchVersion | None

    @property
    def words(self) -> Words:
        """How to speak of the catalogue."""
        return self.opened.data.words if self.opened is not None else Words()

    @property
    def names(self) -> Names:
        """How to call items and people."""
        return _names(self.group)

    @property
    def running(self) -> list[BatchJob]:
        """The jobs that have not ended, the one that works first."""
        active = [job for job in self.jobs if job.running]
        return sorted(active, key=lambda job: (job.status == Status.CREATE_PENDING, job.created))

    @property
    def kind(self) -> str:
        """What the lines of the shown job ask for."""
        return batch_jobs.PEOPLE if self.shown_version is None else self.shown_version.kind

    def ranked_lists(self, size: int) -> dict[str, list[str]]:
        """Return lists of items by name: the most popular of all, and of each category; of this length at most."""
        if self.opened is None:
            return input.ranked_lists(self.names.catalog, size)
        return _ranked_lists(self.group, self.opened.data.version, size)

    def frequent(self, lists: Lists) -> pd.DataFrame:
        """Return the items that stand in most lists of the shown job."""
        if self.shown is None:
            return views.frequent_frame(lists, self.kind, self.names.catalog)
        version = None if self.opened is None else self.opened.data.version
        return _frequent(self.shown.arn, self.shown.updated, self.kind, self.group, version)

    def lists(self) -> Lists | None:
        """Return what the shown job wrote; None while there is no such job."""
        if self.shown is None or self.shown.running:
            return None
        return _lists(self.shown.arn, self.shown.updated)


def read(group: str) -> BatchState:
    """Read everything for the data set group of this name."""
    backend = process.backend()
    wanted = st.query_params.get(Key.BATCH_JOB) or st.session_state.get(Key.BATCH_JOB)
    jobs = batch_jobs.jobs(backend, group, also=wanted)
    shown = next((job for job in jobs if job.name == wanted and not job.running), None)
    if shown is None:
        shown = next((job for job in jobs if job.status == Status.ACTIVE), None)
    return BatchState(
        group=group,
        opened=loaded.open_data(group),
        versions=batch_jobs.versions(backend, group),
        jobs=jobs,
        shown=shown,
        shown_version=None if shown is None else batch_jobs.version(backend, shown.version_arn),
    )


def labels(versions: list[BatchVersion]) -> dict[str, BatchVersion]:
    """Return the versions by a name for a select: the newest of a recipe has the recipe's, older ones their id too."""
    named: dict[str, BatchVersion] = {}
    for version in versions:
        words = version.recipe_words
        named[f"{words} ({version.address.rsplit('/', 1)[-1]})" if words in named else words] = version
    return named


def _names(group: str) -> Names:
    opened = loaded.open_data(group)
    return Names.unknown() if opened is None else Names(opened.catalog, opened.people)


@st.cache_data(show_spinner=False, max_entries=8)
def _ranked_lists(group: str, version: str, size: int) -> dict[str, list[str]]:
    """version changes when the data does."""
    return input.ranked_lists(_names(group).catalog, size)


@st.cache_data(show_spinner=False, max_entries=16)
def _frequent(job_arn: str, updated: float, kind: str, group: str, version: str | None) -> pd.DataFrame:
    return views.frequent_frame(_lists(job_arn, updated), kind, _names(group).catalog)


@st.cache_resource(show_spinner="Reading the lists ...", max_entries=4)
def _lists(job_arn: str, updated: float) -> Lists:
    """Return what a job wrote; shared by all visitors, since nobody changes it."""
    backend = process.backend()
    job = batch_jobs.job(backend, job_arn)
    if job is None:
        raise LookupError(f"the batch job {job_arn} is gone")
    return results.read_lists(backend, job)
