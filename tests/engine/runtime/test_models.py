import shutil
import threading

import pytest

from services.engine.errors import ResourceNotFound
from services.engine.runtime.models import ModelCache
from services.engine.store.resources import Resources


def test_a_model_is_opened_once(publish, settings, database):
    arn, _ = publish("aws-popularity-count")
    models = ModelCache(settings, database)
    assert models.get(arn) is models.get(arn)


def test_the_models_used_last_are_kept(publish, settings, database):
    arns = [publish("aws-popularity-count", f"films-{n}")[0] for n in range(3)]
    models = ModelCache(settings, database, size=2)
    first, second = models.get(arns[0]), models.get(arns[1])
    models.get(arns[0])
    models.get(arns[2])  # pushes the second out
    assert models.get(arns[0]) is first
    assert models.get(arns[1]) is not second


def test_threads_share_one_model(publish, settings, database):
    arn, _ = publish("aws-popularity-count")
    models, found = ModelCache(settings, database), []
    threads = [threading.Thread(target=lambda: found.append(models.get(arn))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(model) for model in found}) == 1


def test_an_unknown_version_or_a_lost_folder_is_not_found(publish, settings, database):
    models = ModelCache(settings, database)
    with pytest.raises(ResourceNotFound, match="does not exist"):
        models.get("arn:aws:personalize:us-east-1:000000000000:solution/films/none")
    arn, _ = publish("aws-popularity-count")
    shutil.rmtree(settings.models_path / "films-1")
    with pytest.raises(ResourceNotFound, match="create the version again"):
        models.get(arn)


def test_a_version_in_training_has_no_model(settings, database):
    Resources(database).insert("solution-version", "arn:v", {}, status="CREATE IN_PROGRESS")
    with pytest.raises(ResourceNotFound, match="no trained model"):
        ModelCache(settings, database).get("arn:v")
