"""Campaigns through boto3."""

import pytest

from tests.engine.helpers import POPULARITY, PREFIX, USER_PERSONALIZATION, refused


@pytest.fixture
def version(solution, train):
    return train(solution)


def described(personalize, arn):
    return personalize.describe_campaign(campaignArn=arn)["campaign"]


def test_campaign_is_active_at_once(personalize, version, solution):
    arn = personalize.create_campaign(name="live", solutionVersionArn=version)["campaignArn"]
    campaign = described(personalize, arn)
    assert arn == f"{PREFIX}:campaign/live"
    assert campaign["status"] == "ACTIVE"
    assert campaign["solutionVersionArn"] == version
    assert campaign["minProvisionedTPS"] == 1
    assert "latestCampaignUpdate" not in campaign
    assert "campaignConfig" not in campaign
    listed = personalize.list_campaigns(solutionArn=solution)["campaigns"]
    assert [entry["campaignArn"] for entry in listed] == [arn]
    assert "solutionVersionArn" not in listed[0]


def test_campaign_needs_an_active_version(personalize, solution, worker):
    with refused("ResourceNotFoundException", "The given solution version does not exist"):
        personalize.create_campaign(name="c", solutionVersionArn=f"{solution}/00000000")
    with refused("InvalidInputException", "has no ACTIVE version"):
        personalize.create_campaign(name="c", solutionVersionArn=f"{solution}/$LATEST")
    waiting = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    with refused("ResourceInUseException", "is CREATE PENDING. Wait"):
        personalize.create_campaign(name="c", solutionVersionArn=waiting)
    worker.fail(waiting, "Out of memory.")
    with refused("InvalidInputException", "CREATE FAILED: Out of memory. Use one that is ACTIVE."):
        personalize.create_campaign(name="c", solutionVersionArn=waiting)


def test_latest_is_the_newest_active_version_when_asked(personalize, version, solution, train):
    arn = personalize.create_campaign(name="c", solutionVersionArn=f"{solution}/$LATEST")["campaignArn"]
    newer = train(solution)
    assert described(personalize, arn)["solutionVersionArn"] == version
    personalize.update_campaign(campaignArn=arn, solutionVersionArn=f"{solution}/$LATEST")
    assert described(personalize, arn)["solutionVersionArn"] == newer


def test_campaign_in_sync_follows_the_newest_active_version(personalize, version, solution, train, worker):
    config = {"syncWithLatestSolutionVersion": True}
    with refused("InvalidInputException", "must end in /$LATEST"):
        personalize.create_campaign(name="c", solutionVersionArn=version, campaignConfig=config)
    arn = personalize.create_campaign(name="c", solutionVersionArn=f"{solution}/$LATEST", campaignConfig=config)[
        "campaignArn"
    ]
    assert described(personalize, arn)["solutionVersionArn"] == version
    newer = train(solution)
    assert described(personalize, arn)["solutionVersionArn"] == newer
    failed = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    worker.fail(failed, "No.")
    assert described(personalize, arn)["solutionVersionArn"] == newer
    personalize.update_campaign(campaignArn=arn, minProvisionedTPS=2)
    assert described(personalize, arn)["solutionVersionArn"] == newer


def test_campaign_refuses_config_that_its_recipe_has_no_use_for(personalize, version):
    for config, words in (
        ({"itemExplorationConfig": {"explorationWeight": "0.3"}}, "The recipe aws-hrnn does not explore items"),
        ({"rankingInfluence": {"POPULARITY": 0.5}}, "rankingInfluence"),
    ):
        with refused("InvalidInputException", words):
            personalize.create_campaign(name="c", solutionVersionArn=version, campaignConfig=config)


@pytest.fixture
def exploring(personalize, films, train):
    """A version of a solution that explores."""
    solution = personalize.create_solution(
        name="exploring", datasetGroupArn=films.group, recipeArn=USER_PERSONALIZATION
    )
    return train(solution["solutionArn"])


def test_exploration_is_kept_as_given_and_updated(personalize, exploring):
    config = {"itemExplorationConfig": {"explorationWeight": "0.5", "explorationItemAgeCutOff": "7"}}
    arn = personalize.create_campaign(name="c", solutionVersionArn=exploring, campaignConfig=config)["campaignArn"]
    assert described(personalize, arn)["campaignConfig"] == config
    changed = {"itemExplorationConfig": {"explorationWeight": "0"}}
    personalize.update_campaign(campaignArn=arn, campaignConfig=changed)
    campaign = described(personalize, arn)
    assert campaign["campaignConfig"] == changed
    assert campaign["latestCampaignUpdate"]["campaignConfig"] == changed


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"explorationWeight": "1.5"}, "The value '1.5' of the hyperparameter explorationWeight is out of range"),
        ({"explorationItemAgeCutOff": "0"}, "Use a number of days above 0"),
        ({"weight": "1"}, "itemExplorationConfig has no weight. It has explorationWeight"),
    ],
)
def test_exploration_out_of_range_is_refused_and_changes_nothing(personalize, exploring, given, words):
    config = {"itemExplorationConfig": given}
    with refused("InvalidInputException", words):
        personalize.create_campaign(name="c", solutionVersionArn=exploring, campaignConfig=config)
    arn = personalize.create_campaign(name="c", solutionVersionArn=exploring)["campaignArn"]
    with refused("InvalidInputException", words):
        personalize.update_campaign(campaignArn=arn, campaignConfig=config)
    assert "campaignConfig" not in described(personalize, arn)


def test_variety_is_a_setting_of_every_recipe_with_scores(personalize, films, train, version):
    config = {"itemExplorationConfig": {"popularityDiscount": "0.3", "diversity": "1", "tonight": "0.5"}}
    arn = personalize.create_campaign(name="c", solutionVersionArn=version, campaignConfig=config)["campaignArn"]
    assert described(personalize, arn)["campaignConfig"] == config
    with refused("InvalidInputException", "The value '2' of the hyperparameter diversity is out of range"):
        personalize.update_campaign(campaignArn=arn, campaignConfig={"itemExplorationConfig": {"diversity": "2"}})
    with refused("InvalidInputException", "The value 'soon' of the hyperparameter tonight is not a number"):
        personalize.update_campaign(campaignArn=arn, campaignConfig={"itemExplorationConfig": {"tonight": "soon"}})
    popular = personalize.create_solution(
        name="popular", datasetGroupArn=films.group, recipeArn="arn:aws:personalize:::recipe/aws-popularity-count"
    )
    with refused("InvalidInputException", "aws-popularity-count does not explore items"):
        personalize.create_campaign(name="p", solutionVersionArn=train(popular["solutionArn"]), campaignConfig=config)


def test_update_to_a_recipe_that_does_not_explore_needs_another_config(personalize, exploring, version):
    config = {"itemExplorationConfig": {"explorationWeight": "0.5"}}
    arn = personalize.create_campaign(name="c", solutionVersionArn=exploring, campaignConfig=config)["campaignArn"]
    with refused("InvalidInputException", "Give a campaignConfig without itemExplorationConfig"):
        personalize.update_campaign(campaignArn=arn, solutionVersionArn=version)
    personalize.update_campaign(campaignArn=arn, solutionVersionArn=version, campaignConfig={})
    assert described(personalize, arn)["solutionVersionArn"] == version


def test_update_changes_what_is_given_and_says_so(personalize, version, solution, train):
    arn = personalize.create_campaign(name="c", solutionVersionArn=version)["campaignArn"]
    newer = train(solution)
    personalize.update_campaign(campaignArn=arn, solutionVersionArn=newer)
    config = {"enableMetadataWithRecommendations": True}
    personalize.update_campaign(campaignArn=arn, minProvisionedTPS=3, campaignConfig=config)
    campaign = described(personalize, arn)
    assert (campaign["solutionVersionArn"], campaign["minProvisionedTPS"]) == (newer, 3)
    assert campaign["campaignConfig"] == config
    assert campaign["latestCampaignUpdate"]["status"] == "ACTIVE"
    assert campaign["latestCampaignUpdate"]["minProvisionedTPS"] == 3
    assert campaign["latestCampaignUpdate"]["solutionVersionArn"] == newer


def test_update_may_change_to_another_solution_of_the_group(personalize, version, films, train):
    arn = personalize.create_campaign(name="c", solutionVersionArn=version)["campaignArn"]
    popular = personalize.create_solution(name="p", datasetGroupArn=films.group, recipeArn=POPULARITY)["solutionArn"]
    personalize.update_campaign(campaignArn=arn, solutionVersionArn=train(popular))
    assert len(personalize.list_campaigns(solutionArn=popular)["campaigns"]) == 1
    with refused("ResourceInUseException", arn):
        personalize.delete_solution(solutionArn=popular)


def test_campaign_stays_in_its_dataset_group(engine, personalize, version, train, films):
    arn = personalize.create_campaign(name="c", solutionVersionArn=version)["campaignArn"]
    body = {"datasetGroupArn": f"{PREFIX}:dataset-group/books", "name": "b"}
    other = f"{PREFIX}:solution/books/0a1b2c3d"
    engine.context.resources.insert("solution-version", other, body, status="ACTIVE")
    with refused("InvalidInputException", "another dataset group"):
        personalize.update_campaign(campaignArn=arn, solutionVersionArn=other)


def test_twenty_campaigns_fit_in_a_group(personalize, version):
    for i in range(20):
        personalize.create_campaign(name=f"c{i}", solutionVersionArn=version)
    words = "Cannot create a campaign. More than 20 resources in ACTIVE state. Please delete some and try again."
    with refused("LimitExceededException", words):
        personalize.create_campaign(name="c20", solutionVersionArn=version)


def test_deleted_campaign_is_gone_and_its_name_free(personalize, version):
    arn = personalize.create_campaign(name="c", solutionVersionArn=version)["campaignArn"]
    with refused("ResourceAlreadyExistsException", arn):
        personalize.create_campaign(name="c", solutionVersionArn=version)
    personalize.delete_campaign(campaignArn=arn)
    for operation in (personalize.delete_campaign, personalize.describe_campaign, personalize.update_campaign):
        with refused("ResourceNotFoundException", f"The given campaign does not exist: {arn}"):
            operation(campaignArn=arn)
    personalize.create_campaign(name="c", solutionVersionArn=version)


def test_the_newest_version_is_the_one_created_last_although_the_clock_went_back(
    personalize, solution, train, monkeypatch
):
    first = train(solution)
    monkeypatch.setattr("services.engine.store.resources.now", lambda: 1_000_000_000.0)
    second = train(solution)
    campaign = personalize.create_campaign(name="newest", solutionVersionArn=f"{solution}/$LATEST")["campaignArn"]
    described = personalize.describe_campaign(campaignArn=campaign)["campaign"]
    assert described["solutionVersionArn"] == second
    latest = personalize.describe_solution(solutionArn=solution)["solution"]["latestSolutionVersion"]
    assert latest["solutionVersionArn"] == second != first
