"""The sentences of the Batch screen: a job's progress, its output, whether the lists are personal."""

from collections.abc import Sequence

import pandas as pd

from services.language.phrases import age, counted, fine_percent, in_seconds, listed, with_article
from services.language.vocabulary import Words
from services.personalize.batch_jobs import USUAL_AWS_MINUTES, BatchJob
from services.personalize.batch_versions import ITEMS, LISTS, PEOPLE
from services.personalize.states import Status
from services.screens.batch.results import Lists
from services.screens.batch.views import FIRST

MIN_LISTS = 30
"""With fewer lists, the share of the most frequent item says nothing."""
PERSONAL_FROM = 0.5
"""When the most frequent item is in this share of the lists, they look the same for everybody."""


def noun_of(kind: str, words: Words) -> str:
    """Return the noun of a job's line, for a column head: "Person" or "Film"."""
    return words.noun.capitalize() if kind == ITEMS else "Person"


def people_word(kind: str, words: Words) -> str:
    """Return the plural noun of a job's lines: "People" or "Films"."""
    return words.nouns.capitalize() if kind == ITEMS else "People"


def table_alt(lists: Lists, n_shown: int, noun: str) -> str:
    """Return the table in words."""
    return f"{n_shown} of {lists.n_lists:,} lists: the {noun.lower()}, then the first {FIRST} titles."


def lines_of(kind: str, number: int, words: Words) -> str:
    """Return "1 person", "6,040 people" or "12 films"."""
    return counted(number, words.noun, words.nouns) if kind == ITEMS else counted(number, "person", "people")


def running_headline(job: BatchJob) -> str:
    """Return "1,240 of 6,040 people done, 830 per second, about 6 s left"; the state alone on AWS."""
    if job.progress is None:
        state = "waits for its turn" if job.status == Status.CREATE_PENDING else "runs"
        return f"The batch job {state}; a job on AWS usually takes about {USUAL_AWS_MINUTES} minutes."
    stage, left = job.progress.stage, job.progress.seconds_left
    if stage is None:
        return "The batch job waits for its turn."
    if not stage.note:
        return "The batch job counts its lines."
    return f"{stage.note}, about {in_seconds(left)} left." if left is not None else f"{stage.note}."


def written_words(job: BatchJob, recipe_words: str, now: float) -> str:
    """Return what wrote the lists and when: "Personal lists · 25 each · written 5 min ago"."""
    length = f"{job.n_results} each" if job.n_results else "whole lists"
    return " · ".join(part for part in (recipe_words, length, f"written {age(job.updated, now)}") if part)


def done_headline(lists: Lists, kind: str, n_items: int, words: Words) -> str:
    """Return "6,040 lists ready, 2 lines refused; 1,020 different films, 64 % of the catalogue".

    For ranked lists, which all hold the given items, it counts the different items in first place.
    """
    if not lists.n_lists:
        return f"No list was written: {counted(lists.n_refused, 'line was', 'lines were')} refused."
    refused = f", {counted(lists.n_refused, 'line', 'lines')} refused" if lists.n_refused else ""
    if kind == LISTS:
        first = counted(lists.n_first, f"different {words.noun} stands", f"different {words.nouns} stand")
        return f"{counted(lists.n_lists, 'list', 'lists')} ranked{refused}; {first} first."
    of_all = f", {fine_percent(lists.n_different / n_items)} of the catalogue" if n_items else ""
    return (
        f"{counted(lists.n_lists, 'list', 'lists')} ready{refused}; "
        f"{counted(lists.n_different, f'different {words.noun}', f'different {words.nouns}')}{of_all}."
    )


def nothing_headline(has_versions: bool, has_recommenders: bool = False, *, at_aws: bool = False) -> str:
    """Return the sentence before the first job."""
    if has_versions:
        return "No batch job yet. Choose the people, and all their lists are written to one file."
    if has_recommenders:
        return "Recommenders answer one request at a time; a batch job needs a trained version."
    quick = "" if at_aws else "; bestsellers train in 3 s"
    return f"Nothing is trained that could answer a batch job{quick}."


def recommenders_words(use_cases: Sequence[str]) -> str:
    """Return why the recommenders of a domain, by their use cases, are not among what can run."""
    named = list(dict.fromkeys(use_cases))
    which = "the recommender" if len(named) == 1 else "the recommenders"
    return f"Not here: {which} {listed(named)}. Amazon Personalize has no batch jobs for recommenders."


def instead_words(use_case: str) -> str:
    """Return what can be done instead of a recommender, for the card of the recipe that answers the same question."""
    return f"It answers what {use_case} answers, for everybody at once; a batch job needs no campaign."


def failed_headline(job: BatchJob, finished: int) -> str:
    """Return the sentence over a job that failed; finished is the number of its output files."""
    files = f"{counted(finished, 'output file is', 'output files are')} there" if finished else "nothing was written"
    return f"The batch job {job.name} failed; {files}."


def picture_title(frequent: pd.DataFrame, n_lists: int, kind: str, words: Words) -> str:
    """Return whether the lists are personal, by the share of the most frequent item; for few lists, only the share."""
    if frequent.empty:
        return ""
    top = float(frequent["share"].iloc[0])
    where = f"among the first {FIRST} of" if kind == LISTS else "in"
    few = n_lists < MIN_LISTS
    how_many = (
        f"{round(top * n_lists)} of {counted(n_lists, 'list', 'lists')}" if few else f"{fine_percent(top)} of the lists"
    )
    finding = f"the most frequent {words.noun} is {where} {how_many}"
    if kind == ITEMS or few:
        return finding[0].upper() + finding[1:]
    if top < PERSONAL_FROM:
        return f"Personal: {finding}"
    return f"Almost the same for everybody: {finding}" if top >= 0.95 else f"Partly the same for everybody: {finding}"


def picture_alt(lists: Lists, frequent: pd.DataFrame) -> str:
    """Return the picture in words."""
    if frequent.empty:
        return f"{lists.n_lists:,} lists."
    first = frequent.iloc[0]
    return f"{lists.n_lists:,} lists; most frequent item {first['label']} in {fine_percent(float(first['share']))}."


def popularity_words(frequent: pd.DataFrame) -> str:
    """Return how many of the frequent items popularity would show too; "" where unknown."""
    if frequent.empty or frequent["popular_share"].isna().any():
        return ""
    among = int((frequent["popular_share"] > 0).sum())
    return (
        f"□ {among} of these {len(frequent)} are bestsellers, which everybody would be shown"
        if among != 1
        else f"□ 1 of these {len(frequent)} is a bestseller, which everybody would be shown"
    )


def expected_words(seconds: float | None, n_lines: int, kind: str, words: Words, aws: bool) -> str:
    """Return the size and duration of the job that Run starts: "100 people, about 3 s"."""
    asked = lines_of(PEOPLE if kind == LISTS else kind, n_lines, words)
    if aws:
        return f"{asked}; AWS usually takes about {USUAL_AWS_MINUTES} minutes and bills each list."
    return f"{asked}, about {in_seconds(seconds)}." if seconds is not None else f"{asked}."


NOBODY_ANSWERS_WHO = (
    "Nothing is trained yet that finds people. Train People for an item, or People for a taste, then ask here."
)


def who_kind(by_taste: bool, words: Words) -> str:
    """Return what a question is about: "a taste" or "a film"."""
    return "a taste" if by_taste else with_article(words.noun)


def asking_who(asked: str) -> str:
    """Return what is said while a question is answered."""
    return f"Looking for people who will want {asked}. You may close this page."


def found_who(asked: str, n_people: int) -> str:
    """Return the sentence over the people of an answer."""
    return f"{asked}: {counted(n_people, 'person', 'people')}, those who will most probably want it first."
