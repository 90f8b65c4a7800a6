"""Clients that write while others are killed: PutEvents whose every acknowledgement is remembered, and CRUD."""

import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.torture.processes import Server
from benchmarks.torture.world import LAST, N_ITEMS, N_USERS, arn

RETRY_AFTER_S = 0.1
PAUSE_S = 0.02
BUSY = "ServiceUnavailable"

Sent = tuple[str, str, int]
"""USER_ID, ITEM_ID, TIMESTAMP."""


class Writers:
    """Two senders of events and one client that creates and deletes, until they are told to stop."""

    def __init__(self, server: Server, tracking_id: str, seed: str, allowed: tuple[str, ...] = ()) -> None:
        self.acknowledged: dict[str, Sent] = {}
        """What PutEvents acknowledged, by event id."""
        self.crud_calls = 0
        self.problems: list[str] = []
        self._allowed = allowed
        self._server, self._tracking_id, self._seed = server, tracking_id, seed
        self._stop = threading.Event()
        jobs = (lambda: self._send(0), lambda: self._send(1), self._crud)
        self._threads = [threading.Thread(target=job, daemon=True) for job in jobs]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop and wait for the last answers."""
        self._stop.set()
        for thread in self._threads:
            thread.join(90)

    def _send(self, number: int) -> None:
        draw = random.Random(f"{self._seed}/{number}")
        events = self._server.client("personalize-events", read_timeout=10)
        count = 0
        while not self._stop.is_set():
            user = f"u{draw.randrange(N_USERS + 10)}"  # some are new
            listed, sent = [], {}
            for _ in range(draw.randint(1, 10)):
                count += 1
                event_id, item = f"event-{number}-{count}", f"i{draw.randrange(N_ITEMS)}"
                moment = LAST + 2 * count + number
                sent[event_id] = (user, item, moment)
                listed.append({"eventId": event_id, "eventType": "watch", "itemId": item, "sentAt": moment})
            answer = self._until_answered(
                lambda user=user, listed=listed: events.put_events(
                    trackingId=self._tracking_id, userId=user, sessionId=user, eventList=listed
                )
            )
            if answer is not None:
                self.acknowledged |= sent
            time.sleep(PAUSE_S)

    def _crud(self) -> None:
        personalize = self._server.client("personalize", read_timeout=60)
        number = 0
        while not self._stop.is_set():
            number += 1
            with suppress(_Stopped):
                self._one_group(personalize, f"crud-{number}")

    def _one_group(self, personalize: Any, name: str) -> None:
        """Create, find, tag, list and delete one data set group; every answer must agree with those before it."""
        known = {"datasetGroupArn": arn("dataset-group", name)}
        tags = [{"tagKey": "by", "tagValue": "torture"}]
        calls: tuple[Callable[[], Any], ...] = (
            lambda: personalize.create_dataset_group(name=name),
            lambda: personalize.describe_dataset_group(**known),
            lambda: personalize.tag_resource(resourceArn=known["datasetGroupArn"], tags=tags),
            lambda: personalize.list_dataset_groups(maxResults=10),
            lambda: personalize.delete_dataset_group(**known),
        )
        for call in calls:
            if self._until_answered(call) is None:
                raise _Stopped
            self.crud_calls += 1
            time.sleep(PAUSE_S)

    def _until_answered(self, call: Callable[[], Any]) -> Any:
        """Repeat a call until it is answered, or return None when it is time to stop.

        An answer may have been lost with its server, so a repeated call may find its work done.
        """
        tries = 0
        while True:
            tries += 1
            try:
                return call()
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if tries > 1 and code in ("ResourceAlreadyExistsException", "ResourceNotFoundException"):
                    return {}
                message = error.response["Error"]["Message"]
                if code != BUSY and not any(words in message for words in self._allowed):
                    self.problems.append(f"{error.operation_name} answered {code}: {message}")
                    return None
            except BotoCoreError:  # refused, or broken in the middle: the server was killed
                pass
            if self._stop.is_set():
                return None
            time.sleep(RETRY_AFTER_S)


class _Stopped(Exception):
    """It is time to stop."""
