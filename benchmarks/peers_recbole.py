"""SASRec and GRU4Rec of RecBole on the same hold-out, lists and metrics as benchmarks/recipes.py.

    EXPLORER_DATA=DIR PEERS/bin/python -m benchmarks.peers_recbole [--data 100k] [--models SASRec GRU4Rec] [--epochs N]

PEERS is an environment with benchmarks/requirements-peers.txt. RecBole's own settings of the two models (the last 50
events of a user, learning rate 0.001, cross entropy over all items); training stops when MRR@10 on every training
user's last event has not risen for --patience epochs, and the best epoch is measured. Each prefix of a history is an
example of its own there, which is why an epoch takes as long as it does. SASRec: Kang and McAuley 2018; GRU4Rec: Hidasi
et al. 2016 in the form of Tan et al. 2016.
"""

import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.peers import ScoresOf, peers_parser, peers_split
from benchmarks.recipes import COLUMNS, measure_scores, row
from services.engine.recipes.base import Floats, Histories, Longs

MODELS = ("SASRec", "GRU4Rec")
LAST_EVENTS = 50


def settings(folder: Path, epochs: int, patience: int, seed: int) -> dict[str, Any]:
    """Return RecBole's configuration; what is not named here stays at its default for the model."""
    return {
        "data_path": str(folder),
        "checkpoint_dir": str(folder),
        "USER_ID_FIELD": "user",
        "ITEM_ID_FIELD": "item",
        "TIME_FIELD": "time",
        "load_col": {"inter": ["user", "item", "time"]},
        "MAX_ITEM_LIST_LENGTH": LAST_EVENTS,
        "train_neg_sample_args": None,
        "eval_args": {"split": {"LS": "valid_only"}, "order": "TO", "group_by": "user", "mode": "full"},
        "valid_metric": "MRR@10",
        "epochs": epochs,
        "stopping_step": patience,
        "train_batch_size": 512,
        "seed": seed,
        "reproducibility": True,
        "use_gpu": False,
        "show_progress": False,
        "state": "ERROR",
    }


def give_numpy_its_old_names() -> None:
    """Define what RecBole 1.2.1 looks for in numpy and what numpy 2 has only under the new names."""
    for old, new in {"float_": np.float64, "complex_": np.complex128, "unicode_": np.str_}.items():
        setattr(np, old, new)


def write_events(train: Histories, folder: Path) -> None:
    """Write the training events as RecBole reads them; the place in the history stands for the time, without ties."""
    (folder / "split").mkdir()
    users = np.repeat(np.arange(train.n_users), train.lengths())
    rows = np.stack([users, train.items, np.arange(train.n_events)], axis=1)
    path = folder / "split" / "split.inter"
    np.savetxt(path, rows, "%d", "\t", header="user:token\titem:token\ttime:float", comments="")


def train_model(name: str, options: dict[str, Any]) -> tuple[Any, Any, int]:
    """Train; return the best model of its validation, the data set with its numbering of items, and its epoch."""
    import torch

    give_numpy_its_old_names()
    from recbole.config import Config
    from recbole.data import create_dataset, data_preparation
    from recbole.trainer import Trainer
    from recbole.utils import get_model, init_seed

    config = Config(model=name, dataset="split", config_dict=options)
    init_seed(config["seed"], config["reproducibility"])
    torch.set_num_threads(1)
    dataset = create_dataset(config)
    train_data, valid_data, _ = data_preparation(config, dataset)
    model = get_model(name)(config, train_data.dataset)
    trainer = Trainer(config, model)
    trainer.fit(train_data, valid_data, verbose=False, show_progress=False)
    best = torch.load(trainer.saved_model_file, weights_only=False)
    model.load_state_dict(best["state_dict"])
    return model.eval(), dataset, int(best["epoch"]) + 1


def scores_from(model: Any, dataset: Any, train: Histories) -> ScoresOf:
    """Return the scores of a trained model for users by their newest events; -inf for items it does not know."""
    import torch
    from recbole.data.interaction import Interaction

    theirs = np.asarray(dataset.field2id_token["item"][1:]).astype(np.int64)  # number 0 stands for padding
    ours = np.zeros(train.n_items, np.int64)
    ours[theirs] = np.arange(1, len(theirs) + 1)

    def scores_of(users: Longs) -> Floats:
        sequences = np.zeros((len(users), LAST_EVENTS), np.int64)
        lengths = np.zeros(len(users), np.int64)
        for place, user in enumerate(users.tolist()):
            newest = ours[train.of(user)[0][-LAST_EVENTS:]]
            lengths[place] = len(newest)
            sequences[place, : len(newest)] = newest
        fields = {"item_list": torch.from_numpy(sequences), "item_length": torch.from_numpy(lengths)}
        with torch.no_grad():
            found = model.full_sort_predict(Interaction(fields)).numpy()
        scores = np.full((len(users), train.n_items), -np.inf, np.float32)
        scores[:, theirs] = found[:, 1:]
        return scores

    return scores_of


def main() -> None:
    """Print one table."""
    parser = peers_parser("RecBole's sequence models on the temporal hold-out of MovieLens.", MODELS)
    parser.add_argument("--users", type=int, help="the first so many users only, for a quick look")
    parser.add_argument("--epochs", type=int, default=100, help="at most so many")
    parser.add_argument("--patience", type=int, default=3)
    arguments = parser.parse_args()
    del sys.argv[1:]  # RecBole reads it too
    train, held_out = peers_split(arguments.data, "recbole", arguments.users)
    print(f"| model | seed | {' | '.join(COLUMNS)} | train s |\n|{' --- |' * (len(COLUMNS) + 3)}")
    for name in arguments.models:
        for seed in range(arguments.seeds):
            with tempfile.TemporaryDirectory() as scratch:
                write_events(train, Path(scratch))
                started = time.perf_counter()
                options = settings(Path(scratch), arguments.epochs, arguments.patience, seed)
                with contextlib.chdir(scratch):  # RecBole leaves its logs where it runs
                    model, dataset, epoch = train_model(name, options)
                seconds = time.perf_counter() - started
                evaluation = measure_scores(scores_from(model, dataset, train), train, held_out)
            print(row(f"{name} (RecBole), epoch {epoch}", seed, evaluation, seconds), flush=True)


if __name__ == "__main__":
    main()
