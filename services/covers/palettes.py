"""The colours of a cover: a decade gives eight looks of the printing press, a mood four corners of each.

Ink on its ground has a contrast of at least 4.5:1, whatever the hue is turned to.
"""

import colorsys
from dataclasses import dataclass
from functools import lru_cache

MOODS = ("night", "day", "earth", "rose")
ERAS: dict[str, tuple[tuple[str, str, str, str, str], ...]] = {
    # dark, paper, strong, second, light: one for each mood
    "silent": (
        ("1B1A17", "EFE3C8", "8C2F1B", "5C5346", "D9B56A"),
        ("2B2A26", "F3E9D2", "C9772E", "7A9E87", "E8C468"),
        ("2A2118", "F0E2C4", "A65E2E", "6F6A45", "DDB771"),
        ("2A1A1F", "F4E6D8", "A8434B", "5D6B73", "E3B78F"),
    ),
    "fifties": (
        ("14202B", "F2E8D5", "C8392B", "2F5D73", "E8B23A"),
        ("1E2F3C", "FAF0DC", "E8583D", "3C9A94", "F4BF3F"),
        ("2B2320", "F4E7CC", "C65D2E", "7C8A4B", "E9B44C"),
        ("2D1B2A", "F9EBE0", "D9485F", "6FA8A6", "F2B5A0"),
    ),
    "sixties": (
        ("141414", "F5F0E6", "E0281F", "2B4EA0", "F2C230"),
        ("1A1A2E", "FFF6E0", "FF5A36", "1FA6A0", "FFC93C"),
        ("2A1F14", "FBEBCB", "D9601A", "8A8B2E", "F0B429"),
        ("26123A", "FFEFE6", "E83E73", "7A4FB5", "FFB38A"),
    ),
    "seventies": (
        ("1C1310", "F3E2C2", "B5361C", "7A4A2B", "E39A2D"),
        ("33201A", "FBEBCB", "E4671F", "6B8F3F", "F5B83D"),
        ("2E1D12", "F6E3BE", "C4561A", "8A6A2B", "E8A63A"),
        ("33141F", "F9E4D0", "C23B4E", "8C4A6B", "F0A45D"),
    ),
    "eighties": (
        ("120A2A", "F4ECFF", "E6187F", "3A2BC4", "17D1E0"),
        ("1C1450", "FFF3E8", "FF4F79", "12A5C9", "FFD23F"),
        ("221430", "FFE9D6", "F0602C", "7A3FA0", "FFB84D"),
        ("2A0F3D", "FFEAF3", "F0428A", "7C5CFF", "FFB3C7"),
    ),
    "nineties": (
        ("0E1A1C", "E9EFEA", "B3261E", "1E5F66", "D9A441"),
        ("14303A", "F6F4E8", "E5533D", "2E8C7F", "F6C445"),
        ("22231A", "EEE9D6", "A8542A", "4F6B46", "D8B25A"),
        ("24182B", "F5EAE6", "B83A5B", "4C6A92", "E9B7A1"),
    ),
    "noughties": (
        ("0B1420", "E8EEF4", "D7372F", "2A5C8F", "8FB8D6"),
        ("10243F", "F4F8FB", "FF6B35", "1E8FC0", "FFD166"),
        ("1E2320", "EFEFE4", "C96A34", "5B7F6B", "E0C27A"),
        ("231A36", "F6EEF5", "D64577", "5871B8", "F3B9C6"),
    ),
    "recent": (
        ("0D0F1A", "F1F2F6", "F23B4B", "3B3F8F", "5CE1E6"),
        ("1B1F3B", "FFF9EF", "FF6F59", "2EB0A5", "FFD25F"),
        ("1F241F", "F4F1E6", "D97A3E", "3F7D63", "E9C46A"),
        ("251633", "FFF0F3", "EF476F", "7B5EA7", "FFC2B4"),
    ),
}
ERA_NAMES = tuple(ERAS)
N_TURNS = 5
"""Hues that one palette is turned to, so that covers of one decade are kin and not copies."""
_TURN = 0.032
SCHEMES: dict[str, tuple[int, ...]] = {
    "night": (0, 4, 2, 0, 3, 4, 2),
    "day": (3, 1, 3, 2, 4, 1),
    "earth": (3, 0, 4, 3, 1, 2),
    "rose": (2, 3, 1, 0, 3, 4),
}
MIN_CONTRAST = 4.5


@dataclass(frozen=True)
class Colors:
    """What a motif and its title are drawn with; all are "#rrggbb"."""

    ground: str
    """Under the title."""
    ink: str
    """Of the title."""
    sky: str
    """Behind the motif; often the ground."""
    deep: str
    """The sky's darker or lighter end."""
    a: str
    b: str
    c: str
    """Three that stand out from the sky, the strongest first."""
    pale: str
    dark: str


@lru_cache(maxsize=1024)
def colors(era: str, mood: str, turn: int, scheme: int) -> Colors:
    """Return the colours of a cover; scheme is one of SCHEMES[mood]."""
    dark, pale, x, y, z = (_turned(value, turn) for value in ERAS[era][MOODS.index(mood)])
    if scheme == 2 and max(contrast(pale, x), contrast(dark, x)) < MIN_CONTRAST:
        scheme = 0
    if scheme == 0:
        return Colors(dark, pale, dark, mixed(dark, y, 0.55), x, mixed(y, pale, 0.12), z, pale, dark)
    if scheme == 1:
        return Colors(pale, dark, pale, mixed(pale, z, 0.45), x, y, z, mixed(pale, "#ffffff", 0.5), dark)
    if scheme == 2:
        ink = pale if contrast(pale, x) >= MIN_CONTRAST else dark
        return Colors(x, ink, x, mixed(x, dark, 0.25), pale, mixed(dark, x, 0.3), z, mixed(pale, "#ffffff", 0.5), dark)
    if scheme == 3:
        return Colors(pale, dark, z, mixed(z, x, 0.3), x, y, pale, pale, dark)
    return Colors(dark, pale, y, mixed(y, dark, 0.45), x, mixed(dark, y, 0.2), z, pale, dark)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2 defines it."""
    light, shade = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (shade + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """Return a colour with this share of the other one."""
    return _written([(1 - share) * a + share * b for a, b in zip(_parts(one), _parts(other), strict=True)])


def _turned(value: str, turn: int) -> str:
    hue, light, full = colorsys.rgb_to_hls(*_parts("#" + value))
    return _written(list(colorsys.hls_to_rgb((hue + _TURN * (turn - N_TURNS // 2)) % 1.0, light, full)))


def _parts(value: str) -> tuple[float, float, float]:
    return int(value[1:3], 16) / 255, int(value[3:5], 16) / 255, int(value[5:7], 16) / 255


def _written(parts: list[float]) -> str:
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, part))):02x}" for part in parts)


def _luminance(value: str) -> float:
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in _parts(value))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
