"""The propensity of an action: one logistic regression for all actions, and what each one differs from it by.

    logit = rate of the action + common coefficients * features + the action's own coefficients * features

The rate of an action is shrunk to that of the actions with the same categories, and theirs to everybody's, by as many
cases as are weak evidence (empirical Bayes: Efron and Morris 1977, "Stein's paradox in statistics"). Own coefficients
have a ridge, so an action with few cases has hardly any: partial pooling (Gelman and Hill 2007, chapter 12).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Column, Floats

PRIOR_CASES = 20.0
COMMON_RIDGE, OWN_RIDGE = 1.0, 30.0
_ROUNDS = 25
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Propensity:
    """The coefficients."""

    rates: Floats
    """float32 (n_actions,): logit of each action's shrunk rate."""
    means: Floats
    scales: Floats
    """float32 (n_features,): features are centred and scaled."""
    common: Floats
    """float32 (n_features,)."""
    own: Floats
    """float32 (n_actions, n_features)."""

    def of(self, actions: NDArray[np.int64], features: Doubles) -> Floats:
        """Return the propensities, float32 (n,), of actions and their features (n, n_features)."""
        x = (features - self.means) / self.scales
        logits = self.rates[actions] + x @ self.common + (x * self.own[actions]).sum(axis=1)
        result: Floats = (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)
        return result


def fit(actions: NDArray[np.int64], taken: NDArray[np.bool_], features: Doubles, rates: Doubles) -> Propensity:
    """Return the propensity after these cases; rates, (n_actions,): see shrunk_rates()."""
    means, scales = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-6)
    x, y = (features - means) / scales, taken.astype(np.float64)
    logits = np.log(rates) - np.log1p(-rates)
    common = _newton(x, y, logits[actions], COMMON_RIDGE)
    offsets = logits[actions] + x @ common
    own = np.zeros((len(rates), x.shape[1]))
    for action in np.unique(actions).tolist():
        rows = actions == action
        own[action] = _newton(x[rows], y[rows], offsets[rows], OWN_RIDGE)
    parts = (logits, means, scales, common, own)
    return Propensity(*(part.astype(np.float32) for part in parts))


def shrunk_rates(n_taken: Doubles, n_shown: Doubles, columns: tuple[Column, ...]) -> Doubles:
    """Return how often each action is taken when it is shown, (n_actions,), shrunk as the module says."""
    overall = (n_taken.sum() + 1.0) / (n_shown.sum() + 4.0)
    of_group = np.full(len(n_taken), overall)
    sums = np.zeros(len(n_taken))
    for column in columns:
        if column.offsets is None:
            continue
        rows = np.repeat(np.arange(len(n_taken)), np.diff(column.offsets))
        taken = np.bincount(column.values, weights=n_taken[rows], minlength=len(column.categories))
        shown = np.bincount(column.values, weights=n_shown[rows], minlength=len(column.categories))
        rates = (taken + PRIOR_CASES * overall) / (shown + PRIOR_CASES)
        of_group += np.bincount(rows, weights=rates[column.values], minlength=len(n_taken))
        sums += np.bincount(rows, minlength=len(n_taken))
    of_group /= 1 + sums
    result: Doubles = np.clip((n_taken + PRIOR_CASES * of_group) / (n_shown + PRIOR_CASES), 1e-4, 1 - 1e-4)
    return result


def _newton(x: Doubles, y: Doubles, offsets: Doubles, ridge: float) -> Doubles:
    """Return the coefficients of a ridge-penalised logistic regression with offsets."""
    w = np.zeros(x.shape[1])

    def loss(v: Doubles) -> float:
        z = offsets + x @ v
        return float(np.logaddexp(0, z).sum() - y @ z + 0.5 * ridge * v @ v)

    current = loss(w)
    for _ in range(_ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(offsets + x @ w, -30, 30)))
        gradient = x.T @ (p - y) + ridge * w
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + ridge * np.eye(len(w)), gradient)
        size = 1.0
        while size > 1e-4 and loss(w - size * step) > current:
            size /= 2
        w = w - size * step
        now = loss(w)
        if current - now < 1e-8 * max(abs(current), 1.0):
            break
        current = now
    return w
