"""A home without resources: programs that list, describe and delete them get AWS's answers."""

import pytest

from tests.engine.helpers import PREFIX, refused

LISTS = {
    "list_batch_segment_jobs": "batchSegmentJobs",
    "list_data_deletion_jobs": "dataDeletionJobs",
    "list_filters": "Filters",
    "list_metric_attribution_metrics": "metrics",
    "list_metric_attributions": "metricAttributions",
    "list_recommenders": "recommenders",
}
KINDS = {
    "batch-segment-job": ("batchSegmentJobArn", ("describe_batch_segment_job",)),
    "data-deletion-job": ("dataDeletionJobArn", ("describe_data_deletion_job",)),
    "filter": ("filterArn", ("describe_filter", "delete_filter")),
    "metric-attribution": (
        "metricAttributionArn",
        ("describe_metric_attribution", "delete_metric_attribution", "update_metric_attribution"),
    ),
    "recommender": (
        "recommenderArn",
        ("describe_recommender", "delete_recommender", "start_recommender", "stop_recommender", "update_recommender"),
    ),
}
MORE = {"update_recommender": {"recommenderConfig": {}}}
CALLS = [(call, kind, member) for kind, (member, calls) in KINDS.items() for call in calls]


@pytest.mark.parametrize(("call", "member"), LISTS.items(), ids=LISTS)
def test_a_list_is_empty(personalize, call, member):
    answer = getattr(personalize, call)()
    assert answer[member] == []
    assert "nextToken" not in answer


def test_a_list_of_a_group_is_empty_and_its_paginator_ends(personalize):
    group = personalize.create_dataset_group(name="films")["datasetGroupArn"]
    assert personalize.list_filters(datasetGroupArn=group)["Filters"] == []
    pages = personalize.get_paginator("list_recommenders").paginate(datasetGroupArn=group)
    assert [page["recommenders"] for page in pages] == [[]]


def test_a_foreign_token_is_refused(personalize):
    with refused("InvalidNextTokenException"):
        personalize.list_recommenders(nextToken="abc")


@pytest.mark.parametrize(("call", "kind", "member"), CALLS, ids=[call for call, *_ in CALLS])
def test_an_arn_that_is_not_there_is_not_found(personalize, call, kind, member):
    arn = f"{PREFIX}:{kind}/none"
    with refused("ResourceNotFoundException", f"The given {kind.replace('-', ' ')} does not exist: {arn}"):
        getattr(personalize, call)(**{member: arn}, **MORE.get(call, {}))


def test_a_recommender_that_is_not_there_is_not_found_at_run_time(runtime):
    with refused("ResourceNotFoundException", "The given recommender does not exist"):
        runtime.get_recommendations(recommenderArn=f"{PREFIX}:recommender/none", userId="u")


def test_the_campaign_of_actions_must_exist(runtime):
    with refused("ResourceNotFoundException", "The given campaign does not exist"):
        runtime.get_action_recommendations(campaignArn=f"{PREFIX}:campaign/none", userId="u")


def test_the_data_set_of_actions_must_exist(engine):
    events = engine.client("personalize-events")
    with refused("ResourceNotFoundException", "The given dataset does not exist"):
        events.put_actions(datasetArn=f"{PREFIX}:dataset/films/ACTIONS", actions=[{"actionId": "a"}])
