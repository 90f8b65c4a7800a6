"""aws-next-best-action in a world whose truth is known: does it find who takes what, and do its propensities hold?

    python -m benchmarks.current_actions

There is no public data of actions with item histories. The world: 2,000 people of eight tastes, who watch 30 items of
mostly their own taste, and are shown 20 actions six times; each action appeals to two tastes, some people take anything
sooner than others, and one action in four is rare. The newest fifth is held out. AUC: how often a taken case has the
higher score of a pair. "Top decile": the mean propensity of the tenth of the cases with the highest one, and the share
of it that was taken. Beside it: the rate of each action for everybody, each person's own rate, chance, and the truth.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default

import time

import numpy as np
from numpy.typing import NDArray

from services.engine.jobs.evaluation.actions import area_under_the_curve, before, moment_of
from services.engine.recipes.actions import NOT_TAKEN, TAKEN, ActionData, ActionEvents, ActionTrainingData
from services.engine.recipes.base import Histories, SilentProgress, TrainOptions
from services.engine.recipes.next_best_action.cases import DAY_S, Cases, cases_of
from services.engine.recipes.next_best_action.recipe import NextBestActionRecipe

N_USERS, N_TASTES, N_ITEMS, N_ACTIONS, N_SHOWN = 2_000, 8, 400, 20, 6
START = 1_700_000_000
Doubles = NDArray[np.float64]


def world(seed: int = 0) -> tuple[ActionTrainingData, Doubles]:
    """Return the data, and the true chance of every person with every action, (n_users, n_actions)."""
    rng = np.random.default_rng(seed)
    tastes = rng.integers(0, N_TASTES, N_USERS)
    own = rng.random((N_USERS, 30)) < 0.7
    groups = np.where(own, tastes[:, None], rng.integers(0, N_TASTES, (N_USERS, 30)))
    items = groups * (N_ITEMS // N_TASTES) + rng.integers(0, N_ITEMS // N_TASTES, groups.shape)
    times = START + np.sort(rng.integers(0, 30 * DAY_S, (N_USERS, 30)), axis=1)
    offsets = np.arange(0, N_USERS * 30 + 1, 30, dtype=np.int64)
    histories = Histories(offsets, items.ravel().astype(np.int32), times.ravel().astype(np.int64), N_ITEMS)
    appeal = rng.normal(-2.0, 0.5, N_ACTIONS)[None] + np.zeros((N_USERS, 1))
    for action in range(N_ACTIONS):
        appeal[np.isin(tastes, rng.choice(N_TASTES, 2, False)), action] += 2.5
    truth = 1 / (1 + np.exp(-(appeal + rng.normal(0, 0.7, (N_USERS, 1)))))
    weights = np.where(np.arange(N_ACTIONS) % 4 == 0, 0.1, 1.0)
    shown = np.stack([rng.choice(N_ACTIONS, N_SHOWN, False, weights / weights.sum()) for _ in range(N_USERS)])
    taken = rng.random(shown.shape) < np.take_along_axis(truth, shown, axis=1)
    moments = START + 10 * DAY_S + np.sort(rng.integers(0, 30 * DAY_S, shown.shape), axis=1)
    events = ActionEvents(
        shown.ravel().astype(np.int32),
        np.where(taken, TAKEN, NOT_TAKEN).ravel().astype(np.int8),
        moments.ravel().astype(np.int64),
    )
    of_users = np.arange(0, N_USERS * N_SHOWN + 1, N_SHOWN, dtype=np.int64)
    actions = ActionData(N_ACTIONS, np.ones(N_ACTIONS, np.int64), (), of_users, events)
    return ActionTrainingData(histories, actions=actions), truth


def own_rates(past: ActionData, cases: Cases) -> Doubles:
    """Return how often each case's person had taken anything, shrunk."""
    people = np.repeat(np.arange(len(past.offsets) - 1), np.diff(past.offsets))
    shown = np.bincount(people, minlength=N_USERS)
    taken = np.bincount(people[past.events.kinds == TAKEN], minlength=N_USERS)
    rates: Doubles = ((taken + 1) / (shown + 4))[cases.persons]
    return rates


def main() -> None:
    """Print the table."""
    print("| seed | method | AUC | top decile: said | taken | train s |\n|" + " --- |" * 6)
    for seed in range(3):
        data, truth = world(seed)
        assert data.actions is not None
        moment = moment_of(data.actions)
        past = before(data, moment)
        started = time.process_time()
        model = NextBestActionRecipe().train(past, TrainOptions(), SilentProgress())
        seconds = f"{time.process_time() - started:.1f}"
        cases = cases_of(data.actions, data.histories, model.contributions, 14 * DAY_S, moment)
        actions = cases.actions.astype(np.int64)
        rates = 1 / (1 + np.exp(-model.rates.astype(np.float64)))
        assert past.actions is not None
        methods = {
            "aws-next-best-action": model.chances(actions, cases.features.astype(np.float64)),
            "the action's rate": rates[actions],
            "the person's rate": own_rates(past.actions, cases),
            "by chance": np.random.default_rng(seed).random(len(actions)),
            "the truth": truth[cases.persons, actions],
        }
        for name, scores in methods.items():
            top = np.argsort(-scores, kind="stable")[: len(scores) // 10]
            found = area_under_the_curve(scores.astype(np.float32), cases.taken)
            decile = f"{scores[top].mean():.3f} | {cases.taken[top].mean():.3f}"
            print(f"| {seed} | {name} | {found:.3f} | {decile} | {seconds if 'aws' in name else ''} |", flush=True)


if __name__ == "__main__":
    main()
