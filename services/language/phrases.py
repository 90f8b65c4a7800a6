"""Times, counts, shares and lists in words."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime


def in_seconds(seconds: float) -> str:
    """Return a duration: "8 s", "3 min", "2 h"."""
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    if seconds < 100 * 60:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3600)} h"


def age(epoch: float, now: float) -> str:
    """Return how long ago a moment was: "just now", "5 min ago", "3 days ago"."""
    seconds = max(0.0, now - epoch)
    if seconds < 45:
        return "just now"
    if seconds < 90 * 60:
        return f"{max(1, round(seconds / 60))} min ago"
    if seconds < 36 * 3600:
        return f"{round(seconds / 3600)} h ago"
    return f"{round(seconds / 86400)} days ago"


def span(seconds: float) -> str:
    """Return a length of time in its largest whole unit: "12 months", "3 days", "1 hour"."""
    for unit, name in ((365.25 * 86400, "year"), (365.25 * 7200, "month"), (86400.0, "day")):
        if seconds >= 2 * unit:
            return counted(round(seconds / unit), name, f"{name}s")
    return counted(max(1, round(seconds / 3600)), "hour", "hours")


def day(epoch: float) -> str:
    """Return a date in UTC: "31 Dec 2000"."""
    moment = datetime.fromtimestamp(epoch, UTC)
    return f"{moment.day} {moment:%b %Y}"


def with_article(noun: str) -> str:
    """Return "a film", "an item", "a user", "an hour": by the sound of the noun's first letters."""
    first = noun.lower()
    silent = first.startswith(("hour", "honest", "heir"))
    spoken_you = re.match(r"u(?:ni|se|su|k|t[ei])|eu|one\b|once", first)
    return f"{'an' if silent or (first[:1] in 'aeiou' and not spoken_you) else 'a'} {noun}" if noun else noun


def counted(number: int, singular: str, plural: str) -> str:
    """Return "1 film", "1,512 films"."""
    return f"{number:,} {singular if number == 1 else plural}"


def listed(parts: Sequence[str], last: str = "and") -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def ordinal(number: int) -> str:
    """Return "1st", "2nd", "3rd", "11th", "1,022nd"."""
    last = number % 100
    ending = "th" if 10 <= last <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(last % 10, "th")
    return f"{number:,}{ending}"


def capital(text: str) -> str:
    """Return the text with a capital first letter; the rest stays."""
    return text[:1].upper() + text[1:]


def cut(text: str, length: int) -> str:
    """Return the text, cut with an ellipsis when it is longer."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def possessive(who: str) -> str:
    """Return "Nora's", "James'"."""
    return f"{who}'" if who.endswith("s") else f"{who}'s"


def category_noun(column: str) -> str:
    """Return one value of a categorical column in words: "genre" for GENRES, "category" for CATEGORY_L1."""
    words = re.sub(r"\s*\b(?:l|level)?\s*\d+$", "", column.lower().replace("_", " ").strip()) or "category"
    if words.endswith("ies"):
        return f"{words[:-3]}y"
    return words[:-1] if words.endswith("s") and not words.endswith("ss") and len(words) > 3 else words


def chance(share: float) -> str:
    """Return a share as a chance in words: "1 in 6", "7 in 10"."""
    if share <= 0:
        return "0 in 10"
    if share < 0.5:
        return f"1 in {round(1 / share):,}"
    tenths = round(10 * share)
    return "more than 9 in 10" if tenths == 10 and share < 1 else f"{tenths} in 10"


def multiple(value: float) -> str:
    """Return a multiple for a cell, in two digits: "1,200×", "45×", "3.2×"."""
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}×" if rounded >= 10 else f"{rounded:g}×"


def percent(share: float) -> str:
    """Return a share in percent: "9 %"."""
    return f"{100 * share:.0f} %"


def fine_percent(share: float) -> str:
    """Return a share in percent, with one decimal below 10 %: "9 %", "0.4 %"."""
    value = 100 * share
    return f"{value:.1f} %" if 0 < value < 9.95 and round(value, 1) != round(value) else f"{value:.0f} %"


def signed_percent(share: float, digits: int = 0) -> str:
    """Return a difference of shares, or a relative difference, with its sign: "+114 %"."""
    return f"{100 * share:+.{digits}f} %"
