"""Model folders of a fresh home, written without training a job."""

from pathlib import Path

import numpy as np
import pytest

from services.engine.data.vocabulary import Vocabulary
from services.engine.models.artifacts import Artifact, write_artifact
from services.engine.models.evaluation_file import VersionEvaluation
from services.engine.recipes.base import Histories, Model, SilentProgress, TrainingData, TrainOptions, UserModel
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import load_recipe
from services.engine.settings import EngineSettings
from services.engine.store.database import Database
from services.engine.store.resources import Resources

EVALUATION = VersionEvaluation(0, "", (), {})


@pytest.fixture
def settings(tmp_path: Path):
    return EngineSettings(home=tmp_path / "home")


@pytest.fixture
def database(settings):
    opened = Database(settings)
    yield opened
    opened.close()


def make_histories(n_users=30, n_items=12, n_events=8, seed=0):
    """Return histories in which every user takes n_events different items, one a day."""
    rng = np.random.default_rng(seed)
    items = np.concatenate([rng.permutation(n_items - 1)[:n_events] for _ in range(n_users)]).astype(np.int32)
    return Histories(
        offsets=np.arange(0, n_users * n_events + 1, n_events, dtype=np.int64),
        items=items,
        timestamps=np.tile(np.arange(n_events, dtype=np.int64) * 86_400, n_users),
        n_items=n_items,  # the last item has no events
    )


def artifact_of(recipe_name: str, model: Model, histories: Histories) -> Artifact:
    """Return what a model is served from; users are called u00, u01..., items i00, i01..."""
    users = Vocabulary.from_ids([f"u{i:02}" for i in range(histories.n_users)])
    items = Vocabulary.from_ids([f"i{i:02}" for i in range(histories.n_items)])
    states = np.empty((histories.n_users, 0), np.float32)
    if isinstance(model, UserModel):
        states = model.states(histories, SilentProgress())
    return Artifact(recipe_name, model, users, items, histories, states, {})


@pytest.fixture
def publish(settings, database):
    """Return a function that trains a small model of a recipe and makes it an ACTIVE solution version."""

    def make(recipe_name: str, name: str = "films-1", **hyperparameters: str) -> tuple[str, Artifact]:
        histories = make_histories()
        recipe = load_recipe(recipe_name)
        options = TrainOptions(complete(recipe.name, recipe.hyperparameters, hyperparameters), seed=0)
        model = recipe.train(TrainingData(histories), options, SilentProgress())
        artifact = artifact_of(recipe_name, model, histories)
        write_artifact(settings.models_path / name, artifact, EVALUATION)
        arn = f"arn:aws:personalize:us-east-1:000000000000:solution/films/{name}"
        Resources(database).insert("solution-version", arn, {"_model_path": name}, status="ACTIVE")
        return arn, artifact

    return make
