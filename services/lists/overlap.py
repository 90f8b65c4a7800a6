"""How far two ranked lists agree: the items they share, and rank-biased overlap, which considers the order.

Rank-biased overlap: Webber, Moffat and Zobel, "A similarity measure for indefinite rankings", ACM TOIS 28(4), 2010; in
its extrapolated form, RBO_EXT (equation 32), also for lists of different length and without any item in common.
"""

from collections.abc import Sequence

PERSISTENCE = 0.9
"""p: the first ten places carry 86 % of the weight (ibid., section 4.4)."""
SOME, STRONG = 0.2, 0.5
"""The words for agreement, each with the value from which it holds."""


def overlap_at(one: Sequence[str], other: Sequence[str], k: int) -> int:
    """Return how many items the first k places of both lists share."""
    return len(set(one[:k]) & set(other[:k]))


def rank_biased_overlap(one: Sequence[str], other: Sequence[str], p: float = PERSISTENCE) -> float:
    """Return RBO_EXT of two rankings, 0 to 1: 1 for equal lists, 0 for lists that share nothing or are empty.

    p is the chance that a reader continues to the next place, above 0 and below 1. Raises ValueError for another p or
    for a list with an item twice.
    """
    if not 0 < p < 1:
        raise ValueError(f"p is {p}; it must lie between 0 and 1.")
    for ranking in (one, other):
        if len(set(ranking)) != len(ranking):
            raise ValueError("A ranking holds an item twice; give each item once.")
    short, long = sorted((one, other), key=len)
    s, n = len(short), len(long)
    if s == 0:
        return 0.0
    common, in_short, in_long = 0, set[str](), set[str]()
    total, common_at_s = 0.0, 0
    for depth in range(1, n + 1):
        in_long.add(long[depth - 1])
        if depth <= s:
            in_short.add(short[depth - 1])
            common += short[depth - 1] in in_long
        common += long[depth - 1] in in_short and not (depth <= s and long[depth - 1] == short[depth - 1])
        if depth == s:
            common_at_s = common
        total += common / depth * p**depth
        if depth > s:
            total += common_at_s * (depth - s) / (s * depth) * p**depth
    return (1 - p) / p * total + ((common - common_at_s) / n + common_at_s / s) * p**n


def overlap_word(value: float) -> str:
    """Return rank-biased overlap as a word: none, little, some, strong, the same."""
    if value > 0.995:
        return "the same"
    if value >= STRONG:
        return "strong"
    if value >= SOME:
        return "some"
    return "little" if value >= 0.05 else "none"
