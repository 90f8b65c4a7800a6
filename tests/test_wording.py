"""The rules of docs/wording.md that a program can check, on the texts in the sources of screens."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("pages", "services/screens", "services/language", "services/lists", "services/story", "services/demo")
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
SENTENCES = [path for path in FILES if path.stem.endswith("sentences") or path.stem == "hit_rates"]

MAX_HEADLINE = 140
MAX_WORDS = 24
TECHNICAL = re.compile(r"\bHRNN\b|\bridge\b|\baws-[a-z]|leaks nothing|popularity without|\bsims\b")
MEANT_FOR_EXPERTS = ("HOW", "help", "METHOD_WORDS")
"""Constants and arguments whose texts are drawers and tooltips, or names of methods."""
PERCENT = re.compile(r"[\d}]%")
MARKUP = re.compile(r"<\w|[a-z-]+: ?[^ ]*%|datum|px\b|-src ")
"""CSS, HTML, policies and Vega expressions, which have per cents and exclamation marks of their own."""
SHOWN = re.compile(r"[A-Za-z]{2,} [A-Za-z]")


class Text(NamedTuple):
    """A string of the sources, with {} for what is filled in; within names functions, constants and arguments."""

    where: str
    value: str
    within: tuple[str, ...]


def texts(path: Path) -> Iterator[Text]:
    yield from _texts(ast.parse(path.read_text(encoding="utf-8")), path, ())


def _texts(node: ast.AST, path: Path, within: tuple[str, ...]) -> Iterator[Text]:
    value = None
    if isinstance(node, ast.JoinedStr):
        value = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        value = node.value
    if value is not None:
        yield Text(f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", value, within)
    parts = node.values if isinstance(node, ast.JoinedStr) else ast.iter_child_nodes(node)
    for child in parts:
        if isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant):
            continue
        if isinstance(node, ast.FormattedValue) and child is node.format_spec:
            continue
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        yield from _texts(child, path, within + _named(child))


def _named(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.FunctionDef):
        return (node.name,)
    if isinstance(node, ast.keyword) and node.arg:
        return (node.arg,)
    targets = node.targets if isinstance(node, ast.Assign) else []
    return tuple(target.id for target in targets if isinstance(target, ast.Name))


@cache
def all_texts() -> list[Text]:
    return [text for path in FILES for text in texts(path)]


@cache
def prose() -> list[Text]:
    return [text for text in all_texts() if SHOWN.search(text.value) and not MARKUP.search(text.value)]


def places(found: list[Text]) -> list[str]:
    return [f"{text.where}: {text.value[:90]}" for text in found]


def test_the_texts_are_found() -> None:
    assert len(prose()) > 1000
    assert any("of the bestsellers, {}." in text.value for text in prose())
    assert not [text for text in all_texts() if text.value.startswith("Return ")]


def test_technical_names_stay_in_drawers_and_grey() -> None:
    open_ = [text for text in prose() if not text.within or not _for_experts(text)]
    assert places([text for text in open_ if TECHNICAL.search(text.value)]) == []


def _for_experts(text: Text) -> bool:
    return any(name in MEANT_FOR_EXPERTS or name.endswith(("source", "_HELP")) for name in text.within)


@pytest.mark.parametrize("path", SENTENCES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_headlines_name_no_recipe_and_no_campaign_and_fit(path: Path) -> None:
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(function, ast.FunctionDef) or "headline" not in function.name:
            continue
        named = [node for node in ast.walk(function) if isinstance(node, ast.Attribute)]
        assert not [node.lineno for node in named if node.attr == "recipe_words"], function.name
        campaigns = [node for node in named if node.attr == "name" and "campaign" in ast.unparse(node.value)]
        assert not [node.lineno for node in campaigns], function.name
    long = [text for text in texts(path) if any("headline" in name for name in text.within)]
    assert places([text for text in long if len(text.value) > MAX_HEADLINE]) == []


def test_per_cents_are_written_in_one_way() -> None:
    assert places([text for text in prose() if PERCENT.search(text.value)]) == []
    formatted = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            spec = node.format_spec if isinstance(node, ast.FormattedValue) else None
            if spec is not None and "%'" in ast.unparse(spec) and "%b" not in ast.unparse(spec):
                formatted.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert formatted == [], "use services.language.phrases"


def test_punctuation_and_plurals() -> None:
    faults = {
        "a plural in brackets": r"\w\((s|es)\)",
        "an exclamation mark": r"[A-Za-z}]!(\s|$)",
        "two spaces": r"\S  +[^\s\\:]",
        "a comparison with to": r"\bto (chance|popularity|everybody|bestsellers|random)( |$)",
    }
    for fault, pattern in faults.items():
        found = [text for text in prose() if re.search(pattern, text.value.replace("  \n", "\n"))]
        assert places(found) == [], fault


def test_long_texts_of_pages_stand_in_sentences_files() -> None:
    pages = [text for text in prose() if text.where.startswith("pages") and "/frame/" not in text.where]
    long = [text for text in pages if len(re.findall(r"[A-Za-z{]\S*", text.value)) > MAX_WORDS]
    assert places([text for text in long if "HOW" not in text.within]) == []


NOUN_AFTER_ARTICLE = re.compile(r"\b[aA] \{(?:[a-z_.]*noun\b|category_noun\()")
"""A noun of the data after a written "a": with "item" it would read "a item"."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_article_before_a_noun_of_the_data_follows_its_sound(path: Path) -> None:
    found = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if NOUN_AFTER_ARTICLE.search(line)]
    assert found == [], "use phrases.with_article(noun)"
