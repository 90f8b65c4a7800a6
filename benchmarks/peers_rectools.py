"""SASRec and eSASRec of RecTools on the same hold-out, lists and metrics as benchmarks/recipes.py.

    EXPLORER_DATA=DIR PEERS/bin/python -m benchmarks.peers_rectools [--data 100k] [--models eSASRec] [--minutes 30]

PEERS is an environment with benchmarks/requirements-peers.txt. SASRec: RecTools' own settings (256 factors, two blocks,
the last 100 events, softmax over all items). eSASRec: the same with LiGR layers and a sampled softmax of 256 negatives,
as "eSASRec: Enhancing Transformer-based Recommendations in a Modular Fashion" (RecSys 2025) puts it together. Training
stops when the loss on every training user's last event has not fallen for --patience epochs, or when the minutes have
passed; the epoch with the lowest is measured.
"""

import logging
import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from benchmarks.peers import ScoresOf, peers_parser, peers_split
from benchmarks.recipes import COLUMNS, clocks, measure_scores, row
from services.engine.recipes.base import Floats, Histories, Longs

MODELS = ("SASRec", "eSASRec")
N_ITEMS = 25
MAX_EPOCHS = 200


def frame_of(train: Histories) -> pd.DataFrame:
    """Return the events as RecTools reads them; the place in the history stands for the time, without ties."""
    users = np.repeat(np.arange(train.n_users), train.lengths())
    times = pd.Timestamp(0) + pd.to_timedelta(np.arange(train.n_events), unit="s")
    return pd.DataFrame({"user_id": users, "item_id": train.items, "datetime": times, "weight": 1.0})


def last_event_of_each(interactions: pd.DataFrame, **_: Any) -> Any:
    """Return bool (n_events,): the last event of each user, on which the loss is validated."""
    return ~interactions.sort_values("datetime").duplicated("user_id", keep="last").sort_index().to_numpy()


def build(name: str, folder: Path, patience: int, minutes: float) -> Any:
    """Return an untrained model whose trainer stops by itself, and keeps its best epoch in the folder."""
    from pytorch_lightning import Trainer
    from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
    from rectools.models import SASRecModel
    from rectools.models.nn.transformers.ligr import LiGRLayers

    def trainer() -> Any:
        return Trainer(
            accelerator="cpu",
            max_epochs=MAX_EPOCHS,
            max_time={"minutes": minutes},
            callbacks=[
                EarlyStopping("val_loss", patience=patience),
                ModelCheckpoint(folder, filename="best", monitor="val_loss", save_weights_only=True),
            ],
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )

    more: dict[str, Any] = {}
    if name == "eSASRec":
        more = {"transformer_layers_type": LiGRLayers, "loss": "sampled_softmax", "n_negatives": 256}
    return SASRecModel(
        get_trainer_func=trainer, get_val_mask_func=last_event_of_each, recommend_torch_device="cpu", **more
    )


def scores_from(model: Any, dataset: Any, n_items: int) -> ScoresOf:
    """Return the scores of a trained model's 25 best unseen items of each user; -inf for all others."""

    def scores_of(users: Longs) -> Floats:
        listed = model.recommend(users, dataset, k=N_ITEMS, filter_viewed=True)
        place = {user: number for number, user in enumerate(users.tolist())}
        scores = np.full((len(users), n_items), -np.inf, np.float32)
        scores[listed["user_id"].map(place), listed["item_id"]] = listed["score"]
        return scores

    return scores_of


def main() -> None:
    """Print one table."""
    parser = peers_parser("RecTools' sequence models on the temporal hold-out of MovieLens.", MODELS)
    parser.add_argument("--minutes", type=float, default=30.0, help="at most so long for a training")
    parser.add_argument("--patience", type=int, default=5)
    arguments = parser.parse_args()
    train, held_out = peers_split(arguments.data, "rectools")
    from pytorch_lightning import seed_everything
    from rectools.dataset import Dataset

    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore")  # Lightning's advice about workers and checkpoints
    dataset = Dataset.construct(frame_of(train))
    print(f"| model | seed | {' | '.join(COLUMNS)} | train s | CPU s |\n|{' --- |' * (len(COLUMNS) + 4)}")
    for name in arguments.models:
        for seed in range(arguments.seeds):
            with tempfile.TemporaryDirectory() as scratch:
                seed_everything(seed)
                model = build(name, Path(scratch), arguments.patience, arguments.minutes)
                started = clocks()
                model.fit(dataset)
                seconds = clocks() - started
                epochs = model.fit_trainer.current_epoch
                model.load_weights_from_checkpoint(Path(scratch) / "best.ckpt")
                evaluation = measure_scores(scores_from(model, dataset, train.n_items), train, held_out)
            print(row(f"{name} (RecTools), {epochs} epochs", seed, evaluation, *seconds.tolist()), flush=True)


if __name__ == "__main__":
    main()
