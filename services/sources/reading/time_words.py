"""The words that dates are written with: months in four languages, abbreviations of time zones, parts of a date.

One expression reads every common form; which of two numbers is the day is decided in services/sources/time_units.py.
"""

import re
import unicodedata

_MONTHS = (
    ("january", "jan", "januar", "jaenner", "jaen", "janvier", "janv", "enero", "ene"),
    ("february", "feb", "februar", "fevrier", "fevr", "fev", "febrero"),
    ("march", "mar", "maerz", "marz", "mrz", "mars", "marzo"),
    ("april", "apr", "avril", "avr", "abril", "abr"),
    ("may", "mai", "mayo"),
    ("june", "jun", "juni", "juin", "junio"),
    ("july", "jul", "juli", "juillet", "juil", "julio"),
    ("august", "aug", "aout", "agosto", "ago"),
    ("september", "sep", "sept", "septembre", "septiembre", "setiembre", "set"),
    ("october", "oct", "oktober", "okt", "octobre", "octubre"),
    ("november", "nov", "novembre", "noviembre"),
    ("december", "dec", "dezember", "dez", "decembre", "diciembre", "dic"),
)
MONTHS = {word: number for number, words in enumerate(_MONTHS, 1) for word in words}

ZONES_MIN = {
    "z": 0,
    "utc": 0,
    "gmt": 0,
    "ut": 0,
    "wet": 0,
    "bst": 60,
    "west": 60,
    "cet": 60,
    "mez": 60,
    "cest": 120,
    "mesz": 120,
    "eet": 120,
    "eest": 180,
    "msk": 180,
    "jst": 540,
    "aest": 600,
    "aedt": 660,
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
}
"""Minutes east of Greenwich; abbreviations that mean several zones (IST) are left out, so that they are counted."""

_LETTER = "[A-Za-zÀ-ӿ]"
"""Latin, Greek and Cyrillic in one range: RE2 takes 20 ms to compile an expression with every letter there is."""
_MONTH = rf"(?P<month>{_LETTER}{{3,10}})\.?"
_CLOCK = (
    r"(?:[T_,:]?\s*(?:um |at |a las |à )?(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))(?:[:.m](?P<second>\d{2}))?"
    r"(?:[.,](?P<fraction>\d{1,9}))?\s?(?P<half>[aApP]\.?\s?[mM]\.?)?(?:\s?(?:Uhr|h))?)?"
)
_ZONE = (
    rf"(?:\s*(?:(?:UTC|GMT)?(?P<offset>[+-]\d{{1,2}}:?(?:\d{{2}})?)|(?P<zone>{_LETTER}{{1,4}}))?)"
    rf"(?:\s*[\[(](?:{_LETTER}|[_/+ \d-])+[\])])?"
)
DAY_NAME = rf"(?:{_LETTER}{{2,10}}\.?,?\s+)?"
FORMS = {
    "year first": rf"^(?P<y>\d{{4}})[-/.\s]?(?P<m>\d{{1,2}})[-/.\s]?(?P<d>\d{{1,2}})\.?\s*{_CLOCK}{_ZONE}$",
    "numbers": (
        rf"^{DAY_NAME}(?P<a>\d{{1,2}})[-/.]\s?(?P<b>\d{{1,2}})[-/.]\s?(?P<y>\d{{4}}|\d{{2}})\s*{_CLOCK}{_ZONE}$"
    ),
    "day, month": (
        rf"^{DAY_NAME}(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?[\s/-]+(?:de |of )?{_MONTH}[\s/-]+(?:de(?:l)? )?,?"
        rf"(?P<y>\d{{4}}|\d{{2}})\s*{_CLOCK}{_ZONE}$"
    ),
    "month, day": rf"^{DAY_NAME}{_MONTH}[\s-]+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})\s*{_CLOCK}{_ZONE}$",
    "year last": rf"^{DAY_NAME}{_MONTH}\s+(?P<d>\d{{1,2}})\s+{_CLOCK}{_ZONE}\s+(?P<y>\d{{4}})$",
}
"""Expressions of RE2, tried in this order."""
BEGINNINGS = {
    "year first": r"^\d{4}[-/.\s]?\d{1,2}[-/.\s]?\d",
    "numbers": r"^\D*\d{1,2}[-/.]\s?\d{1,2}[-/.]",
    "day, month": r"^\D*\d{1,2}\D{5,}\d{2}",
    "month, day": r"^\D{4,}\d{1,2}\D+\d{4}",
    "year last": r"^\D{4,}\d{1,2}\s",
}
"""What every text of a form begins with. RE2 prepares a form in 5 to 24 ms and one of these in 0.04 ms, and hardly any
column needs a form."""


def plain(word: str) -> str:
    """Return a word in lower case without accents: "Août" -> "aout", "März" -> "marz"."""
    apart = unicodedata.normalize("NFKD", word.lower())
    return re.sub(r"[^a-z]", "", apart)


def month_number(word: str) -> int | None:
    """Return 1 to 12 for the name of a month in English, German, French or Spanish, None for another word."""
    return MONTHS.get(plain(word)) or next(
        (number for name, number in MONTHS.items() if len(plain(word)) > 3 and name.startswith(plain(word))), None
    )


def zone_minutes(word: str) -> int | None:
    """Return the minutes east of Greenwich of "+02:00", "+2", "UTC" or "CEST"; None for an unknown zone."""
    if match := re.fullmatch(r"([+-])(\d{1,2}):?(\d{2})?", word):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        return minutes if match[1] == "+" else -minutes
    return ZONES_MIN.get(word.lower())
