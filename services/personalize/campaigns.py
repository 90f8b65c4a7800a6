"""What answers for users, items or lists: active campaigns, and the recommenders of a domain's data set group.

Every screen asks for it in every redraw, so it is read once until something changes (services/remembered.py).
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from services.backend import Backend
from services.personalize.datasets import epoch, group_arn, pages
from services.personalize.recipe_names import (
    EXPLORING,
    FOR_A_LIST,
    FOR_A_USER,
    FOR_AN_ITEM,
    LISTS,
    PERSONAL,
    PERSONALIZED_RANKING,
    PERSONALIZED_RANKING_V2,
    RECIPE_WORDS,
    SIMILAR_ITEMS,
    SIMS,
    USE_CASES,
)
from services.personalize.states import Status
from services.personalize.versions import campaigns

MEASURED = "normalized_discounted_cumulative_gain_at_25"


@dataclass(frozen=True)
class Campaign:
    """An active campaign, or an active recommender, which is asked in the same way."""

    name: str
    arn: str
    recipe: str
    """AWS's name, for example "aws-hrnn"; of a recommender that of the recipe which answers the same question."""
    version_arn: str
    """ARN of the trained version; a recommender's own, which has no version with a name."""
    trained: float
    """End of the solution version's training, epoch seconds."""
    n_events: int | None
    """Size of the training data; None on AWS."""
    use_case: str = ""
    """AWS's name of a recommender's use case, for example "aws-vod-top-picks"; "" for a campaign."""

    @property
    def personal(self) -> bool:
        """Whether the list depends on the user's history."""
        return self.recipe in PERSONAL

    @property
    def recipe_words(self) -> str:
        """The name of the recipe, or of the use case, on screens."""
        if self.use_case:
            return USE_CASES[self.use_case][1]
        return RECIPE_WORDS.get(self.recipe, self.recipe)

    @property
    def list_words(self) -> str:
        """What it answers, in the words of selects; the name of what is not of a recipe, such as uploaded lists."""
        return USE_CASES[self.use_case][1] if self.use_case else LISTS.get(self.recipe, self.name)

    @property
    def asked(self) -> dict[str, str]:
        """The member of GetRecommendations that names it."""
        return {"recommenderArn" if self.use_case else "campaignArn": self.arn}


def called(available: Collection[Campaign]) -> dict[str, str]:
    """Return what a select calls each campaign, by name: "Personal lists".

    Of campaigns that answer the same, the part of the name that differs is added: "Similar items · sims-d100".
    """
    times = Counter(campaign.list_words for campaign in available)
    return {
        campaign.name: campaign.list_words
        if times[campaign.list_words] == 1
        else f"{campaign.list_words} · {_own_part(campaign, available)}"
        for campaign in available
    }


def _own_part(campaign: Campaign, available: Collection[Campaign]) -> str:
    """Return a campaign's name without the words that the names of all which answer the same begin with."""
    names = [one.name.split("-") for one in available if one.list_words == campaign.list_words]
    shared = min(len(name) for name in names) - 1
    while len({tuple(name[:shared]) for name in names}) > 1:
        shared -= 1
    return "-".join(campaign.name.split("-")[shared:])


def for_people(backend: Backend, group_name: str) -> list[Campaign]:
    """Return what recommends for a user: personal recipes first, then the newest first."""
    return for_recipes(backend, group_name, FOR_A_USER, recommenders=True)


def steady_first(backend: Backend, group_name: str) -> list[Campaign]:
    """Return the same, of the personal ones those that explore last: their answers differ from call to call."""
    found = for_people(backend, group_name)
    return sorted(found, key=lambda campaign: (not campaign.personal, campaign.recipe in EXPLORING))


def for_an_item(backend: Backend, group_name: str) -> list[Campaign]:
    """Return what answers for an item: that of today's recipe first if it is no worse by its test, then the newest."""
    found = for_recipes(backend, group_name, FOR_AN_ITEM, recommenders=True)
    return _current_first(backend, found, SIMILAR_ITEMS, SIMS)


def for_a_list(backend: Backend, group_name: str) -> list[Campaign]:
    """Return the campaigns that order a list: that of today's recipe first if it is no worse by its test."""
    found = for_recipes(backend, group_name, FOR_A_LIST)
    return _current_first(backend, found, PERSONALIZED_RANKING_V2, PERSONALIZED_RANKING)


def for_recipes(
    backend: Backend, group_name: str, recipes: Collection[str], *, recommenders: bool = False
) -> list[Campaign]:
    """Return the active campaigns of these recipes, AWS's names: personal ones first, then the newest first.

    With recommenders also those of the data set group, if it has a domain, whose use cases answer the same questions.
    """
    arn = group_arn(backend, group_name)
    if arn is None:
        return []
    deployed = backend.remembered.of(("campaigns", arn), lambda: _campaigns(backend, arn))
    if recommenders:
        deployed = deployed + _remembered_recommenders(backend, arn)
    return _ordered([entry for entry in deployed if entry[2].recipe in recipes])


def only_recommenders(backend: Backend, group_name: str) -> list[Campaign]:
    """Return the active recommenders, in the same order; [] for a data set group without a domain."""
    arn = group_arn(backend, group_name)
    return [] if arn is None else _ordered(_remembered_recommenders(backend, arn))


def _ordered(found: list[tuple[bool, float, Campaign]]) -> list[Campaign]:
    return [campaign for _, _, campaign in sorted(found, key=lambda entry: entry[:2])]


def _remembered_recommenders(backend: Backend, arn: str) -> list[tuple[bool, float, Campaign]]:
    return backend.remembered.of(("recommenders", arn), lambda: _recommenders(backend, arn))


def _campaigns(backend: Backend, arn: str) -> list[tuple[bool, float, Campaign]]:
    """Return the active campaigns of a data set group, each behind what it is ordered by."""
    found: list[tuple[bool, float, Campaign]] = []
    for view in campaigns(backend, arn):
        if view.status != Status.ACTIVE:
            continue
        version = backend.personalize.describe_solution_version(solutionVersionArn=view.solution_version_arn)
        described = version["solutionVersion"]
        size = backend.capabilities.training_size(view.solution_version_arn) if backend.capabilities else None
        campaign = Campaign(
            name=view.name,
            arn=view.arn,
            recipe=described.get("recipeArn", "").rsplit("/", 1)[-1],
            version_arn=view.solution_version_arn,
            trained=epoch(described["lastUpdatedDateTime"]),
            n_events=size.get("n_events") if size else None,
        )
        found.append((not campaign.personal, -view.created, campaign))
    return found


def _current_first(backend: Backend, found: list[Campaign], current: str, before: str) -> list[Campaign]:
    """Return the campaigns with the first of the current recipe in front, unless one of the recipe before is better.

    Both are measured by AWS's own test, which GetSolutionMetrics reports. Where only one of the two is there, it leads.
    """
    ours = next((one for one in found if one.recipe == current), None)
    theirs = next((one for one in found if one.recipe == before), None)
    first = ours or theirs
    if ours is not None and theirs is not None and _found(backend, ours) < _found(backend, theirs):
        first = theirs
    return sorted(found, key=lambda one: one is not first)


def _found(backend: Backend, campaign: Campaign) -> float:
    """Return NDCG@25 of what answers; a recommender's is in its description."""
    return backend.remembered.of(("found", campaign.version_arn), lambda: _measured(backend, campaign))


def _measured(backend: Backend, campaign: Campaign) -> float:
    if campaign.use_case:
        described = backend.personalize.describe_recommender(recommenderArn=campaign.arn)["recommender"]
        return float(described.get("modelMetrics", {}).get(MEASURED, 0.0))
    metrics = backend.personalize.get_solution_metrics(solutionVersionArn=campaign.version_arn)["metrics"]
    return float(metrics.get(MEASURED, 0.0))


def _recommenders(backend: Backend, arn: str) -> list[tuple[bool, float, Campaign]]:
    """Return the active recommenders of a data set group in the order of campaigns; [] without a domain."""
    if not backend.personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"].get("domain"):
        return []
    found: list[tuple[bool, float, Campaign]] = []
    for summary in pages(backend.personalize, "list_recommenders", "recommenders", datasetGroupArn=arn):
        use_case = summary["recipeArn"].rsplit("/", 1)[-1]
        if summary["status"] != Status.ACTIVE or use_case not in USE_CASES:
            continue
        own = str(summary["recommenderArn"])
        size = backend.capabilities.training_size(own) if backend.capabilities else None
        recommender = Campaign(
            name=summary["name"],
            arn=own,
            recipe=USE_CASES[use_case][0],
            version_arn=own,
            trained=epoch(summary["lastUpdatedDateTime"]),
            n_events=size.get("n_events") if size else None,
            use_case=use_case,
        )
        found.append((not recommender.personal, -epoch(summary["creationDateTime"]), recommender))
    return found
