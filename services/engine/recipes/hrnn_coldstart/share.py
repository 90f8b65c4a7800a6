"""How much of the answer comes from the ridge: chosen on trained items that the training did not predict.

Which of the two is better depends on the data: the ridge where features are many and users alike (the film
demo), the network where features are few and broad (MovieLens 1M with genres and years). Each network of the ensemble
has items of its own that judge: they stay its inputs, but are no targets, so to the features they are new items. Their
users are asked with the events of all other items. All judging items leave a history together: else an item that a
user wants would be asked for with less history than one that they do not want. The share with the best
NDCG@10 among the judging items, over all networks, is taken half-way: the judges are few, and what both say together is
rarely far below the better of the two.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Histories, Ints, Longs, SilentProgress
from services.engine.recipes.histories import keep_events, select_users
from services.engine.recipes.hrnn_coldstart.model import EQUAL_SHARE, HrnnColdStartModel, combined
from services.engine.recipes.hrnn_coldstart.two_step_ridge import DAMPING, item_tastes, predicted_directions
from services.engine.recipes.hrnn_metadata.features import FeatureRows

SHARES = (0.0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0)
_JUDGED_SHARE = 0.2
"""Of each network. A tenth chose .75 on MovieLens 1M, where 0 to .375 are best; with a fifth as much is learned."""
_TRUST = 0.5
"""How far the judges move the share from equal shares. At 1, one of seven validation parts lost 6 % of its MRR."""
_MIN_JUDGED = 20
_MAX_USERS = 1000
_SHOWN = 10
"""Places of the judging items that count: an answer shows the best of a long list, not all of it."""


def judged_rows(n_trained: int, n_features: int, n_networks: int, seed: int) -> list[Longs]:
    """Return the rows of the trained items that judge for each network, int64 ascending, no item for two of them.

    None where there are few items or features.
    """
    n_judged = round(_JUDGED_SHARE * n_trained)
    if n_judged < _MIN_JUDGED or n_features == 0:
        return [np.empty(0, np.int64)] * n_networks
    order = np.random.default_rng([seed, 4]).permutation(n_trained)
    return [np.sort(order[n_judged * network : n_judged * (network + 1)]) for network in range(n_networks)]


def best_share(values: Sequence[Floats | None]) -> float:
    """Return the ridge's share from what share_values() found for each network."""
    known = [found for found in values if found is not None]
    if not known:
        return EQUAL_SHARE
    best = SHARES[int(np.mean(known, axis=0).argmax())]
    return EQUAL_SHARE + _TRUST * (best - EQUAL_SHARE)


def share_values(
    model: HrnnColdStartModel,
    histories: Histories,
    trained_items: Ints,
    judged: Longs,
    vectors: tuple[Floats, Floats],
    features: tuple[FeatureRows, int],
) -> Floats | None:
    """Return the NDCG of the judged items for each of SHARES, (n_shares,); None where nothing can be judged.

    judged: their rows among trained_items; vectors: (n_trained, d) and biases (n_trained,) of the trained items from
    features alone; features: those of the trained items, and how many there are. The ridge, a closed form, learns once
    more without the judged items.
    """
    if len(judged) == 0:
        return None
    is_judged = np.zeros(histories.n_items, bool)
    is_judged[trained_items[judged]] = True
    asked = keep_events(histories, ~is_judged[histories.items])
    wanted = _wanted(histories, trained_items[judged])
    users = np.flatnonzero((asked.lengths() > 0) & wanted.any(axis=1))
    if len(users) == 0:
        return None
    users = users[:: -(-len(users) // _MAX_USERS)]
    sample, wanted = select_users(asked, users), wanted[users]
    outputs = model.mean_outputs(model.states(sample, SilentProgress()))
    logits: Floats = outputs @ vectors[0][judged].T + vectors[1][judged]
    scores = _ridge_scores(asked, sample, trained_items, judged, features)
    values = [_ndcg(combined(logits, scores, share), wanted).mean() for share in SHARES]
    return np.array(values, np.float32)


def _ridge_scores(
    asked: Histories, sample: Histories, trained_items: Ints, judged: Longs, features: tuple[FeatureRows, int]
) -> Floats:
    """Return what a ridge that learned from asked gives the judged items for the users of sample, (n_users, n)."""
    rows, n_features = features
    known = np.delete(np.arange(len(trained_items)), judged)
    directions, tastes = item_tastes(asked, trained_items[known], damping=DAMPING)
    promised = predicted_directions(directions, rows.take(known), rows.take(judged), n_features)
    of_items = np.zeros((asked.n_items, tastes.shape[1]), np.float32)
    of_items[trained_items[known]] = tastes
    of_users = np.stack([of_items[np.unique(sample.of(user)[0])].sum(axis=0) for user in range(sample.n_users)])
    scores: Floats = of_users @ promised.T
    return scores


def _wanted(histories: Histories, items: Ints) -> NDArray[np.bool_]:
    """Return bool (n_users, n): whether each user has each of these items, int32 ascending."""
    wanted = np.zeros((histories.n_users, len(items)), bool)
    users = np.repeat(np.arange(histories.n_users), histories.lengths())
    places = np.searchsorted(items, histories.items).clip(max=len(items) - 1)
    found = items[places] == histories.items
    wanted[users[found], places[found]] = True
    return wanted


def _ndcg(scores: Floats, wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return each row's NDCG@10 by scores (n, m); wanted, bool (n, m), has at least one item in each row."""
    n_shown = min(_SHOWN, scores.shape[1])
    order = np.argsort(-scores, axis=1, kind="stable")[:, :n_shown]
    gains = 1 / np.log2(np.arange(2, n_shown + 2))
    ideal = np.cumsum(gains)[np.minimum(wanted.sum(axis=1), n_shown) - 1]
    values: NDArray[np.float64] = (np.take_along_axis(wanted, order, axis=1) @ gains) / ideal
    return values
