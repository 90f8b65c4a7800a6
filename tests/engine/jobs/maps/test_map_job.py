"""The map of a model's items: near stays near, the same map again, one job a version, deleted with its version."""

from dataclasses import replace

import numpy as np
import pytest

from services.engine.capabilities.models import artifact_of
from services.engine.errors import AccessDenied, InvalidInput, JobFailed, JobStopped, ResourceNotFound
from services.engine.jobs.maps import embedding, map_job
from services.engine.models.item_map import MapFacts, PlacedItems, read_map, write_map
from services.engine.recipes import use_cases
from services.engine.recipes.counting.popularity import PopularityModel
from services.engine.testing import test_engine, tiny_world
from tests.engine.domain_world import domain_world, recommender

N_GROUPS, EACH = 4, 10


def grouped(n_each=EACH, seed=0):
    """Return vectors in groups, (groups * n_each, 8), and the group of each."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(N_GROUPS), n_each)
    return (4 * np.eye(8)[group] + 0.5 * rng.standard_normal((len(group), 8))).astype(np.float32), group


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """An engine whose popularity model has vectors, and quick maps: what the job does is the same for all models."""
    vectors, _ = grouped()
    monkeypatch.setattr(PopularityModel, "item_vectors", lambda model: (np.arange(len(vectors)), vectors))
    monkeypatch.setattr(embedding, "ITERATIONS", (60, 60))
    with test_engine(tmp_path / "home") as opened:
        opened.world = tiny_world(opened)
        yield opened


def test_items_of_a_group_stay_together_and_the_same_map_comes_again(monkeypatch):
    monkeypatch.setattr(embedding, "ITERATIONS", (60, 60))
    vectors, group = grouped(25)
    told = []
    flat = embedding.places(vectors, told.append)
    distances = np.linalg.norm(flat[:, None] - flat[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (group[distances.argmin(axis=1)] == group).all()
    assert np.abs(flat).max() <= 1
    assert told[0] == 0
    assert told == sorted(told)
    assert told[-1] == 1
    assert (embedding.places(vectors, told.append) == flat).all()


def test_the_share_that_is_kept_is_one_for_a_plane_and_chance_for_random_places():
    rng = np.random.default_rng(1)
    angles = rng.uniform(0, 2 * np.pi, 500)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert embedding.kept(circle, circle) == (1.0, 500)
    share, _ = embedding.kept(circle, rng.standard_normal((500, 2)).astype(np.float32))
    assert share < 3 * embedding.N_NEAREST / 499


def test_a_map_is_drawn_once_and_deleted_with_its_version(engine):
    capabilities, version = engine.capabilities, engine.world.solution_version
    assert capabilities.maps.job(version) is None
    assert capabilities.maps.of(version) is None
    arn = capabilities.maps.draw(version)
    job = capabilities.maps.job(version)
    assert (job.arn, job.kind, job.status, job.fraction) == (arn, "map", "ACTIVE", 1.0)
    assert [stage.name for stage in job.stages] == ["read", "draw", "measure"]
    drawn = capabilities.maps.of(version)
    assert len(drawn.item_ids) == len(set(drawn.item_ids)) == len(drawn.x) == N_GROUPS * EACH
    assert drawn.facts.by_chance < drawn.facts.kept <= 1
    assert drawn.facts.n_items == N_GROUPS * EACH
    assert capabilities.maps.draw(version) == arn
    personalize = engine.client("personalize")
    personalize.delete_campaign(campaignArn=engine.world.campaign)
    folder = next(engine.settings.models_path.iterdir())
    personalize.delete_solution(solutionArn=version.rpartition("/")[0])
    assert not folder.exists()
    assert capabilities.maps.job(version) is capabilities.maps.of(version) is None
    assert not [job for job in capabilities.jobs(active_only=False) if job.kind == "map"]


def test_a_map_that_failed_is_begun_anew(engine, monkeypatch):
    monkeypatch.setattr(PopularityModel, "item_vectors", lambda model: None)
    capabilities, version = engine.capabilities, engine.world.solution_version
    failed = capabilities.maps.draw(version)
    assert "aws-popularity-count has no vectors of items" in capabilities.maps.job(version).failure_reason
    assert capabilities.maps.of(version) is None
    assert capabilities.maps.draw(version) != failed


def test_only_the_most_popular_of_a_large_catalogue_are_drawn(engine, monkeypatch):
    monkeypatch.setattr(map_job, "MAX_ITEMS", 15)
    engine.capabilities.maps.draw(engine.world.solution_version)
    drawn = engine.capabilities.maps.of(engine.world.solution_version)
    artifact = artifact_of(engine.context, engine.world.solution_version)
    counts = dict(zip(artifact.items.ids(np.arange(40)), artifact.users_of_items, strict=True))
    assert len(drawn.item_ids) == 15
    assert drawn.facts.n_items == 40
    assert min(counts[item_id] for item_id in drawn.item_ids) >= sorted(counts.values())[-15]


def test_a_stop_reaches_the_drawing():
    told = []

    def report(fraction):
        told.append(fraction)
        if fraction > 0.02:
            raise JobStopped("A user requested the job to stop.")

    with pytest.raises(JobStopped):
        embedding.places(grouped()[0], report)
    assert len(told) == 3


def test_a_version_without_a_model_and_a_model_with_few_items_are_refused(engine, monkeypatch):
    vectors, _ = grouped()
    with pytest.raises(InvalidInput):
        map_job.request_map(
            engine.context.database,
            engine.context.resources,
            engine.context.queue,
            engine.context.resources.insert("solution-version", "arn:x", {}, status="CREATE PENDING"),
        )
    artifact = artifact_of(engine.context, engine.world.solution_version)
    monkeypatch.setattr(PopularityModel, "item_vectors", lambda model: (np.arange(3), vectors[:3]))
    with pytest.raises(JobFailed, match="at least 12"):
        map_job.drawn(artifact, None)


def test_a_recommenders_map_is_that_of_the_model_it_serves(engine, monkeypatch):
    quick = [replace(one, recipes=("aws-popularity-count",)) if one.explores else one for one in use_cases.USE_CASES]
    monkeypatch.setattr(use_cases, "USE_CASES", quick)
    arn = recommender(engine, domain_world(engine, "VIDEO_ON_DEMAND", "films"), "aws-vod-top-picks")
    capabilities = engine.capabilities
    assert capabilities.maps.job(arn) is capabilities.maps.of(arn) is None
    drawing = capabilities.maps.draw(arn)
    assert (capabilities.maps.job(arn).arn, capabilities.maps.job(arn).status) == (drawing, "ACTIVE")
    assert len(capabilities.maps.of(arn).item_ids) == N_GROUPS * EACH
    assert capabilities.maps.draw(arn) == drawing
    personalize = engine.client("personalize")
    columns = {"excludedDatasetColumns": {"Items": ["GENRES"]}}
    personalize.update_recommender(recommenderArn=arn, recommenderConfig={"trainingDataConfig": columns})
    assert capabilities.maps.of(arn) is None, "it serves another model now"
    assert capabilities.maps.draw(arn) != drawing
    personalize.delete_recommender(recommenderArn=arn)
    assert capabilities.maps.job(arn) is None
    with pytest.raises(ResourceNotFound):
        capabilities.maps.draw(arn)


def test_read_only_mode_draws_nothing(engine):
    with test_engine(engine.settings.home.parent / "other", read_only=True) as reading, pytest.raises(AccessDenied):
        reading.capabilities.maps.draw(engine.world.solution_version)


def test_a_map_comes_back_as_it_was_written(tmp_path):
    placed = PlacedItems(
        np.array([3, 1], np.int32), np.array([[0.5, -1], [0, 1]], np.float32), MapFacts(0.4, 0.01, 10, 2, 2)
    )
    assert read_map(tmp_path) is None
    write_map(tmp_path, placed)
    again = read_map(tmp_path)
    assert again.items.tolist() == [3, 1]
    assert again.places.tolist() == placed.places.tolist()
    assert again.facts == placed.facts
    assert sorted(path.name for path in tmp_path.iterdir()) == ["map.json", "map.safetensors"]
    with pytest.raises(FileNotFoundError):
        write_map(tmp_path / "deleted", placed)
