"""The sentences of Cold start: the headline in every outcome, costs, verdicts, what a picture shows."""

import pandas as pd

from services.laboratory.estimates import Estimate
from services.laboratory.ranking_metrics import PLACES
from services.language.metrics import MIN_USERS
from services.language.phrases import counted, fine_percent, in_seconds, percent, signed_percent
from services.language.vocabulary import Words
from services.screens.cold_start.baselines import POPULARITY, RANDOM, RIDGE_OF_A_USER
from services.screens.cold_start.groups import NO_TASTE
from services.screens.cold_start.measures import CLICK_RATE, FIRST_PLACE, REACH
from services.screens.cold_start.parameters import ALL_COLUMNS, CHOICE, METHODS, MODEL
from services.screens.cold_start.results import ColdStartResult
from services.screens.cold_start.split import TIME

METHOD_WORDS = {
    MODEL: "trained recipe",
    RIDGE_OF_A_USER: "each person's profile",
    POPULARITY: "predicted bestsellers",
    RANDOM: "random new ones",
}
IMPRESSION_COST = 0.01
CAPTION = (
    "A click means that the {who} {past} the new {noun} {when}. These are past events: nobody was shown these lists."
)
IN_TIME, AT_ANY_TIME = "in the time held out", "at any time, in events held out from the training"


def headline(result: ColdStartResult, words: Words) -> str:
    """Return the sentence over the screen; that it is about the 25-place click rate was decided beforehand.

    It is about the best method, whose name stands in the grey line.
    """
    rate, at_random = result.metric(result.best).value, result.metric(RANDOM).value
    if not result.enough_people:
        return (
            f"{counted(result.n_people, 'person is', 'people are')} too few to tell; at least {MIN_USERS} are needed."
        )
    difference = result.difference(RANDOM)
    if not difference.clear:
        return (
            f"The new {words.nouns} recommended do no better than random ones: {who(words)}s {words.past} "
            f"{fine_percent(rate)} and {fine_percent(at_random)}."
        )
    fewer = "only " if difference.value < 0 else ""
    return (
        f"Of the new {words.nouns} recommended, {fewer}{shown_and_taken(result, words)}; "
        f"of random ones, {fine_percent(at_random)}."
    )


def shown_and_taken(result: ColdStartResult, words: Words) -> str:
    """Return how many of the new items shown were taken: "viewers later watched 24 %"."""
    later = "later " if result.parameters.split == TIME else ""
    return f"{who(words)}s {later}{words.past} {fine_percent(result.metric(result.best).value)}"


def mixed(result: ColdStartResult, words: Words) -> str:
    """Return which method the figures are of, and where another one is better; shown under the headline."""
    if not result.enough_people:
        return ""
    clauses = [_of_method(result), *(_better_than_best(result, other, words) for other in METHODS[:-1])]
    return " ".join(f"{clause[0].upper()}{clause[1:]}." for clause in clauses if clause)


def _of_method(result: ColdStartResult) -> str:
    """Return by which method the figures are, and how it was chosen."""
    rates = [f"{METHOD_WORDS[method]} {fine_percent(result.metric(method).value)}" for method in CHOICE]
    why = (
        "which is better in both halves of the people" if len(result.choices) == 1 else "as no method is clearly better"
    )
    return f"the figures are those of the method “{METHOD_WORDS[result.best]}”, {why} ({', '.join(rates)})"


def _better_than_best(result: ColdStartResult, other: str, words: Words) -> str:
    if other == result.best:
        return ""
    places = []
    for metric, where in ((CLICK_RATE, f"over {PLACES} places"), (FIRST_PLACE, "for the very first place")):
        value, own = (fine_percent(result.metric(name, metric).value) for name in (other, result.best))
        if result.difference(other, metric).high < 0 and value != own:  # equal figures show no better method
            places.append(f"{where} ({value} against {own})")
    if not places:
        return ""
    clause = f"the method “{METHOD_WORDS[other]}” is better {' and '.join(places)}"
    reach, own_reach = result.metric(other, REACH).value, result.metric(result.best, REACH).value
    if reach < own_reach / 2:
        clause += f" but shows only {percent(reach)} of the new {words.nouns} to anybody"
    return clause


def cost_per_click(cost: float, rate: float, currency: str) -> str:
    """Return what one click costs, "no click" without any."""
    return money(cost / rate, currency) if rate > 0 else "no click"


def saved(cost: float, rate: float, chance: float, currency: str) -> str:
    """Return how much less 1,000 clicks cost than with random new items."""
    if rate <= 0 or chance <= 0:
        return "nothing to compare"
    amount = 1000 * (cost / chance - cost / rate)
    word = "saved" if amount >= 0 else "lost"
    return f"{money(abs(amount), currency)} {word} per 1,000"


def money(amount: float, currency: str) -> str:
    """Return "0.05", "0.05 EUR", "205 EUR": two significant digits."""
    text = f"{amount:,.0f}" if amount >= 100 else f"{amount:.2f}" if amount >= 0.01 else f"{amount:.2g}"
    return f"{text} {currency}".strip()


def times(value: float, baseline: float) -> str:
    """Return "5.7 times random ones"."""
    return f"{value / baseline:.1f} times random ones" if baseline > 0 else "random ones: none"


def against(difference: Estimate, baseline: float) -> str:
    """Return the difference in percent of the baseline: "+127 %"."""
    return signed_percent(difference.value / baseline) if baseline > 0 else f"{difference.value:+.3f}"


def popularity_words(difference: Estimate, baseline: float, n_people: int) -> str:
    """Return how the recipe compares with predicted popularity, for the line under its figure."""
    if n_people < MIN_USERS:
        return f"too few people to tell (n = {n_people})"
    if not difference.clear:
        return "no clear difference"
    return f"personal lists: {against(difference, baseline)}"


def interval_words(difference: Estimate, baseline: float, n_people: int) -> str:
    """Return the interval, and "no clear difference" where it holds zero."""
    if n_people < MIN_USERS:
        return f"too few people to tell (n = {n_people})"
    if not difference.clear:
        return "no clear difference"
    if baseline <= 0:
        return f"{difference.low:+.3f} to {difference.high:+.3f}"
    return f"95 %: {100 * difference.low / baseline:+.0f} to {100 * difference.high / baseline:+.0f}"


def source(result: ColdStartResult, ended: str, note: str) -> str:
    """Return the grey line: data, recipe, age, size, draws."""
    parameters = result.parameters
    draws = f"{result.n_seeds} draws of {result.n_new:,}" if result.n_seeds > 1 else f"{result.n_new:,}"
    parts = [
        parameters.group,
        METHOD_WORDS[result.best] if result.best != MODEL else "aws-hrnn-coldstart",
        f"trained {ended} on {result.n_events:,} events in {in_seconds(result.train_seconds)}",
        f"{draws} held out",
        f"{result.n_people:,} people asked",
        note,
    ]
    return " · ".join(part for part in parts if part)


def caption(result: ColdStartResult, words: Words) -> str:
    """Return what counts as a click."""
    when = IN_TIME if result.parameters.split == TIME else AT_ANY_TIME
    return CAPTION.format(who=who(words), past=words.past, noun=words.noun, when=when)


def map_alt(own: pd.Series, words: Words) -> str:
    """Return what the heat map shows; own is each group's own category, groups.diagonal."""
    if own.empty:
        return "No group has enough viewers to tell its lists from chance."
    best, worst = str(own.idxmax()), str(own.idxmin())
    return (
        f"{who(words).capitalize()}s get new {words.nouns} of their own taste {own.median():.1f} times as often as "
        f"by chance; most {best} ({own[best]:.1f}), least {worst} ({own[worst]:.1f})."
    )


def asked_words(result: ColdStartResult) -> str:
    """Return which users were asked."""
    if not result.facts.sampled:
        return f"the first {result.n_people:,} people by id"
    if result.n_people < result.parameters.n_people:
        return f"all {result.n_people:,} people with events left to learn from"
    return f"a random sample of {result.n_people:,} people"


def no_taste_words(frame: pd.DataFrame, n_without: int, at_random: float) -> str:
    """Return how people without a clear taste are served, beside random new items; from groups.served."""
    without = frame[frame["group"] == NO_TASTE]
    have = f"{counted(n_without, 'person has', 'people have')} no clear taste"
    if without.empty:
        return f"{have}." if n_without else ""
    rate = fine_percent(float(without["click_rate"].iloc[0]))
    return f"{have}: of what they were shown {rate} was right; of random ones, {fine_percent(at_random)}."


def served_words(frame: pd.DataFrame, words: Words) -> str:
    """Return who is served best and worst, from groups.served."""
    if len(frame) < 2:
        return "Fewer than two groups have 20 viewers, so none can be compared."
    best, worst = frame.iloc[0], frame.iloc[-1]
    first, last = fine_percent(best["click_rate"]), fine_percent(worst["click_rate"])
    return (
        f"Best served: {best['group']} ({best['n_viewers']:,} {who(words)}s, who {words.past} {first} of the new "
        f"{words.nouns} shown). Worst served: {worst['group']} ({worst['n_viewers']:,}, {last})."
    )


def worth_words(frame: pd.DataFrame) -> str:
    """Return which columns are worth most and which nothing, from ColdStartResult.worth of one method."""
    alone = frame[frame["columns"] != ALL_COLUMNS]
    if alone.empty:
        return "The run used one set of columns only."
    best, together = alone.iloc[0], frame[frame["columns"] == ALL_COLUMNS]
    sentence = f"Alone, {best['columns']} helps most: {fine_percent(best['value'])} clicked"
    if len(together):
        sentence += f"; all columns together: {fine_percent(together.iloc[0]['value'])}"
    nothing = [str(name) for name in alone.loc[~alone["clear"], "columns"]]
    return sentence + (f"; no clear gain from {' or '.join(nothing)}." if nothing else ".")


def trade_off_alt(rows: pd.DataFrame) -> str:
    """Return what the trade-off shows."""
    parts = [
        f"{label}: {fine_percent(rate)} clicked, {percent(reach)} of the new ones shown"
        for label, reach, rate in zip(rows["label"], rows["reach"], rows["rate"], strict=True)
    ]
    return f"Click rate, and the share of new items that anybody is shown: {'; '.join(parts)}."


def dots_alt(result: ColdStartResult, metric: str) -> str:
    """Return what the dot plot shows."""
    parts = [f"{METHOD_WORDS[name]} {result.metric(name, metric).value:.3f}" for name in METHODS]
    return f"{len(parts)} methods with intervals over people and draws: {', '.join(parts)}."


def map_labels(words: Words) -> dict[str, str]:
    """Return what the map can show, by column of groups.CELL_COLUMNS."""
    return {"shown": "Shown", "taken": words.past.capitalize(), "difference": "Difference"}


def map_title(kind: str, words: Words) -> str:
    """Return the title of the map; kind is a key of map_labels."""
    titles = {
        "shown": f"New {words.nouns} shown",
        "taken": f"New {words.nouns} {words.past}",
        "difference": f"Shown more often than {words.past}",
    }
    axes = f"rows: {who(words)}s by taste · columns: new {words.nouns}"
    return f"{titles[kind]}, as times chance · {axes} · click a cell"


def who(words: Words) -> str:
    """Return the word for a user of these items: a viewer of films, a visitor elsewhere."""
    return "viewer" if words.noun == "film" else "visitor"
