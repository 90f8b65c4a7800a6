"""Live events in answers: only the next list of that user changes, in every process."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from services.engine.errors import InvalidInput
from services.engine.recipes.base import UserState
from services.engine.runtime.answers import HypotheticalEvent
from services.engine.runtime.live import LiveStates
from services.engine.store.live import LiveRows, NewEvent
from services.personalize.waiting import wait_until_active
from tests.engine.small_world import PATIENCE_S, SmallWorld, interactions_csv, small_world

NOW = 1_800_000_000


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A world with HRNN, ranking, popularity and sims, each deployed, and an event tracker."""
    with small_world(tmp_path_factory.mktemp("live") / "home") as world:
        group = world.create_group()
        world.import_csv(group, interactions_csv())
        fast = {"epochs": "2"}
        versions = {
            "hrnn": world.start_training(group, "aws-hrnn", "hrnn", **fast),
            "ranking": world.start_training(group, "aws-personalized-ranking", "ranking", **fast),
            "popular": world.start_training(group, "aws-popularity-count", "popular"),
            "sims": world.start_training(group, "aws-sims", "sims"),
        }
        for arn in versions.values():
            wait_until_active(lambda arn=arn: world.version(arn), timeout_s=PATIENCE_S, interval_s=0.05)
        world.campaigns = {name: world.deploy(arn, name) for name, arn in versions.items()}
        world.group = group
        world.tracking_id = world.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]
        yield world


def put(world: Any, *items: str, user: str | None, session: str = "s", at: int = NOW) -> None:
    events = world.engine.client("personalize-events")
    for step, item in enumerate(items):
        event = {"eventType": "watch", "sentAt": at + 60 * step, "itemId": item}
        who = {} if user is None else {"userId": user}
        events.put_events(trackingId=world.tracking_id, sessionId=session, eventList=[event], **who)


def test_an_event_changes_the_next_answer_of_its_user_alone(trained):
    campaign = trained.campaigns["hrnn"]
    before, other = trained.recommended(campaign, "u1"), trained.recommended(campaign, "u2")
    put(trained, before[0], user="u1")
    after = trained.recommended(campaign, "u1")
    assert after != before
    assert before[0] not in after  # watched now; no user watches twice in this data
    assert trained.recommended(campaign, "u2") == other


def test_a_new_user_starts_from_the_popular_and_becomes_a_person(trained):
    campaign = trained.campaigns["hrnn"]
    start = trained.recommended(campaign, "a new user")
    assert start == trained.recommended(campaign, "another user")
    put(trained, "i40", "i41", "i42", user="a new user")
    assert trained.recommended(campaign, "a new user") != start
    assert trained.recommended(campaign, "another user") == start


def test_a_copy_of_a_history_gets_the_list_of_its_original(trained):
    campaign = trained.campaigns["hrnn"]
    rows = [line.split(",") for line in interactions_csv().splitlines()[1:]]
    for user, item, time in rows:
        if user == "u7":
            put(trained, item, user="copy of u7", at=int(time))
    assert trained.recommended(campaign, "copy of u7") == trained.recommended(campaign, "u7")


def test_a_campaign_may_let_the_life_before_tonight_count(trained):
    """A copy's list becomes its original's, whatever counts; at 0 an event of tonight only hides its own item."""
    usual = trained.campaigns["hrnn"]
    version = trained.personalize.describe_campaign(campaignArn=usual)["campaign"]["solutionVersionArn"]
    campaign = trained.deploy(version, "tonight")
    before = trained.recommended(usual, "u12")
    rows = [line.split(",") for line in interactions_csv().splitlines()[1:]]
    for user, item, time in rows:
        if user == "u12":
            put(trained, item, user="copy of u12", at=int(time))
    for user in ("u12", "copy of u12"):
        put(trained, before[0], user=user)
    after = trained.recommended(usual, "u12")
    lists = {}
    for share in ("0", "0.5", "1"):
        config = {"itemExplorationConfig": {"tonight": share}}
        trained.personalize.update_campaign(campaignArn=campaign, campaignConfig=config)
        lists[share] = trained.recommended(campaign, "u12")
        assert trained.recommended(campaign, "copy of u12") == lists[share]
        assert trained.recommended(campaign, "nobody") == trained.recommended(usual, "nobody")
    assert lists["1"] == after
    assert lists["0"][: len(before) - 1] == before[1:] != after[: len(before) - 1]
    trained.personalize.delete_campaign(campaignArn=campaign)


def test_a_visitor_without_a_name_is_asked_for_by_session(trained):
    campaign = trained.campaigns["hrnn"]
    put(trained, "i50", "i51", user=None, session="visit 1")
    assert trained.recommended(campaign, "visit 1") != trained.recommended(campaign, "unknown")


def test_ranking_listens_and_the_counting_recipes_wait_for_the_next_version(trained):
    def ranked() -> list[str]:
        answer = trained.runtime.get_personalized_ranking(
            campaignArn=trained.campaigns["ranking"], userId="u3", inputList=[f"i{n}" for n in range(40, 60)]
        )
        return [item["itemId"] for item in answer["personalizedRanking"]]

    def related() -> list[str]:
        answer = trained.runtime.get_recommendations(campaignArn=trained.campaigns["sims"], itemId="i3")
        return [item["itemId"] for item in answer["itemList"]]

    first, popular, similar = ranked(), trained.recommended(trained.campaigns["popular"], "u3"), related()
    put(trained, "i60", "i61", "i62", "i63", user="u3")
    assert ranked() != first
    assert trained.recommended(trained.campaigns["popular"], "u3") == popular
    assert related() == similar


def test_another_process_on_the_same_home_sees_the_event(trained):
    campaign = trained.campaigns["hrnn"]
    other = SmallWorld(trained.engine.settings.home)
    before = other.recommended(campaign, "u9")
    put(trained, "i70", user="u9")
    assert other.recommended(campaign, "u9") == trained.recommended(campaign, "u9") != before
    other.engine.close()


def test_reasons_and_histories_know_the_event(trained):
    put(trained, "i71", user="u10")
    capabilities, campaign = trained.engine.capabilities, trained.campaigns["hrnn"]
    known = capabilities.what_if.known_events(campaign, "u10")
    assert (known[-1].item_id, known[-1].timestamp) == ("i71", NOW)
    listed = trained.recommended(campaign, "u10")
    reasons = capabilities.what_if.reasons(campaign, "u10", listed)
    assert reasons.events[-1].item_id == "i71"
    assert reasons.ranks.tolist() == list(range(1, len(listed) + 1))
    replayed = capabilities.what_if.list_for_history(campaign, known, len(listed), user_id="u10")
    assert list(replayed.item_ids) == listed


def test_forgotten_events_are_as_if_never_sent(trained):
    campaign = trained.campaigns["hrnn"]
    other = SmallWorld(trained.engine.settings.home)
    put(trained, "i44", "i45", user="sandbox-1")
    for world in (trained, other):
        assert world.recommended(campaign, "sandbox-1") != world.recommended(campaign, "unknown")
    assert trained.engine.capabilities.forget_events(trained.group, "sandbox-1") == 2
    for world in (trained, other):
        assert world.recommended(campaign, "sandbox-1") == world.recommended(campaign, "unknown")
    put(trained, "i46", user="sandbox-1")
    put(trained, "i46", user="sandbox-2")
    for world in (trained, other):
        assert world.recommended(campaign, "sandbox-1") == world.recommended(campaign, "sandbox-2")
    other.engine.close()


class Counting:
    """A model that remembers by how many events it was advanced at a time."""

    def __init__(self) -> None:
        self.steps: list[int] = []

    def advance(self, state: UserState, items: Any, timestamps: Any) -> UserState:
        self.steps.append(len(items))
        return state.after(state.vector, items, timestamps)


def test_a_state_is_advanced_by_what_is_new_and_never_replayed(trained):
    rows, model = LiveRows(trained.engine.context.database), Counting()
    campaign = trained.personalize.describe_campaign(campaignArn=trained.campaigns["hrnn"])["campaign"]
    items = trained.engine.context.models.get(campaign["solutionVersionArn"]).items
    dataset = trained.dataset_arn(trained.group, "Interactions")
    states = LiveStates(
        rows, dataset, model, items, rows.newest(dataset), event_type="watch", event_value_threshold=3.0
    )
    event = NewEvent("s", "counted", "i1", NOW, "watch", 4.0, None, {})
    start = UserState(np.empty(0, np.float32), np.empty(0, np.int32))
    rows.add_events(dataset, [event, replace(event, item_id="i2"), replace(event, item_id="never heard of")])
    assert states.advanced("counted", start).n_events == 2
    rows.add_events(
        dataset,
        [
            replace(event, item_id="i3"),
            replace(event, item_id="i4", event_type="trailer"),
            replace(event, item_id="i5", event_value=1.0),
        ],
    )
    assert states.advanced("counted", start).n_events == 3
    assert states.advanced("counted", start).n_events == 3
    assert model.steps == [2, 1]


def test_the_next_version_is_trained_on_the_events_and_starts_after_them(trained):
    before = trained.version(trained.personalize.list_solution_versions()["solutionVersions"][0]["solutionVersionArn"])
    put(trained, *[f"i{n}" for n in range(30)], user="newly trained")
    arn = trained.train(trained.group, "aws-hrnn", "again", epochs="2")
    resources = trained.engine.context.resources
    version = resources.get("solution-version", arn)
    assert version["_events_up_to"] == trained.engine.context.live.newest(
        trained.dataset_arn(trained.group, "Interactions")
    )
    older = resources.get("solution-version", before["solutionVersionArn"])
    assert version["_training_size"]["n_events"] > older["_training_size"]["n_events"]
    artifact = trained.engine.context.models.get(arn)
    assert artifact.users.index_of("newly trained") is not None
    assert artifact.live.events_of("newly trained")[0].size == 0
    campaign = trained.deploy(arn, "again")
    assert not set(trained.recommended(campaign, "newly trained")) & {f"i{n}" for n in range(30)}


def test_a_list_after_hypothetical_events_is_the_one_that_put_events_leads_to(trained):
    items, n = ["i40", "i41", "no such item", "i42"], 25
    for name in ("hrnn", "popular"):
        campaign, user = trained.campaigns[name], f"asked of {name}"
        for count in range(len(items) + 1):
            asked = [HypotheticalEvent(item, NOW + 60 * at, "watch") for at, item in enumerate(items[:count])]
            supposed = trained.engine.capabilities.what_if.list_after_events(campaign, asked, n)
            answer = trained.runtime.get_recommendations(campaignArn=campaign, userId=user, numResults=n)["itemList"]
            assert list(supposed.item_ids) == [item["itemId"] for item in answer]
            assert list(supposed.scores or []) == pytest.approx([i["score"] for i in answer if "score" in i], abs=1e-7)
            put(trained, *items[count : count + 1], user=user, at=NOW + 60 * count)
        assert supposed.ignored == ("no such item",)
    with pytest.raises(InvalidInput, match="answers for an item"):
        trained.engine.capabilities.what_if.list_after_events(trained.campaigns["sims"], [], n)
