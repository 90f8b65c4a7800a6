"""The data set group that a laboratory makes of one split: imported, trained with sets of columns, asked, deleted.

The training part becomes a group of its own, so that the group it comes from is not changed.
"""

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from services.backend import Backend
from services.laboratory import groups
from services.laboratory.columns import item_fields
from services.laboratory.context import RunContext
from services.laboratory.ranking_metrics import PLACES
from services.laboratory.stages import Update, one_bar
from services.language.vocabulary import Words
from services.library.columns import ITEM_ID, ColumnRoles
from services.library.prepared import PreparedData
from services.screens.cold_start.parameters import RECIPE
from services.screens.cold_start.run_sentences import asked_words
from services.screens.cold_start.split import HeldOut, Histories


class TrainingGroup:
    """The group of one draw of new items, with its campaigns."""

    def __init__(self, backend: Backend, context: RunContext, held_out: HeldOut) -> None:
        self._backend, self._context, self._held_out = backend, context, held_out
        self._name = groups.group_name(context.folder.name, held_out.seed)
        self._campaigns: dict[tuple[str, ...], str] = {}
        self.train_s = 0.0
        """How long the training with all columns took."""

    def import_data(self, update: Update) -> None:
        """Import the training part."""
        report = one_bar(update, self._context.check_cancelled)
        groups.prepare_group(self._backend, self._name, training_data(self._held_out, self._name), report)

    def train(self, update: Update, column_sets: Sequence[Sequence[str]], hyperparameters: Mapping[str, str]) -> None:
        """Train the recipe with all columns of the split, then once with each set, and deploy every version."""
        began = time.monotonic()
        config = groups.config_of(hyperparameters)
        self._campaigns[()] = self._deploy("all", config, update)
        self.train_s = time.monotonic() - began
        for number, names in enumerate(column_sets, start=1):
            others = [name for name in self.columns if name not in names]
            alone = {"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": others}}} if others else {}
            note = f"with {' and '.join(names).lower()} alone"
            self._campaigns[tuple(names)] = self._deploy(str(number), config | alone, update, note)

    def trained(self, columns: Sequence[str]) -> bool:
        """Tell whether the recipe was trained with this set of columns."""
        return tuple(columns) in self._campaigns

    def ask(self, update: Update, columns: Sequence[str] = ()) -> Histories:
        """Return the lists of the asked users, of the training with these columns; () stands for all."""
        return ask(self._backend, self._context, self._campaigns[tuple(columns)], self._held_out, update)

    def delete(self) -> None:
        """Delete the group."""
        groups.remove_group(self._backend, self._name)

    @property
    def columns(self) -> list[str]:
        """The columns of the split's items, without the id."""
        return [field.name for field in item_fields(self._held_out.schemas["Items"]) if field.name != ITEM_ID]

    def _deploy(self, suffix: str, config: Mapping[str, Any], update: Update, note: str = "") -> str:
        return groups.train_and_deploy(
            self._backend,
            self._name,
            RECIPE,
            name=f"{self._name}-{suffix}",
            solution_config=config,
            report=lambda fraction, text: update(fraction, " · ".join(part for part in (note, text) if part)),
            check_cancelled=self._context.check_cancelled,
        )


def ask(backend: Backend, context: RunContext, campaign: str, held_out: HeldOut, update: Update) -> Histories:
    """Return the lists of the asked users by one campaign."""
    return groups.ask_all(
        backend,
        campaign,
        held_out.asked,
        PLACES,
        report=partial(_asked, update, len(held_out.asked)),
        check_cancelled=context.check_cancelled,
    )


def training_data(held_out: HeldOut, name: str) -> PreparedData:
    """Return the training part as data to import under this name."""
    return PreparedData(
        name=name,
        interactions=held_out.interactions,
        items=held_out.items,
        users=held_out.users,
        schemas=held_out.schemas,
        roles=ColumnRoles(),
        words=Words(),
        source="laboratory",
    )


def _asked(update: Update, n_all: int, n: int) -> None:
    update(n / n_all, asked_words(n, n_all))
