"""The Training screen from app.py, on a real engine with its worker process."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.components import keys, process
from pages.components.training.deploy import undeployed
from services.library import prepared
from services.library.store import Library
from services.personalize import training, versions
from services.personalize.datasets import GroupView, find_group
from services.personalize.imports import Source, import_data
from services.personalize.recipe_names import ITEM_AFFINITY, SIMS
from services.personalize.versions import VersionView
from services.sources import own_files, table_files
from tests.pages.driving import empty_caches, headline, open_page, text, until


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GroupView]:
    """A home folder of its own with an imported shop: even people buy even products."""
    home = tmp_path_factory.mktemp("home")
    before = {name: os.environ.get(name) for name in ("PERSONALIZE_HOME", "PERSONALIZE_WORKER_IDLE_S")}
    os.environ.update(PERSONALIZE_HOME=str(home), PERSONALIZE_WORKER_IDLE_S="2")
    empty_caches()
    rows = [
        f"u{user},p{(2 * event + user % 2) % 30},{1_600_000_000 + 3600 * event},purchase"
        for user in range(60)
        for event in range(25)
    ]
    text = "\n".join(["user_id,item_id,timestamp,event_type", *rows]) + "\n"
    table = own_files.accept(table_files.read_table(text.encode(), "shop.csv"), "Interactions")
    data = own_files.prepare(table, name="shop")
    Library(home).save(data)
    sources = [
        Source(file.dataset_type, file.csv, file.schema, file.n_rows)
        for file in prepared.write_csvs(data, tmp_path_factory.mktemp("csv"))
    ]
    yield import_data(process.backend(), "shop", sources)
    empty_caches()
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


def page(**query: str) -> AppTest:
    return open_page("pages/training_page.py", **query)


def fresh(group: GroupView) -> None:
    """Delete every solution, so that a test begins with nothing trained."""
    while any(version.running for version in versions.versions(process.backend(), group.arn)):
        time.sleep(0.1)
    for version in versions.versions(process.backend(), group.arn):
        if versions.version(process.backend(), version.arn) is not None:
            training.delete_solution(process.backend(), version.solution_arn)


def test_nothing_trained_says_how_long_it_takes(group: GroupView) -> None:
    fresh(group)
    at = page()
    assert headline(at).startswith("Nothing is trained yet; personal recommendations take about")
    current = [
        "Personal recommendations",
        "Personal order of a list",
        "Similar items, also of new ones",
        "Similar texts",
        "Trending now",
        "Popularity",
        "People for an item",
        "People for a taste",
        "Next best action",
        "Similar items",
        "Personalized ranking",
        "User personalization",
    ]
    assert at.segmented_control(key=keys.Key.RECIPE).options == current
    assert "train_aws-user-personalization-v2" in {button.key for button in at.button}
    assert "Nothing is trained yet." in text(at, "error")


def test_legacy_recipes_are_folded_away(group: GroupView) -> None:
    at = page()
    at.toggle(key=keys.Widget.LEGACY_RECIPES).set_value(True).run()
    assert at.segmented_control(key=keys.Key.RECIPE).options[-3:] == [
        "Personal lists",
        "Personal lists with metadata",
        "Personal lists with new items",
    ]


def test_cards_show_hyperparameters_by_awss_names_and_mark_our_own(group: GroupView) -> None:
    at = page(recipe="Personal lists")
    labels = [box.label for box in at.number_input]
    assert "hidden_dimension" in labels
    assert "epochs :gray[(this engine only)]" in labels
    assert at.selectbox(key="hyperparameter_aws-hrnn_event_type").options == ["all events", "purchase"]


def test_a_recipe_without_what_it_needs_says_so_and_cannot_be_trained(group: GroupView) -> None:
    at = page(recipe="Personal lists with new items")
    assert "needs an items file" in text(at, "error")
    assert at.button(key="train_aws-hrnn-coldstart").disabled


def test_train_popularity_then_metrics_stand_beside_the_baselines(group: GroupView) -> None:
    fresh(group)
    at = page(recipe="Popularity")
    at.button(key="train_aws-popularity-count").click().run()
    at = until(at, lambda at: headline(at).startswith("Bestsellers include a right product for"))
    assert [metric.label for metric in at.metric] == [
        "Versions ready",
        "Best hit rate@25",
        "Campaigns",
        "Last training",
    ]
    assert at.metric[0].value == "1"
    assert len(at.get("vega_lite_chart")) == 1
    table = at.dataframe[-1].value
    assert list(table["state"]) == ["ready"]
    assert table["mean_reciprocal_rank_at_25"].notna().all()


def test_one_button_deploys_what_has_just_been_trained(group: GroupView) -> None:
    fresh(group)
    training.train(process.backend(), group.arn, "shop-popularity", "aws-popularity-count")
    at = until(page(), lambda at: any(button.key == "deploy_aws-popularity-count" for button in at.button))
    at.button(key="deploy_aws-popularity-count").click().run()
    assert not at.exception
    assert all(button.key != "deploy_aws-popularity-count" for button in at.button)
    assert [campaign.name for campaign in versions.campaigns(process.backend(), group.arn)] == ["shop-popularity"]


def test_running_training_shows_stages_and_stops(group: GroupView) -> None:
    fresh(group)
    at = page(recipe="Personal lists")
    at.number_input(key="hyperparameter_aws-hrnn_epochs").set_value(200).run()
    at.button(key="train_aws-hrnn").click().run()
    at = until(
        at,
        lambda at: headline(at).startswith("Training personal recommendations") and len(at.get("vega_lite_chart")) > 0,
    )
    (stop,) = [button for button in at.button if button.label == "Stop"]
    stop.click().run()
    at = until(at, lambda at: "stopped" in list(at.dataframe[-1].value["state"]) if len(at.dataframe) else False)
    assert headline(at).startswith("Nothing is trained yet")


def test_search_is_switched_on_and_shows_its_trials_and_what_it_found(group: GroupView) -> None:
    fresh(group)
    at = page(recipe="Similar items")
    before = at.button(key="train_aws-sims").label
    at.toggle(key="hyperparameter_aws-sims_search").set_value(True).run()
    assert "Tries popularity_discount_factor, min_cointeraction_count: 8 trials, about" in text(at, "error")
    assert at.button(key="train_aws-sims").label != before
    at.number_input(key="hyperparameter_aws-sims_trials").set_value(3).run()
    at.button(key="train_aws-sims").click().run()
    at = until(at, lambda at: "ready" in list(at.dataframe[-1].value["state"]) if len(at.dataframe) else False)
    (version,) = versions.versions(process.backend(), group.arn)
    assert len(version.job.trials) == 3
    opened = page(version=version.arn.partition("solution/")[2])
    assert "searched; " in text(opened, "error")
    assert "3 trials have finished; trial" in text(opened, "error")


def test_search_that_runs_shows_its_trials(group: GroupView) -> None:
    fresh(group)
    arn = training.train(
        process.backend(),
        group.arn,
        "slow",
        "aws-hrnn",
        hyperparameters={"epochs": "10", "hidden_dimension": "32"},
        search_trials=40,
    )
    at = until(
        page(), lambda at: "trial has finished" in text(at, "error") or "trials have finished" in text(at, "error")
    )
    assert headline(at).startswith("Training personal recommendations: trial ")
    assert "NDCG@25 of each trial, on people held out to compare trials" in text(at, "error")
    training.stop(process.backend(), arn)
    until(page(), lambda at: "stopped" in list(at.dataframe[-1].value["state"]) if len(at.dataframe) else False)


def test_failed_training_says_why_and_offers_to_try_again(group: GroupView) -> None:
    fresh(group)
    training.train(process.backend(), group.arn, "typed", "aws-hrnn", event_type="return")
    at = until(
        page(), lambda at: headline(at) == "The training of personal recommendations failed; nothing is trained yet."
    )
    assert "return" in text(at, "error")
    buttons = {button.key for button in at.button}
    assert "retry_newest" in buttons
    assert "retry_smaller" not in buttons  # there are no returns, so that a smaller model fails too


def test_metric_is_in_the_address(group: GroupView) -> None:
    fresh(group)
    arn = training.train(process.backend(), group.arn, "shop-popularity", "aws-popularity-count")
    until(page(), lambda at: headline(at).startswith("Bestsellers include"))
    at = page(metric="coverage")
    assert at.segmented_control(key=keys.Key.METRIC).value == "coverage"
    wanted = arn.partition("solution/")[2]
    opened = page(version=wanted)
    assert any("in plain words" in frame.value.columns for frame in opened.dataframe)
    assert any(field.key == "campaign_name" and field.value == "shop-popularity" for field in opened.text_input)


def test_deleting_needs_the_name_typed(group: GroupView) -> None:
    fresh(group)
    arn = training.train(process.backend(), group.arn, "shop-popularity", "aws-popularity-count")
    until(page(), lambda at: headline(at).startswith("Bestsellers include"))
    at = page(version=arn.partition("solution/")[2])
    assert at.button(key="sure_solution").disabled
    at.text_input(key="typed_solution").set_value("shop-popularit").run()
    assert versions.version(process.backend(), arn) is not None


def test_without_data_the_page_leads_to_data(group: GroupView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSONALIZE_HOME", str(tmp_path / "empty"))
    st.cache_resource.clear()
    at = page()
    assert headline(at) == "Nothing to train on yet: load data first."
    assert find_group(process.backend(), "shop") is None
    st.cache_resource.clear()


def test_people_of_an_item_are_not_offered_as_a_campaign() -> None:
    """CreateCampaign refuses them; Batch asks them."""
    names = (ITEM_AFFINITY, SIMS)
    trained = [VersionView("arn:v", "v", "arn:s", "s", name, "ACTIVE", None, 1.0, 2.0) for name in names]
    assert [version.recipe for version in undeployed(trained)] == [SIMS]
