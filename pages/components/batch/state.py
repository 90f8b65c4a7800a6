"""The state of the Batch screen in one run: versions, jobs, the shown job and its lists."""

from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from pages.components import loaded, process
from pages.components.keys import Key
from pages.components.loaded import OpenData
from services.language.vocabulary import Words
from services.personalize import batch_jobs, batch_versions, campaigns
from services.personalize.batch_jobs import BatchJob
from services.personalize.batch_versions import BatchVersion
from services.personalize.campaigns import Campaign
from services.personalize.states import Status
from services.screens.batch import filtered, input, results, views
from services.screens.batch.filtered import Taken
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
    """The job whose lists are shown: the one in the address, else the latest finished one."""
    shown_version: BatchVersion | None
    recommenders: list[Campaign] = field(default_factory=list)
    """The recommenders of a domain, for which AWS has no batch job."""

    @property
    def words(self) -> Words:
        """Words for the catalogue."""
        return self.opened.data.words if self.opened is not None else Words()

    @property
    def names(self) -> Names:
        """Names of items and users."""
        return _names(self.group)

    @property
    def running(self) -> list[BatchJob]:
        """The jobs that have not ended, the running one first."""
        active = [job for job in self.jobs if job.running]
        return sorted(active, key=lambda job: (job.status == Status.CREATE_PENDING, job.created))

    @property
    def kind(self) -> str:
        """Kind of the shown job's lines."""
        return batch_versions.PEOPLE if self.shown_version is None else self.shown_version.kind

    def ranked_lists(self, size: int) -> dict[str, list[str]]:
        """Return lists of items by name: the most popular of all, and of each category; of at most this length."""
        if self.opened is None:
            return input.ranked_lists(self.names.catalog, size)
        return _ranked_lists(self.group, self.opened.data.version, size)

    def frequent(self, lists: Lists) -> pd.DataFrame:
        """Return the items in most lists of the shown job."""
        if self.shown is None:
            return views.frequent_frame(lists, self.kind, self.names.catalog)
        version = None if self.opened is None else self.opened.data.version
        return _frequent(self.shown.arn, self.shown.updated, self.kind, self.group, version)

    def taken(self) -> Taken | None:
        """Return what the shown job's filter did; None for a job without one."""
        if self.shown is None or self.shown.filter_arn is None:
            return None
        return _taken(self.shown.arn, self.shown.updated, self.kind, self.group)

    def lists(self) -> Lists | None:
        """Return the lists of the shown job; None without one."""
        if self.shown is None or self.shown.running:
            return None
        return _lists(self.shown.arn, self.shown.updated)


def read(group: str) -> BatchState:
    """Read everything for the data set group of this name."""
    backend = process.backend()
    requested = st.query_params.get(Key.BATCH_JOB) or st.session_state.get(Key.BATCH_JOB)
    jobs = batch_jobs.jobs(backend, group, also=requested)
    shown = next((job for job in jobs if job.name == requested and not job.running), None)
    if shown is None:
        shown = next((job for job in jobs if job.status == Status.ACTIVE), None)
    return BatchState(
        group=group,
        opened=loaded.open_data(group),
        versions=batch_versions.versions(backend, group),
        jobs=jobs,
        shown=shown,
        shown_version=None if shown is None else batch_versions.version(backend, shown.version_arn),
        recommenders=campaigns.only_recommenders(backend, group),
    )


def labels(versions: list[BatchVersion]) -> dict[str, BatchVersion]:
    """Return the versions by name for a select: the recipe's name; for its older versions, with their ids."""
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
    """version changes with the data."""
    return input.ranked_lists(_names(group).catalog, size)


@st.cache_data(show_spinner=False, max_entries=16)
def _frequent(job_arn: str, updated: float, kind: str, group: str, version: str | None) -> pd.DataFrame:
    return views.frequent_frame(_lists(job_arn, updated), kind, _names(group).catalog)


@st.cache_data(show_spinner=False, max_entries=16)
def _taken(job_arn: str, updated: float, kind: str, group: str) -> Taken | None:
    job = batch_jobs.job(process.backend(), job_arn)
    return None if job is None else filtered.taken(process.backend(), group, job, kind, _lists(job_arn, updated))


@st.cache_resource(show_spinner="Reading the lists ...", max_entries=4)
def _lists(job_arn: str, updated: float) -> Lists:
    """Return the lists of a job; shared by all sessions, since they never change."""
    backend = process.backend()
    job = batch_jobs.job(backend, job_arn)
    if job is None:
        raise LookupError(f"the batch job {job_arn} is gone")
    return results.read_lists(backend, job)
