"""SVG elements in few bytes: what motifs are made of, in a square of 240 units."""

from math import cos, pi, sin

SIDE = 240
"""Of the square that motifs are drawn in."""


def circle(x: int, y: int, r: int, fill: str, more: str = "") -> str:
    """Return a disc."""
    return f"<circle cx='{x}' cy='{y}' r='{r}' fill='{fill}'{more}/>"


def ellipse(x: int, y: int, rx: int, ry: int, fill: str) -> str:
    """Return a flat disc."""
    return f"<ellipse cx='{x}' cy='{y}' rx='{rx}' ry='{ry}' fill='{fill}'/>"


def ring(x: int, y: int, r: int, line: str, wide: int, more: str = "") -> str:
    """Return a circle's line."""
    return f"<circle cx='{x}' cy='{y}' r='{r}' fill='none' stroke='{line}' stroke-width='{wide}'{more}/>"


def rect(x: int, y: int, w: int, h: int, fill: str, more: str = "") -> str:
    """Return a rectangle."""
    return f"<rect x='{x}' y='{y}' width='{w}' height='{h}' fill='{fill}'{more}/>"


def path(d: str, fill: str, more: str = "") -> str:
    """Return a filled path."""
    return f"<path d='{d}' fill='{fill}'{more}/>"


def line(d: str, color: str, wide: int, more: str = "") -> str:
    """Return a path's line."""
    return f"<path d='{d}' fill='none' stroke='{color}' stroke-width='{wide}'{more}/>"


def disc(x: int, y: int, r: int) -> str:
    """Return a disc as a part of a path."""
    return f"M{x - r} {y}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z"


def see(share: float) -> str:
    """Return the attribute that lets an element shine through."""
    return f" opacity='{share:g}'"


def gradient(name: str, top: str, bottom: str, more: str = "x2='0' y2='1'") -> str:
    """Return a gradient from top to bottom; used as url(#name)."""
    return (
        f"<linearGradient id='{name}' {more}><stop stop-color='{top}'/>"
        f"<stop offset='1' stop-color='{bottom}'/></linearGradient>"
    )


def pattern(name: str, w: int, h: int, inside: str, more: str = "") -> str:
    """Return a pattern that repeats; used as url(#name)."""
    return f"<pattern id='{name}' width='{w}' height='{h}' patternUnits='userSpaceOnUse'{more}>{inside}</pattern>"


def on_circle(x: float, y: float, r: float, degrees: float) -> tuple[int, int]:
    """Return a point of a circle; 0 degrees are at the right, 90 below."""
    return round(x + r * cos(degrees * pi / 180)), round(y + r * sin(degrees * pi / 180))


def star(x: int, y: int, r: int) -> str:
    """Return a star with four points as a part of a path."""
    return f"M{x} {y - r}q0 {r} {r} {r}q{-r} 0 {-r} {r}q0 {-r} {-r} {-r}q{r} 0 {r} {-r}z"
