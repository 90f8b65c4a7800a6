"""The title of a cover: broken into lines at the largest size that fits its box, whatever script or length it has.

Widths are estimates, because nobody knows which fonts a browser has. A line that could be too wide in a wide font is
drawn with a fixed textLength, to which every browser squeezes it; so no font can push a title out of its box.
"""

import unicodedata
from functools import lru_cache

from services.covers.text import escaped, printable

SIZES = (50, 44, 39, 34, 30, 27, 24, 21)
"""From the largest; at 90 pixels the smallest is 8 pixels high."""
LEADING = 1.06
WIDER = 1.3
"""How much wider than the estimate a line may be in a wide font."""
_NARROW, _WIDE = frozenset("iljtfrI.,:;'!|()[]-`"), frozenset("mwMW@%&")
_BREAKS_ANYWHERE = frozenset(("W", "F"))


@lru_cache(maxsize=8192)
def width(letter: str) -> float:
    """Return about how wide a letter is in a bold font, in ems."""
    if letter in _NARROW:
        return 0.34
    if letter == " ":
        return 0.28
    if letter in _WIDE:
        return 0.9
    if letter.isascii():
        return 0.69 if letter.isupper() else 0.58
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(letter) in _BREAKS_ANYWHERE:
        return 1.05
    return 0.75


def text_width(text: str) -> float:
    """Return about how wide a text is, in ems."""
    return sum(map(width, text))


def set_title(title: str, box_width: int, box_height: int) -> tuple[int, list[str]]:
    """Return the size of the letters and the lines of a title; a title that no size can hold ends in an ellipsis."""
    words = _words(" ".join(printable(title).split()))
    for size in SIZES:
        lines = _lines(words, box_width / size, whole_words=True)
        if lines is not None and len(lines) * size * LEADING <= box_height:
            return size, _balanced(words, box_width / size, lines)
    size = SIZES[-1]
    lines = _lines(words, box_width / size, whole_words=False) or []
    n_lines = max(1, int(box_height / (size * LEADING)))
    if len(lines) > n_lines:
        lines = [*lines[: n_lines - 1], _shortened(lines[n_lines - 1], box_width / size)]
    return size, lines


def drawn(line: str, size: int, box_width: int) -> str:
    """Return the attributes that keep a line inside its box, and its text: what stands between <text and </text>."""
    estimate = text_width(line) * size
    squeezed = f" textLength='{min(estimate, box_width):.0f}' lengthAdjust='spacingAndGlyphs'"
    return (squeezed if estimate * WIDER > box_width else "") + f">{escaped(line)}"


def reads_from_right(text: str) -> bool:
    """Return whether the first letter that has a direction is read from the right."""
    if text.isascii():
        return False
    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL"))
    return next(strong, "L") != "L"


def _words(text: str) -> list[tuple[str, str]]:
    """Return (what separates it from the one before, word): wide letters of eastern scripts are words of their own."""
    if text.isascii():
        return [(" ", word) for word in text.split(" ")]
    words: list[tuple[str, str]] = []
    for word in text.split(" "):
        gap, part = " ", ""
        for letter in word:
            alone = unicodedata.east_asian_width(letter) in _BREAKS_ANYWHERE
            if alone and part:
                words.append((gap, part))
                gap, part = "", ""
            part += letter
        words.append((gap, part))
    return words


def _balanced(words: list[tuple[str, str]], room: float, lines: list[str]) -> list[str]:
    """Return as many lines of a more equal length, where there are any."""
    if len(lines) > 1:
        for share in (0.55, 0.65, 0.75, 0.85, 0.93):
            narrower = _lines(words, share * room, whole_words=True)
            if narrower is not None and len(narrower) == len(lines):
                return narrower
    return lines


def _lines(words: list[tuple[str, str]], room: float, *, whole_words: bool) -> list[str] | None:
    """Return lines of at most this many ems; None where a word would have to be broken and may not."""
    lines: list[str] = []
    line, used = "", 0.0
    for gap, word in words:
        wide = text_width(word)
        if line and used + text_width(gap) + wide <= room:
            line, used = line + gap + word, used + text_width(gap) + wide
            continue
        if wide > room and whole_words:
            return None
        if line:
            lines.append(line)
        *broken, word = [word] if wide <= room else _broken(word, room)
        lines += broken
        line, used = word, text_width(word)
    return [*lines, line] if line else lines


def _broken(word: str, room: float) -> list[str]:
    """Return a word in parts that fit; marks stay with the letter that carries them."""
    parts, used = [""], 0.0
    for letter in word:
        wide = width(letter)
        if wide and used + wide > room and parts[-1]:
            parts.append("")
            used = 0.0
        parts[-1] += letter
        used += wide
    return parts


def _shortened(line: str, room: float) -> str:
    while line and text_width(line) + 0.8 > room:
        line = line[:-1]
    return line.rstrip() + "…"
