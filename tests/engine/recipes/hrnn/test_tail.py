"""Early stopping of the recurrent network: what is put aside, what is kept, and that nothing of it is learned."""

from types import SimpleNamespace

import numpy as np
import torch

from services.engine.recipes.base import Histories, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.hrnn.batches import make_sequences
from services.engine.recipes.hrnn.config import HYPERPARAMETERS
from services.engine.recipes.hrnn.tail import PATIENCE, EarlyStopping, Tail, hold_out_last_events
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import load_recipe
from tests.engine.recipes.synthetic import histories_of, markov

QUIET = SilentProgress()


def put_aside(histories: Histories):
    rows = np.arange(histories.n_items, dtype=np.int32)
    sequences = make_sequences(histories, rows, False, True)
    return sequences, *hold_out_last_events(histories, sequences, rows, np.random.default_rng(0))


def test_last_event_of_a_tenth_of_the_users_is_put_aside() -> None:
    histories = markov(n_users=50)
    sequences, left, tail = put_aside(histories)
    assert len(tail.targets) == 5
    assert len(left.inputs) == len(left.targets) == len(left.gaps) == len(sequences.inputs) - 5
    assert int(left.lengths.sum()) == len(left.inputs)
    shortened = left.users[left.lengths < sequences.lengths]
    assert tail.past.lengths().tolist() == (histories.lengths()[shortened] - 1).tolist()
    for position, user in enumerate(shortened):
        items = histories.of(int(user))[0]
        assert tail.past.of(position)[0].tolist() == items[:-1].tolist()
        assert tail.targets[position] == items[-1]


def test_few_or_short_histories_give_no_tail() -> None:
    _, left, tail = put_aside(histories_of([[0, 1, 2], [1, 2], [2]], 3))
    assert len(tail.targets) == 0
    assert left.lengths.tolist() == [2, 1]


def test_reciprocal_rank_counts_what_scores_higher() -> None:
    class Fixed:
        n_items = 4

        def states(self, histories, progress):
            return np.zeros((histories.n_users, 0), np.float32)

        def item_scores(self, states):
            return np.array([[4, 3, 2, 1], [4, 3, 2, -np.inf]], np.float32)[: len(states)]

    past = histories_of([[0], [0]], 4)
    assert Tail(past, np.array([2, 0], np.int32)).reciprocal_rank(Fixed()) == (1 / 3 + 1) / 2
    assert Tail(past, np.array([0, 3], np.int32)).reciprocal_rank(Fixed()) == 1 / 2


def test_training_stops_when_nothing_improves_and_the_best_weights_return() -> None:
    network = torch.nn.Linear(1, 1)
    values = iter([0.1, 0.5, 0.3, 0.4, 0.2, 0.9])
    tail = SimpleNamespace(reciprocal_rank=lambda model: next(values))
    stopping = EarlyStopping(network, tail, lambda network: network)
    over = []
    while not (over and over[-1]):
        with torch.no_grad():
            network.bias.fill_(float(len(over)))
        over.append(stopping.should_stop())
    assert over == [False] * (1 + PATIENCE) + [True]
    assert stopping.restore() == 0.5
    assert network.bias.item() == 1.0


def test_training_with_early_stopping_ends_before_all_its_epochs() -> None:
    epochs: list[float] = []

    class Curve(SilentProgress):
        def curve_point(self, epoch: float, value: float) -> None:
            epochs.append(epoch)

    given = {"epochs": "60", "early_stopping": "true", "learning_rate": "0.02"}
    options = TrainOptions(complete("aws-hrnn", HYPERPARAMETERS, given))
    load_recipe("aws-hrnn").train(TrainingData(markov(noise=0.0)), options, Curve(), lambda model: 0.0)
    assert 1 + PATIENCE <= max(epochs) < 60
