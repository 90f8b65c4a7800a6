"""Text from data inside Markdown: nothing in it may become a link, a picture, a list, a formula, a colour or an icon.

Streamlit renders GitHub's Markdown and adds formulas ($), directives (:red[]), icons (:material/home:) and emoji. It
looks for bare addresses, icons and emoji after backslashes are gone, so an invisible word joiner (U+2060) breaks those.
"""

import re

from services.language.phrases import listed

JOINER = "\u2060"
_ARN = r"arn:aws[\w-]*:personalize:[\w-]*:\d*:"
_RULES = re.compile(
    rf"(?P<keep>{_ARN})"  # its parts name no emoji, and it is there to be copied
    r"|(?P<special>[\\`*_{}\[\]<$~|])"
    r"|(?P<entity>&(?=#|\w+;))"
    r"|(?P<named>:(?=material/|streamlit:|[\w+-]*[a-z+-][\w+-]*:))"
    r"|(?P<scheme>(?<=http)(?=://)|(?<=https)(?=://)|(?<=www)(?=\.)|(?=@[\w-]+\.\w))"
    r"|(?P<directive>:(?=[^\W\d_]|:))",
    re.IGNORECASE,
)
_STARTS = re.compile(r"^(?:(?P<number>\d+)(?=[.)](?:\s|$))|(?=[-+#>=]))")
_PER_CENT = re.compile(r"(?<=\d) (?=%)")
COLORS = {"A": "blue", "B": "orange", "C": "violet", "D": "yellow"}
"""Markdown's names for the colours of users A to D; .streamlit/config.toml defines them."""


class Markdown(str):
    """Text that is Markdown on purpose: whatever it holds from data is escaped already."""


def escaped(text: str) -> str:
    """Return text escaped for Markdown, in one line."""
    return _STARTS.sub(lambda match: f"{match['number'] or ''}\\", _RULES.sub(_escape, " ".join(text.split())))


def as_markdown(text: str) -> str:
    """Return text ready for Streamlit: escaped, unless it is Markdown on purpose."""
    return text if isinstance(text, Markdown) else escaped(text)


def unbroken(text: str) -> str:
    """Return text whose numbers stay on one line with their per cent sign."""
    return _PER_CENT.sub("\u00a0", text)


def filled(template: str, **values: str | int | float) -> str:
    """Return a Markdown template with its fields filled in; values are text, unless they are Markdown on purpose.

    A blank at the beginning of a value stays: it parts the value from the word before it.
    """
    return template.format(**{name: _filling(value) for name, value in values.items()})


def _filling(value: str | int | float) -> str | int | float:
    if not isinstance(value, str):
        return value
    return f"{' ' if value.startswith(' ') else ''}{as_markdown(value)}"


def badge(letter: str) -> str:
    """Return a user's letter on its colour."""
    return f":{COLORS[letter]}-badge[{letter}]"


def badges(letters: str) -> str:
    """Return several letters."""
    return " ".join(badge(letter) for letter in letters)


def quiet(text: str) -> str:
    """Return small grey text; the text must be escaped already."""
    return f":small[:gray[{text}]]" if text else ""


def others(names: list[str]) -> str:
    """Return "Nora, Ben and Mia", escaped."""
    return listed([escaped(name) for name in names])


def _escape(match: re.Match[str]) -> str:
    kind, text = match.lastgroup, match[0]
    if kind == "keep":
        return text.replace(":", "\\:")
    if kind in ("named", "scheme"):
        return text + JOINER
    return "\\" + text
