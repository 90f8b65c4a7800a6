"""Opens the datasets of a group for filters, and keeps what was opened while its snapshots are the current ones."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from services.engine.data.schemas import canonical_dataset_type, parse_schema
from services.engine.data.vocabulary import Vocabulary
from services.engine.filters.evaluation import (
    EVENTS_OF,
    RECORDS,
    Allowed,
    FilterData,
    Question,
    check_use,
    target_of,
)
from services.engine.filters.interactions import UserActionInteractions, UserInteractions
from services.engine.filters.syntax import ACTION, ITEM, USER
from services.engine.filters.tables import Table, UserRows
from services.engine.settings import EngineSettings
from services.engine.store.database import Database
from services.engine.store.datasets import datasets_of
from services.engine.store.live import LiveRows
from services.engine.store.resources import Resource, Resources
from services.engine.store.snapshots import current_snapshot

MAX_GROUPS = 16
"""Groups, or models of one group, that are open."""
MAX_OPEN = 24
"""Tables in memory."""
ID_NAMES = {ITEM: "ITEM_ID", ACTION: "ACTION_ID", USER: "USER_ID"}


class FilterTables:
    """The tables that filters read; thread-safe."""

    def __init__(self, settings: EngineSettings, database: Database) -> None:
        self._settings, self._resources, self._live = settings, Resources(database), LiveRows(database)
        self._open: OrderedDict[Hashable, tuple[Vocabulary | None, Any]] = OrderedDict()
        self._groups: OrderedDict[tuple[str, int, str], tuple[Any, FilterData]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, group_arn: str, ids: Vocabulary, target: str = ITEM) -> FilterData:
        """Return the data of a group for the items, actions or users of a model, with what was put until now."""
        fingerprint = self._resources.fingerprint("dataset", group_arn)
        with self._lock:
            kept = self._groups.get((group_arn, id(ids), target))
            if kept is None or kept[0] != fingerprint:
                kept = (fingerprint, self._read(group_arn, ids, target))
                self._groups[group_arn, id(ids), target] = kept
                while len(self._groups) > MAX_GROUPS:
                    self._groups.popitem(last=False)
            self._groups.move_to_end((group_arn, id(ids), target))
        if kept[1].items is not None:
            kept[1].items.refresh()
        return kept[1]

    def allowed(self, found: Resource, ids: Vocabulary, question: Question, recipe_type: str) -> Allowed:
        """Return what a filter allows for the items of a model of a recipe of this type.

        Raises InvalidInput for the values of a question, and where the group's datasets no longer have its fields.
        """
        return self.allowed_by(found["filterExpression"], found["datasetGroupArn"], ids, question, recipe_type)

    def allowed_by(
        self, expression: str, group_arn: str, ids: Vocabulary, question: Question, recipe_type: str
    ) -> Allowed:
        """Return what an expression allows; errors as in allowed()."""
        target = target_of(recipe_type)
        data = self.of(group_arn, ids, target)
        try:
            chain = data.chain(expression)
        except FileNotFoundError:  # an import has just replaced a snapshot
            data = self.of(group_arn, ids, target)
            chain = data.chain(expression)
        check_use(chain, recipe_type)
        return Allowed(chain, question, data)

    def _read(self, group_arn: str, ids: Vocabulary, target: str) -> FilterData:
        datasets = datasets_of(self._resources, group_arn)
        schemas = {
            canonical_dataset_type(kind): parse_schema(self._resources.get("schema", dataset["schemaArn"])["schema"])
            for kind, dataset in datasets.items()
        }

        def items(rows: Any, arn: str, live: LiveRows) -> Table:
            return Table(rows, arn, ids, live, ID_NAMES[target])

        return FilterData(
            ids=ids,
            schemas=schemas,
            items=self._opened(datasets.get(RECORDS[target].upper()), ids, items),
            users=self._opened(datasets.get("USERS"), None, UserRows),
            interactions=self._opened(
                datasets.get(EVENTS_OF[target].upper()),
                None,
                UserActionInteractions if target == ACTION else UserInteractions,
            ),
            target=target,
        )

    def _opened(self, dataset: Resource | None, ids: Vocabulary | None, make: Any) -> Any:
        if dataset is None:
            return None
        snapshot = current_snapshot(self._settings, dataset)
        rows = None if snapshot is None else snapshot.rows
        key = (dataset.arn, dataset.created, rows, id(ids))
        if key not in self._open:
            self._open[key] = (ids, make(rows, dataset.arn, self._live))
            while len(self._open) > MAX_OPEN:
                self._open.popitem(last=False)
        self._open.move_to_end(key)
        return self._open[key][1]
