"""What the controls of every screen select: a data set group with its data, and the place of the headline over them."""

import time
from dataclasses import dataclass

from streamlit.delta_generator import DeltaGenerator

from pages.components.loaded import OpenData
from services.language.phrases import age
from services.personalize.campaigns import Campaign


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The part of a screen's selection that all screens share."""

    group: str
    opened: OpenData
    headline: DeltaGenerator
    """Place above the controls, filled when the answer is there."""

    def source_line(self, campaign: Campaign, *more: str) -> str:
        """Return the grey line under a headline: group, recipe, when and on what it was trained, the data's note."""
        on = f" on {campaign.n_events:,} events" if campaign.n_events else ""
        trained = f"trained {age(campaign.trained, time.time())}{on}"
        parts = [self.group, campaign.recipe_words, trained, self.opened.data.note, *more]
        return " · ".join(part for part in parts if part)
