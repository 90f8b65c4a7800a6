import mmap
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import save_file

from services.engine.data.vocabulary import Vocabulary
from services.engine.errors import JobFailed, ResourceNotFound
from services.engine.models.artifacts import Artifact, map_arrays, read_artifact, write_artifact
from services.engine.models.evaluation_file import MethodMetrics, MetricEstimate, VersionEvaluation, read_evaluation
from services.engine.recipes.base import Histories, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.counting.popularity import PopularityRecipe

EVALUATION = VersionEvaluation(
    n_users=3,
    split="words",
    methods=(MethodMetrics("model", {"coverage": MetricEstimate(0.5, 0.4, 0.6)}),),
    model_minus_popularity={"coverage": MetricEstimate(0.1, 0.0, 0.2)},
)


def artifact():
    histories = Histories(
        offsets=np.array([0, 2, 3], np.int64),
        items=np.array([1, 0, 1], np.int32),
        timestamps=np.array([10, 20, 30], np.int64),
        n_items=3,
    )
    model = PopularityRecipe().train(TrainingData(histories), TrainOptions(), SilentProgress())
    users, items = Vocabulary.from_ids(["ann", "zoë"]), Vocabulary.from_ids(["a", "b", "c"])
    states = model.states(histories, SilentProgress())
    return Artifact("aws-popularity-count", model, users, items, histories, states, {"split_seed": 0})


def test_an_artifact_comes_back_as_it_was(tmp_path):
    written = artifact()
    write_artifact(tmp_path / "models" / "films-1", written, EVALUATION)
    read = read_artifact(tmp_path / "models" / "films-1")
    assert read.recipe == "aws-popularity-count"
    assert read.users.index_of("zoë") == 1
    assert read.items.ids(np.array([2, 0])) == ["c", "a"]
    np.testing.assert_array_equal(read.histories.items, written.histories.items)
    np.testing.assert_array_equal(read.histories.timestamps, written.histories.timestamps)
    assert read.states.shape == (2, 0)
    state = [read.model.initial_state()]
    np.testing.assert_array_equal(read.model.item_scores(state), written.model.item_scores(state))
    assert read_evaluation(tmp_path / "models" / "films-1") == EVALUATION


def test_arrays_are_read_only_maps_of_the_file(tmp_path):
    arrays = {
        "floats": np.arange(6, dtype=np.float32).reshape(2, 3),
        "bytes": np.frombuffer(b"abc", np.uint8),
        "longs": np.array([-1, 2**60]),
        "truths": np.array([True, False]),
        "nothing": np.empty((0, 4), np.float32),
    }
    save_file(arrays, tmp_path / "x.safetensors")
    mapped = map_arrays(tmp_path / "x.safetensors")
    assert set(mapped) == set(arrays)
    for name, values in arrays.items():
        np.testing.assert_array_equal(mapped[name], values)
        assert mapped[name].dtype == values.dtype
        assert not mapped[name].flags.writeable
    base = mapped["longs"]
    while isinstance(base, np.ndarray):
        base = base.base
    assert isinstance(getattr(base, "obj", base), mmap.mmap)


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "x.safetensors").write_bytes(b"PK\x03\x04 this is no model")
    with pytest.raises(ValueError, match="not a safetensors file"):
        map_arrays(tmp_path / "x.safetensors")


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("services.engine.models.artifacts.write_evaluation", full)
    with pytest.raises(OSError, match="No space"):
        write_artifact(tmp_path / "films-1", artifact(), EVALUATION)
    assert list(tmp_path.iterdir()) == []


def test_a_model_with_values_that_are_not_numbers_is_not_kept(tmp_path):
    broken = replace(artifact(), states=np.array([[1.0, -np.inf], [np.nan, 0.0]], np.float32))
    with pytest.raises(JobFailed, match=r"not numbers \(states\), so the model is not kept"):
        write_artifact(tmp_path / "films-1", broken, EVALUATION)
    assert list(tmp_path.iterdir()) == []
    write_artifact(tmp_path / "films-1", replace(broken, states=np.full((2, 2), -np.inf, np.float32)), EVALUATION)


@pytest.mark.parametrize("name", ["model.json", "model.safetensors", "vocabularies.safetensors", "users.safetensors"])
@pytest.mark.parametrize("content", [b"", b"{}", b"\xff" * 100, b'\x08\0\0\0\0\0\0\0{"a": 1}', "half"])
def test_a_damaged_file_is_told_with_the_remedy(tmp_path, name, content):
    write_artifact(tmp_path / "m", artifact(), EVALUATION)
    path = tmp_path / "m" / name
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if content == "half" else content)
    with pytest.raises(ResourceNotFound, match=r"are damaged \(\w+\); create the solution version again"):
        read_artifact(tmp_path / "m")
