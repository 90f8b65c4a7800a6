"""The theme's colours against both backgrounds: 4.5:1 for text, 3:1 for marks, white on the primary colour."""

import re
import tomllib
from pathlib import Path

import pytest

from pages.components.charts import theme as charts

CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"
LOOK = Path(__file__).parents[2] / "pages" / "components" / "frame" / "look.css"
MODES = ("light", "dark")
TEXTS = ("textColor", "linkColor", "grayTextColor", "redColor", "greenColor", "orangeColor", "blueColor")
CAPTION_OPACITY = 0.6
"""Streamlit draws captions in the text colour at this opacity."""


def settings() -> dict:
    return tomllib.loads(CONFIG.read_text(encoding="utf-8"))


def rgb(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def luminance(channels: list[float]) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: list[float], second: list[float]) -> float:
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def backgrounds(mode: str) -> list[str]:
    theme = settings()["theme"][mode]
    return [theme["backgroundColor"], theme["secondaryBackgroundColor"], theme["sidebar"]["backgroundColor"]]


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast([0, 0, 0], [1, 1, 1]) == pytest.approx(21)


@pytest.mark.parametrize("mode", MODES)
def test_text_has_four_and_a_half_to_one(mode: str) -> None:
    theme = settings()["theme"][mode]
    for background in backgrounds(mode):
        for name in TEXTS:
            assert contrast(rgb(theme[name]), rgb(background)) >= 4.5, f"{mode} {name} on {background}"


@pytest.mark.parametrize("mode", MODES)
def test_captions_have_four_and_a_half_to_one(mode: str) -> None:
    text = rgb(settings()["theme"][mode]["textColor"])
    for background in map(rgb, backgrounds(mode)):
        mixed = [CAPTION_OPACITY * t + (1 - CAPTION_OPACITY) * b for t, b in zip(text, background, strict=True)]
        assert contrast(mixed, background) >= 4.5, mode


@pytest.mark.parametrize("mode", MODES)
def test_marks_of_every_role_have_three_to_one(mode: str) -> None:
    colours = settings()["theme"][mode]["chartCategoricalColors"]
    assert len(colours) == len(charts.ROLES)
    for background in backgrounds(mode)[:2]:
        for role, colour in zip(charts.ROLES, colours, strict=True):
            assert contrast(rgb(colour), rgb(background)) >= 3, f"{mode} {role} {colour} on {background}"


@pytest.mark.parametrize("role", ["a", "b"])
def test_a_users_dot_has_the_colour_of_the_users_marks(role: str) -> None:
    look = LOOK.read_text(encoding="utf-8")
    found = re.search(rf"\.pe-dot-{role}::before {{ background: light-dark\((#\w+), (#\w+)\); }}", look)
    assert found is not None
    place = charts.ROLES.index(role)
    painted = [settings()["theme"][mode]["chartCategoricalColors"][place].lower() for mode in MODES]
    assert list(found.groups()) == painted


@pytest.mark.parametrize("mode", MODES)
def test_white_on_the_primary_colour_is_readable(mode: str) -> None:
    assert contrast([1, 1, 1], rgb(settings()["theme"][mode]["primaryColor"])) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_roles_have_colours_of_their_own(mode: str) -> None:
    colours = settings()["theme"][mode]["chartCategoricalColors"]
    assert len(set(colours)) == len(colours)


@pytest.mark.parametrize("mode", MODES)
def test_scales_have_the_ten_steps_that_streamlit_wants(mode: str) -> None:
    theme = settings()["theme"][mode]
    assert len(theme["chartSequentialColors"]) == 10
    assert len(theme["chartDivergingColors"]) == 10


def test_both_themes_are_complete_and_nothing_leaves_the_machine() -> None:
    config = settings()
    assert set(config["theme"]["light"]) == set(config["theme"]["dark"])
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["server"]["address"] == "127.0.0.1"
    assert "http" not in str(config["theme"])


def test_painting_an_unknown_role_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="no role; choose one of a, b"):
        charts.paint("purple")
