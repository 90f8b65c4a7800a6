"""AWS's names of recipes, grouped by what their campaigns answer, and their names on screens."""

POPULARITY_COUNT = "aws-popularity-count"
HRNN = "aws-hrnn"
HRNN_METADATA = "aws-hrnn-metadata"
HRNN_COLDSTART = "aws-hrnn-coldstart"
USER_PERSONALIZATION = "aws-user-personalization"
USER_PERSONALIZATION_V2 = "aws-user-personalization-v2"
SIMS = "aws-sims"
SIMILAR_ITEMS = "aws-similar-items"
PERSONALIZED_RANKING = "aws-personalized-ranking"
PERSONALIZED_RANKING_V2 = "aws-personalized-ranking-v2"
SEMANTIC_SIMILARITY = "aws-semantic-similarity"
TRENDING_NOW = "aws-trending-now"
NEXT_BEST_ACTION = "aws-next-best-action"
ITEM_AFFINITY = "aws-item-affinity"
ITEM_ATTRIBUTE_AFFINITY = "aws-item-attribute-affinity"

LEGACY = (HRNN, HRNN_METADATA, HRNN_COLDSTART)
"""Recipes that AWS has retired; this engine keeps them."""
PERSONAL = (HRNN, HRNN_METADATA, HRNN_COLDSTART, USER_PERSONALIZATION, USER_PERSONALIZATION_V2)
"""Recipes whose list depends on the user's own history."""
FOR_A_USER = (*PERSONAL, POPULARITY_COUNT, TRENDING_NOW)
FOR_AN_ITEM = (SIMS, SIMILAR_ITEMS, SEMANTIC_SIMILARITY)
FOR_A_LIST = (PERSONALIZED_RANKING, PERSONALIZED_RANKING_V2)
FOR_SEGMENTS = (ITEM_AFFINITY, ITEM_ATTRIBUTE_AFFINITY)
"""Recipes that find users; batch segment jobs ask them, no campaign serves them."""
EXPLORING = (USER_PERSONALIZATION, USER_PERSONALIZATION_V2)
"""Recipes that explore new items, so that two requests may give two lists."""
WITH_CONTEXT = (HRNN_METADATA, HRNN_COLDSTART, USER_PERSONALIZATION, USER_PERSONALIZATION_V2)
"""Recipes that use a context, such as the device."""
NOT_PERSONAL = (POPULARITY_COUNT, TRENDING_NOW, SIMILAR_ITEMS, SEMANTIC_SIMILARITY, SIMS)
"""Recipes whose list does not depend on the user, and does not change with events."""

RECIPE_WORDS = {
    POPULARITY_COUNT: "Popularity",
    HRNN: "Personal lists",
    HRNN_METADATA: "Personal lists with metadata",
    HRNN_COLDSTART: "Personal lists with new items",
    SIMS: "Similar items",
    PERSONALIZED_RANKING: "Personalized ranking",
    USER_PERSONALIZATION: "User personalization",
    USER_PERSONALIZATION_V2: "Personal recommendations",
    PERSONALIZED_RANKING_V2: "Personal order of a list",
    SIMILAR_ITEMS: "Similar items, also of new ones",
    SEMANTIC_SIMILARITY: "Similar texts",
    TRENDING_NOW: "Trending now",
    ITEM_AFFINITY: "People for an item",
    ITEM_ATTRIBUTE_AFFINITY: "People for a taste",
    NEXT_BEST_ACTION: "Next best action",
}
"""Names of recipes on screens."""

LISTS = RECIPE_WORDS | {
    POPULARITY_COUNT: "Bestsellers",
    PERSONALIZED_RANKING: "Personal order",
    PERSONALIZED_RANKING_V2: "Personal order",
    USER_PERSONALIZATION: "Personal lists with exploration",
    USER_PERSONALIZATION_V2: "Personal lists with exploration",
}
"""What selects call a campaign of a recipe: what it answers, short enough for a narrow select."""

USE_CASES = {
    "aws-ecomm-recommended-for-you": (USER_PERSONALIZATION, "Recommended for you"),
    "aws-ecomm-popular-items-by-views": (POPULARITY_COUNT, "Most viewed"),
    "aws-ecomm-popular-items-by-purchases": (POPULARITY_COUNT, "Best sellers"),
    "aws-ecomm-frequently-bought-together": (SIMS, "Frequently bought together"),
    "aws-ecomm-customers-who-viewed-x-also-viewed": (SIMS, "Customers who viewed it also viewed"),
    "aws-vod-top-picks": (USER_PERSONALIZATION, "Top picks for you"),
    "aws-vod-most-popular": (POPULARITY_COUNT, "Most popular"),
    "aws-vod-trending-now": (TRENDING_NOW, "Trending now"),
    "aws-vod-because-you-watched-x": (SIMS, "Because you watched it"),
    "aws-vod-more-like-x": (SIMILAR_ITEMS, "More like it"),
}
"""Use cases of domains, which recommenders answer: the recipe that answers the same question, and AWS's own words."""

PERSONAL_LISTS = "personal recommendations"
ANSWERS = {
    POPULARITY_COUNT: "bestsellers",
    HRNN: PERSONAL_LISTS,
    HRNN_METADATA: f"{PERSONAL_LISTS} with metadata",
    HRNN_COLDSTART: "recommendations of new items",
    SIMS: "similar items",
    SIMILAR_ITEMS: "similar items",
    PERSONALIZED_RANKING: "personalized rankings",
    PERSONALIZED_RANKING_V2: "personalized rankings",
    USER_PERSONALIZATION: f"{PERSONAL_LISTS} with exploration",
    USER_PERSONALIZATION_V2: f"{PERSONAL_LISTS} with exploration",
    SEMANTIC_SIMILARITY: "items with similar texts",
    TRENDING_NOW: "trending items",
    ITEM_AFFINITY: "people for items",
    ITEM_ATTRIBUTE_AFFINITY: "people for tastes",
    NEXT_BEST_ACTION: "next best actions",
}
"""What sentences call the answers of a recipe, in the words of a customer; all of them are plurals."""


def answers_of(recipe: str) -> str:
    """Return what sentences call the answers of a recipe: "personal recommendations", "bestsellers"."""
    return ANSWERS.get(recipe, f"answers of {recipe}")
