"""The sentences of the Data screen: headlines, findings over the pictures, pictures in words."""

from collections.abc import Sequence

import pandas as pd

from services.checks.look import Look
from services.checks.periods import Activity
from services.language.phrases import counted, day, fine_percent, listed, span
from services.language.vocabulary import Words
from services.progress import StepState
from services.screens.data.drafts import Draft, DraftState
from services.screens.data.new_columns import NewColumns

OWN_FILES = (
    "CSV, JSON, Parquet or Excel: who did what, and when; items and people too, if you have them. Columns are "
    "recognised; you can map them by hand. Nothing leaves this machine unless it runs on AWS."
)


def look_headline(look: Look, words: Words) -> str:
    """Say how much there is and how concentrated it is."""
    figures = look.summary
    time = f" over {span(max(0.0, figures.last - figures.first))}" if look.has_times else ""
    return (
        f"{figures.n_events:,} events by {counted(figures.n_users, 'person', 'people')} on "
        f"{counted(figures.n_items, words.noun, words.nouns)}{time}; "
        f"half of all events go to {fine_percent(figures.half_of_events_share)} of the {words.nouns}."
    )


WITHOUT_TIMES = "No column says when, so pictures of days, pauses and new items are left out: they would mean nothing."


def check_headline(draft: Draft) -> str:
    """Say whether the import can go ahead."""
    n_rows = 0 if draft.data is None else len(draft.data.interactions)
    return problems_headline(draft.n_stop, draft.n_warn, n_rows)


def problems_headline(n_stop: int, n_warn: int, n_rows: int) -> str:
    """Say how many problems stop the import and how many are worth a look."""
    if n_stop:
        stops = f"{counted(n_stop, 'problem stops', 'problems stop')} the import"
        return f"{stops}; {n_warn} more {'is' if n_warn == 1 else 'are'} worth a look." if n_warn else f"{stops}."
    if n_warn:
        worth = "1 thing is" if n_warn == 1 else f"{n_warn} things are"
        return f"Ready for Amazon Personalize: nothing stops the import of {n_rows:,} rows, {worth} worth a look."
    return f"Ready for Amazon Personalize: 0 problems in {n_rows:,} rows."


def busy_headline(draft: Draft) -> str:
    """Say what is going on."""
    verb = "Importing" if draft.state == DraftState.IMPORTING else "Loading"
    if any(step.state == StepState.FAILED for step in draft.steps):
        return f"{draft.title} could not be imported; what was begun is being removed."
    number = next((i for i, step in enumerate(draft.steps, 1) if step.state == StepState.RUNNING), 1)
    running = next((step for step in draft.steps if step.state == StepState.RUNNING), None)
    label = running.label[0].lower() + running.label[1:] if running else "starting"
    note = f", {running.note}" if running and running.note else ""
    if note.endswith("."):  # a sentence about waiting, which stands beside the step
        note = ", waiting for AWS"
    return f"{verb} {draft.title}: step {number} of {len(draft.steps) or 1}, {label}{note}."


def stopped_headline(draft: Draft) -> str:
    """Return the headline for a draft whose loading or import failed."""
    return f"{draft.title} could not be {'imported' if draft.target else 'loaded'}."


def imported_headline(draft: Draft) -> str:
    """Return the headline for an imported draft."""
    return f"{draft.target} is imported and ready for training."


def elsewhere_headline(group_name: str, n_imported: int) -> str:
    """Return the headline for a data set group that was imported elsewhere."""
    return f"{group_name}: {counted(n_imported, 'data set', 'data sets')} imported by another program."


def activity_finding(look: Look) -> str:
    """Say when most happened, of the periods that the events fill, and what is too far away to be drawn."""
    activity = look.activity
    if activity.frame.empty:
        return "No events with a date"
    return f"{_busiest(activity)}{_far_away(look)}"


def _busiest(activity: Activity) -> str:
    busiest, usual = activity.busiest, activity.usual
    if busiest is None or usual is None:
        return f"Too short a time to compare one {activity.unit} with another"
    start = pd.Timestamp(busiest["start"])
    when = f"{start:%b %Y}" if activity.unit == "month" else f"{start:%d %b %Y}".lstrip("0")
    times = busiest["events"] / usual
    than = f"{times:.1f} times the usual" if times >= 1.2 else "not much more than usual"
    return f"Busiest {activity.unit}: {when}, {than}"


def _far_away(look: Look) -> str:
    far = look.far_times
    if far is None:
        return ""
    which = (
        f"{counted(far.n_events, 'event', 'events')}, {'of' if far.n_events == 1 else 'such as of'} {day(far.example)}"
    )
    return f"; not drawn: {which}"


def concentration_finding(look: Look, words: Words) -> str:
    """Say how few items get half of the events."""
    return f"Half of all events go to {fine_percent(look.summary.half_of_events_share)} of the {words.nouns}"


def concentration_alt(look: Look, words: Words) -> str:
    """Say what the concentration curve shows."""
    curve = look.concentration
    below = curve.loc[curve["item_share"] <= 0.5, "event_share"]
    least = 1 - float(below.max()) if len(below) else 0.0
    return (
        f"Half of all events go to {fine_percent(look.summary.half_of_events_share)} of {words.nouns}; "
        f"the half of {words.nouns} with the fewest events gets {fine_percent(least)}."
    )


def history_finding(look: Look) -> str:
    """Say how much is known of the median person."""
    bins = look.history_lengths
    once = bins.loc[bins["bin"].astype(str) == "1", "people"]
    n_once = int(once.sum())
    known = look.summary.median_events
    events = counted(int(known), "event", "events") if known == int(known) else f"{known:,.1f} events"
    median = f"The median person has {events}"
    return f"{median}; {n_once:,} {'has' if n_once == 1 else 'have'} only one" if n_once else median


def gaps_finding(look: Look) -> str:
    """Say within which time at least half of the events follow the one before, and where a session ends."""
    gaps = look.time_gaps
    if gaps.empty or gaps["gaps"].sum() == 0:
        return "Nobody has two events"
    half = gaps["bin"].iloc[int((gaps["gaps"].cumsum() >= gaps["gaps"].sum() / 2).argmax())]
    session = "" if look.session_gap_s is None else f"; a session ends after {_pause(look.session_gap_s)}"
    within = {"same second": "in the same second", "longer": "after more than a month"}.get(half, f"within {half}")
    return f"Half of the events follow the one before {within}{session}"


def categories_finding(look: Look, words: Words) -> str:
    """Say which category gets more than its share."""
    shares = look.categories
    if shares.empty:
        return "No categories in the data"
    ratio = (shares["event_share"] + 0.01) / (shares["item_share"] + 0.01)
    top = shares.iloc[int(ratio.argmax())]
    events, items = fine_percent(top["event_share"]), fine_percent(top["item_share"])
    return f"{top['category']} has {items} of the {words.nouns} and draws {events} of the events"


def drift_finding(look: Look, words: Words) -> str:
    """Say how much of the activity is on items that are new."""
    months = look.drift.iloc[1:]
    if months.empty or months["share"].isna().all():
        return "Too short a time to see drift"
    share = fine_percent(float(months["share"].median()))
    return f"In the median month, {share} of events go to {words.nouns} new that month"


def _pause(seconds: float) -> str:
    for size, singular in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return counted(round(seconds / size), singular, f"{singular}s")
    return counted(round(seconds), "second", "seconds")


def pictures_line(hosts: str, *, agreed: bool) -> str:
    """Return what loading pictures from these hosts means, before and after somebody has agreed."""
    if agreed:
        return f"Pictures are loaded from {hosts}."
    return f"The pictures of this data are at {hosts}. A browser that loads them tells these hosts what you look at."


def changed_columns(change: NewColumns) -> str:
    """Return how the columns of one data set change: "Items: adds BRAND; loses COLOUR; PRICE, text until now, ..."."""
    parts = [f"adds {listed(change.added)}"] if change.added else []
    parts += [f"loses {listed(change.gone)}"] if change.gone else []
    parts += [f"{column} was {before} and is {now}" for column, before, now in change.retyped]
    return f"{change.dataset_type}: {'; '.join(parts)}."


def what_changes(*, adding: bool) -> str:
    """Return what an import into a data set with other columns does."""
    if adding:
        return "All rows are imported anew, the old ones too; cells that a file did not have stay empty."
    return "The data set is created anew. Trained versions stay; rows that were put one by one go."


def rows_words(look: Look) -> str:
    """Return which rows do not count in a training, "" where all do."""
    n_events, n_repeats, n_out = look.summary.n_events, look.n_repeats, look.n_left_out
    if not n_repeats and not n_out:
        return ""
    parts = [f"{counted(n_out, 'was', 'were')} left out by fixes"] if n_out else []
    if n_repeats:
        parts.append("1 repeats another exactly" if n_repeats == 1 else f"{n_repeats:,} repeat another exactly")
    trained = counted(n_events - n_repeats, "event", "events")
    return f"Of {counted(n_events + n_out, 'row', 'rows')}, {listed(parts)}: a training has {trained}."


def what_stays(dataset_types: Sequence[str]) -> str:
    """Return which data sets an import leaves alone."""
    return f"{listed(dataset_types)} stay as they are."
