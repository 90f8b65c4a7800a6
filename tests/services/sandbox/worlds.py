"""A world for live events without an engine: a model that answers by the last events, and clients that keep them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
from botocore.exceptions import ClientError

from services.backend import Backend
from services.language.vocabulary import FILM_WORDS
from services.library.columns import ColumnRoles
from services.library.prepared import Persona, PreparedData
from services.library.schemas import propose_schema
from tests.services.worlds import HRNN

GENRES = ("Noir", "Horror", "Family")
N_ITEMS = 180
DAY = 86_400


def genre_of(item_id: str) -> str:
    """Return the genre of "i17"."""
    return GENRES[int(item_id[1:]) % len(GENRES)]


def three_tastes() -> PreparedData:
    """Ann watches noir, Bob horror, Cid family films, thirty each; Dot changed from noir to horror; Eve is new."""
    watched = {
        "ann": [f"i{3 * n}" for n in range(30)],
        "bob": [f"i{3 * n + 1}" for n in range(30)],
        "cid": [f"i{3 * n + 2}" for n in range(30)],
        "dot": [f"i{3 * n + (n >= 20)}" for n in range(30)],
        "eve": ["i0", "i1"],
    }
    rows = [
        (user, item, 1_700_000_000 + n * DAY, "watch", 3.0, "TV")
        for user, items in watched.items()
        for n, item in enumerate(items)
    ]
    rows.append(("ann", "i5", 1_700_000_000 + 5 * DAY + 60, "trailer", float("nan"), "phone"))
    names = ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE", "DEVICE_TYPE"]
    interactions = pd.DataFrame(rows, columns=names).sort_values(["USER_ID", "TIMESTAMP"], kind="stable")
    ids = [f"i{n}" for n in range(N_ITEMS)]
    items = pd.DataFrame({"ITEM_ID": ids, "TITLE": [f"Film {i}" for i in ids], "GENRES": [genre_of(i) for i in ids]})
    users = pd.DataFrame({"USER_ID": list(watched), "NAME": [name.capitalize() for name in watched]})
    roles = ColumnRoles(title="TITLE", categories=("GENRES",), user_name="NAME")
    frames = {"Interactions": interactions, "Items": items, "Users": users}
    schemas = {name: propose_schema(name, frame, roles) for name, frame in frames.items()}
    personas = (
        Persona("ann", "Ann", "noir", ("Noir",)),
        Persona("bob", "Bob", "horror", ("Horror",)),
        Persona("cid", "Cid", "family", ("Family",)),
        Persona("dot", "Dot", "changed", ("Noir", "Horror")),
        Persona("eve", "Eve", "new"),
    )
    return PreparedData(
        "three-tastes",
        interactions,
        items,
        users,
        schemas,
        roles,
        FILM_WORDS,
        "own",
        personas=personas,
        event_type="watch",
    )


class Model:
    """Answers with unseen items, those of the latest five events' genres first, highest numbers first."""

    def __init__(self, histories: dict[str, list[str]]) -> None:
        self.histories = histories
        self.sent: list[dict[str, Any]] = []
        self.refuse_from: int | None = None
        self.forgotten: list[str] = []
        self._ids: set[str] = set()
        self.meta = SimpleNamespace(
            service_model=SimpleNamespace(service_name="personalize"),
            method_to_api_mapping={"put_events": "PutEvents", "get_recommendations": "GetRecommendations"},
        )

    def put_events(self, **request: Any) -> dict[str, Any]:
        if self.refuse_from is not None and len(self.sent) >= self.refuse_from:
            error = {"Error": {"Code": "InvalidInputException", "Message": "The event is not liked."}}
            raise ClientError(error, "PutEvents")
        self.sent.append(request)
        for event in request["eventList"]:
            if event["eventId"] not in self._ids:
                self._ids.add(event["eventId"])
                if event["eventType"] == "watch":
                    self.histories.setdefault(request["userId"], []).append(event["itemId"])
        return {}

    def get_recommendations(self, campaignArn: str, numResults: int, userId: str, itemId: str = "") -> dict[str, Any]:
        had = self.histories.get(userId, []) if campaignArn == HRNN.arn else []
        latest = [genre_of(item) for item in had[-5:]]
        ids = [f"i{n}" for n in range(N_ITEMS) if f"i{n}" not in had]
        ids.sort(key=lambda item: (-latest.count(genre_of(item)), -int(item[1:])))
        return {"itemList": [{"itemId": i, "score": 1 / place} for place, i in enumerate(ids[:numResults], 1)]}

    def forget_events(self, dataset_group_arn: str, user_id: str) -> int:
        self.forgotten.append(user_id)
        return len(self.histories.pop(user_id, []))


class ControlPlane:
    """A data set group with at most one event tracker."""

    def __init__(self) -> None:
        self.made = 0

    def get_paginator(self, operation: str) -> Any:
        if operation == "list_dataset_groups":
            groups = [{"name": "three-tastes", "datasetGroupArn": "arn:group", "status": "ACTIVE"}]
            return SimpleNamespace(paginate=lambda **_: [{"datasetGroups": groups}])
        listed = [{"eventTrackerArn": "arn:tracker"}] if self.made else []
        return SimpleNamespace(paginate=lambda **_: [{"eventTrackers": listed}])

    def create_event_tracker(self, **_: Any) -> dict[str, str]:
        self.made += 1
        return {"trackingId": "t-1", "eventTrackerArn": "arn:tracker"}

    def describe_event_tracker(self, **_: Any) -> dict[str, Any]:
        return {"eventTracker": {"trackingId": "t-1", "status": "ACTIVE"}}


def backend(model: Model, home: Path, *, embedded: bool = True) -> Backend:
    """Return a backend of these clients; embedded ones can forget events."""
    capabilities: Any = SimpleNamespace(forget_events=model.forget_events) if embedded else None
    return Backend(
        kind="embedded" if embedded else "aws",
        label="",
        personalize=ControlPlane(),
        runtime=model,
        events=model,
        objects=None,
        capabilities=capabilities,
        home=home,
        role_arn="",
        bucket="",  # type: ignore[arg-type]
    )
