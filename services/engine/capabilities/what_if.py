"""Lists for hypothetical histories, and what each event of a history does for a list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from services.engine.capabilities.models import artifact_of
from services.engine.recipes.base import Bools
from services.engine.runtime.answers import HistoryEvent, HistoryList, HypotheticalEvent, Reasons

if TYPE_CHECKING:
    from services.engine.context import EngineContext
    from services.engine.models.artifacts import Artifact


class WhatIf:
    """Questions to a model about histories that may have happened or not; nothing is stored."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context

    def reasons(
        self,
        arn: str,
        user_id: str | None,
        item_ids: Sequence[str],
        n_events: int = 50,
        *,
        events: Sequence[HistoryEvent] | None = None,
        also_had: Sequence[str] = (),
        context: Mapping[str, str] | None = None,
        groups: Sequence[Collection[HistoryEvent]] | None = None,
    ) -> Reasons:
        """Return the effect of each of a user's latest n_events events on each of these items.

        groups: the effect of leaving out all events of each group at once instead, for models of sequences.
        arn is that of a campaign or a solution version; context is that of the request. events and also_had as in
        list_for_history, for a hypothetical history. Raises EngineError when there is no such model, or when it is not
        ready.
        """
        from services.engine.runtime.reasons import reasons

        return reasons(
            artifact_of(self._context, arn),
            user_id,
            item_ids,
            n_events,
            events=events,
            also_had=also_had,
            context=context,
            groups=groups,
        )

    def known_events(self, arn: str, user_id: str) -> tuple[HistoryEvent, ...]:
        """Return a user's history in this model, oldest first."""
        from services.engine.runtime.history import known_events

        return known_events(artifact_of(self._context, arn), user_id)

    def list_for_history(
        self,
        arn: str,
        events: Sequence[HistoryEvent],
        count: int,
        *,
        user_id: str | None = None,
        also_had: Sequence[str] = (),
        context: Mapping[str, str] | None = None,
    ) -> HistoryList:
        """Return at most count items for a user with exactly these events.

        user_id selects the columns of a known user; also_had are items that count as seen without an event. Of these a
        recommender lists none that its use case hides from the user. Raises EngineError when there is no such model,
        when it is not ready, or when it answers for items only.
        """
        from services.engine.runtime.what_if import list_for_history

        artifact = artifact_of(self._context, arn)
        kept = self._kept(arn, artifact, user_id)
        return list_for_history(
            artifact, events, count, user_id=user_id, also_had=also_had, context=context, allowed=kept
        )

    def list_after_events(self, arn: str, events: Sequence[HypotheticalEvent], count: int) -> HistoryList:
        """Return at most count items for a new user after these events, without storing them.

        It is the list of GetRecommendations after PutEvents, for campaigns that do not explore; a recommender hides
        what its use case hides. Errors as in list_for_history.
        """
        from services.engine.runtime.what_if import list_after_events

        return list_after_events(artifact_of(self._context, arn), events, count, hides=self._hides(arn))

    def _hides(self, arn: str) -> str | None:
        """Return the event type whose items a recommender does not list again; None for all others."""
        from services.engine.recipes.use_cases import use_case_of  # loads all recipes

        found = self._context.resources.find_any(arn)
        use_case = None if found is None or found.kind != "recommender" else use_case_of(found["recipeArn"])
        return None if use_case is None else use_case.hides

    def _kept(self, arn: str, artifact: Artifact, user_id: str | None) -> Bools | None:
        """Return which items a recommender's built-in filter leaves a user; None for all, and for all others."""
        from services.engine.api.domains.serving import not_hidden, recommender_serving

        if self._hides(arn) is None:
            return None
        return not_hidden(self._context, recommender_serving(self._context.resources, arn), artifact, user_id)
