"""Finds how the rows of a text file are written: what separates columns, what quotes them, where rows begin.

DuckDB's sniffer judges a sample (van den Burg et al., "Wrangling messy CSV files", 2019, is its model). It knows single
characters and drops the quote when a sample has none; "::", blanks and quotes that come later are looked for here.
"""

import csv
import io
import re
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from services.sources.bounds import MAX_COLUMNS
from services.sources.reading import duck

_SAMPLE_BYTES = 1 << 16
_CANDIDATES = ("\t", ";", "|", ",")
_WORDS = {
    "\t": "tabs",
    ";": "semicolons",
    "|": "vertical bars",
    ",": "commas",
    "::": "double colons",
    " ": "blanks",
    "~": "tildes",
    "^": "carets",
    "\x01": "control characters",
    "\x1f": "control characters",
}
_STEADY = 0.95
"""Share of lines that have as many separators as most."""
_SEP_LINE = re.compile(rb"\Asep=(.)[\"']?\n")


@dataclass(frozen=True)
class Dialect:
    """How rows are written."""

    separator: str
    """One character, "::" or "" for a file of one column."""
    quote: str = '"'
    """'"', "'" or "" for none."""
    skip: int = 0
    """Lines before the first row."""

    @property
    def words(self) -> str:
        """The separator in words."""
        return _WORDS.get(self.separator, f'"{self.separator}"')


def find_dialect(content: bytes, name: str) -> Dialect:
    """Return the dialect of a UTF-8 text with line feeds."""
    if match := _SEP_LINE.match(content):
        return Dialect(match.group(1).decode("utf-8", "replace"), skip=1)
    sample = content[:_SAMPLE_BYTES]
    if len(content) > len(sample) and b"\n" in sample:
        sample = sample[: sample.rindex(b"\n") + 1]
    lines = [line for line in sample.decode("utf-8", "replace").split("\n") if line.strip()][:2_000]
    if not lines:
        return Dialect("")
    if _steady(lines, "::"):
        return Dialect("::", quote="")
    counts = {separator: lines[0].count(separator) for separator in _CANDIDATES}
    if max(counts.values()) > MAX_COLUMNS:
        return Dialect(max(counts, key=lambda separator: counts[separator]))
    if ".tsv" in name and counts["\t"]:
        return Dialect("\t")
    return _sniffed(sample) or _counted(lines)


def split_rows(text: str, dialect: Dialect) -> list[list[str]]:
    """Return the cells of a few lines."""
    if dialect.separator == "::":
        return [line.split("::") for line in text.split("\n") if line]
    if dialect.separator == " ":
        text = re.sub(" +", " ", text)
    quoting = {"quotechar": dialect.quote} if dialect.quote else {"quoting": csv.QUOTE_NONE}
    rows = csv.reader(io.StringIO(text), delimiter=dialect.separator, **quoting)
    return [row for row in rows if row]


def with_doubled_quotes(content: bytes) -> bytes:
    r"""Return the text with \" written as "", where a backslash escapes quotes; both may stand in one file.

    A backslash before the quote that ends a cell is a backslash, so only quotes within a cell are evidence.
    """
    if b'\\"' not in content:
        return content
    inside = len(re.findall(rb'(?<!\\)(?:\\\\)*\\"(?![\t;|,\n]|\Z)', content))
    ending = len(re.findall(rb'(?<!\\)(?:\\\\)*\\"(?=[\t;|,\n]|\Z)', content))
    if inside == 0 or inside * 5 < ending:
        return content
    return re.sub(rb'\\(["\\])', lambda match: b'""' if match.group(1) == b'"' else b"\\", content)


def _sniffed(sample: bytes) -> Dialect | None:
    """Return what DuckDB's sniffer finds, None where it gives up or finds a separator that the first line lacks."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.csv"
        path.write_bytes(sample.replace(b"\0", b""))
        try:
            question = "SELECT Delimiter, Quote, SkipRows FROM sniff_csv(?, all_varchar = true)"
            found = duck.cursor().execute(question, [str(path)]).fetchone()
        except duckdb.Error:
            return None
    if found is None:
        return None
    separator, quote, skip = str(found[0]), str(found[1]), int(found[2])
    if '"' in sample.decode("utf-8", "replace") or quote != "'":
        quote = '"'
    whole = sample.decode("utf-8", "replace").split("\n")
    if any(separator in line for line in whole[:skip]):
        skip = 0  # lines with columns are no title
    first = next((line for line in whole[skip:] if line.strip()), "")
    return Dialect(separator, quote, skip) if separator in first else None


def _counted(lines: list[str]) -> Dialect:
    """Return the separator that the first line has most often; blanks only where all lines agree."""
    counts = {separator: lines[0].count(separator) for separator in _CANDIDATES}
    best = max(counts, key=lambda separator: counts[separator])
    if counts[best]:
        return Dialect(best)
    if len(lines) > 1 and _steady(lines, " "):
        return Dialect(" ")
    return Dialect("")


def _steady(lines: list[str], separator: str) -> bool:
    counts = Counter(len(re.findall(f"{re.escape(separator)}+", line.strip())) for line in lines)
    most, n_lines = counts.most_common(1)[0]
    return most > 0 and n_lines >= _STEADY * len(lines) and separator in lines[0]
