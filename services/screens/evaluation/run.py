"""The evaluation laboratory: hold events out, import the rest, train, ask everybody, measure beside simple methods.

run() works through the Amazon Personalize API alone and leaves a folder that services/screens/evaluation/results.py
reads: people.parquet (every metric of every person and method), lists.parquet, truth.parquet, users.parquet (segments),
summary.parquet and facts.json. lists-METHOD.parquet are kept as they come, so a run that failed goes on from there.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from botocore.exceptions import ClientError

from services import errors
from services.backend import Backend, MetricEstimate
from services.errors import DataError, ServiceError
from services.laboratory import groups
from services.library.store import Library, LoadedData
from services.progress import Step, StepList
from services.screens.evaluation.frames import all_lists, categories, counted_train, lists_frame, people_frame, prepared
from services.screens.evaluation.measures import LENGTH, catalogue, estimate, hits, measure
from services.screens.evaluation.parameters import Parameters
from services.screens.evaluation.plan import Contestant, contestants
from services.screens.evaluation.segments import segments
from services.screens.evaluation.split import AWS, Split, event_type_of, split_data
from services.screens.evaluation.summary import aws_summary, summary

LABORATORY_NAME = "evaluation"
CHUNK = 200
"""People whose lists are kept at a time."""


class Desk(Protocol):
    """Where a run leaves its results and hears whether it goes on (services/laboratory/runs.py)."""

    @property
    def folder(self) -> Path: ...
    def report(self, steps: tuple[Step, ...]) -> None: ...
    def check_cancelled(self) -> None: ...
    def write(self, name: str, frame: pd.DataFrame) -> None: ...
    def write_json(self, name: str, value: Any) -> None: ...


def steps_of(plan: Sequence[Contestant], protocol: str) -> tuple[Step, ...]:
    """Return the steps of a run, all waiting."""
    found = [Step("split", "Hold events out"), Step("import", "Import what may be learned from")]
    for one in plan:
        found.append(Step(f"train {one.key}", f"Train and deploy {one.words}"))
        if protocol != AWS:
            found.append(Step(f"ask {one.key}", f"Ask {one.words} for everybody's list"))
    return (*found, Step("measure", "Measure, with intervals, beside popularity and random lists"))


def run(backend: Backend, parameters: Mapping[str, Any], desk: Desk) -> None:
    """Do one run and leave its results in desk.folder. Raises DataError and TrainingError with the reason."""
    wanted = Parameters.read(parameters)
    data = Library(backend.home).open(wanted.group)
    if data is None:
        raise DataError(f"The data of {wanted.group} was not loaded on this machine. Load it on Data.")
    if wanted.n_seeds > 1 and backend.kind == "aws":
        raise DataError(f"{wanted.n_seeds} seeds were asked for, but AWS's recipes have no seed. Ask for one.")
    plan = contestants(data, wanted.recipes, wanted.n_seeds, wanted.columns)
    _Evaluation(backend, data, wanted, plan, desk).run()


def discard(backend: Backend, run_id: str) -> None:
    """Take away what a failed run has left in Amazon Personalize, so that it could go on."""
    groups.remove_group(backend, group_of(run_id))


def group_of(run_id: str) -> str:
    """Return the name of a run's data set group."""
    return groups.group_name(run_id, "eval")


class _Evaluation:
    """One run."""

    def __init__(
        self, backend: Backend, data: LoadedData, wanted: Parameters, plan: Sequence[Contestant], desk: Desk
    ) -> None:
        self.backend, self.data, self.wanted, self.plan, self.desk = backend, data, wanted, plan, desk
        self.steps = StepList(steps_of(plan, wanted.protocol), desk.report)
        self.group = group_of(desk.folder.name)
        self.seconds: dict[str, float] = {}
        self.campaigns: dict[str, str] = {}

    def run(self) -> None:
        started = time.time()
        try:
            found = self._step("split", self._split)
            self._step("import", lambda update: self._import(found, update))
            lists: dict[str, list[list[str]]] = {}
            for one in self.plan:
                campaign = self._step(f"train {one.key}", partial(self._train, one))
                if self.wanted.protocol != AWS:
                    lists[one.key] = self._step(f"ask {one.key}", partial(self._ask, one, campaign, found))
            self._step("measure", lambda update: self._measure(found, lists, update))
            self.desk.write_json("facts", self._facts(found, started))
        except (ClientError, DataError, ServiceError, errors.TrainingError):
            raise  # what is trained stays, so that Continue need not train again
        except BaseException:
            groups.remove_group(self.backend, self.group)
            raise
        groups.remove_group(self.backend, self.group)

    def _step(self, key: str, work: Callable[[groups.Update], Any]) -> Any:
        self.desk.check_cancelled()
        began = time.monotonic()
        self.steps.start(key)
        note = ""

        def update(fraction: float | None, words: str) -> None:
            nonlocal note
            note = words
            self.steps.update(key, fraction, words)

        try:
            found = work(update)
        except Exception as error:
            self.steps.fail(key, str(error) or note or "stopped")
            raise
        self.seconds[key] = time.monotonic() - began
        self.steps.done(key, note)
        return found

    def _split(self, update: groups.Update) -> Split:
        found = split_data(self.data, protocol=self.wanted.protocol, share=self.wanted.share)
        update(1.0, f"{len(found.train):,} events to learn from, {len(found.people):,} people to ask")
        return found

    def _import(self, found: Split, update: groups.Update) -> None:
        self.campaigns = self._kept_campaigns()
        if self.campaigns:
            update(1.0, "kept from before")
            return

        def report(steps: tuple[Step, ...]) -> None:
            self.desk.check_cancelled()
            running = next((step for step in steps if step.state == "running"), None)
            update(sum(step.state == "done" for step in steps) / len(steps), running.label.lower() if running else "")

        groups.prepare_group(self.backend, self.group, prepared(self.data, found, self.group), report)
        update(1.0, f"{len(found.train):,} events")

    def _train(self, one: Contestant, update: groups.Update) -> str:
        if one.key in self.campaigns:
            update(1.0, "kept from before")
            return self.campaigns[one.key]
        name = f"{self.group}-{len(self.campaigns)}"
        arn = groups.train_and_deploy(
            self.backend,
            self.group,
            one.recipe,
            name=f"{name}-{int(time.time()) % 100_000}",
            event_type=event_type_of(self.data),
            solution_config=one.solution_config or None,
            report=update,
            check_cancelled=self.desk.check_cancelled,
        )
        self.campaigns[one.key] = arn
        self.desk.write_json("campaigns", self.campaigns)
        update(1.0, "")
        return arn

    def _kept_campaigns(self) -> dict[str, str]:
        """Return the campaigns that an earlier attempt has left and that still answer."""
        path = self.desk.folder / "campaigns.json"
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        kept = {}
        for key, arn in found.items():
            try:
                self.backend.personalize.describe_campaign(campaignArn=arn)
            except ClientError as error:
                if error.response["Error"]["Code"] != "ResourceNotFoundException":
                    raise
                (self.desk.folder / f"{_file(key)}.parquet").unlink(missing_ok=True)  # another model will answer
            else:
                kept[key] = arn
        return kept

    def _ask(self, one: Contestant, campaign: str, found: Split, update: groups.Update) -> list[list[str]]:
        people, path = found.people, self.desk.folder / f"{_file(one.key)}.parquet"
        lists: dict[str, list[str]] = {}
        if path.exists():
            kept = pd.read_parquet(path)
            lists = {user: list(items) for user, items in zip(kept["user_id"], kept["items"], strict=True)}
        known = set(found.truth)
        lists = {user: items for user, items in lists.items() if user in known}
        missing = [person for person in people if person not in lists]
        began = time.monotonic()
        for first in range(0, len(missing), CHUNK):
            some, before = missing[first : first + CHUNK], len(lists)

            def tell(_: float | None, words: str, before: int = before) -> None:
                n = before + int(words.split(" ")[0].replace(",", ""))
                update(n / len(people), f"{n:,} of {len(people):,} people")

            lists |= groups.ask_all(
                self.backend,
                campaign,
                some,
                LENGTH,
                report=tell,
                check_cancelled=self.desk.check_cancelled,
                threads=self.wanted.threads,
            )
            frame = pd.DataFrame({"user_id": list(lists), "items": list(lists.values())})
            self.desk.write(_file(one.key), frame)
            self._interim(one, lists, found)
        self.seconds["asking"] = self.seconds.get("asking", 0.0) + time.monotonic() - began
        update(1.0, f"{len(people):,} people")
        return [lists[person] for person in people]

    def _interim(self, one: Contestant, lists: Mapping[str, list[str]], found: Split) -> None:
        """Say what would stand if it ended here."""
        right = np.asarray(hits(list(lists.values()), [found.truth[user] for user in lists]).any(axis=1), np.float64)
        value = estimate(right)
        self.desk.write_json(
            "interim",
            {"words": one.words, "done": len(lists), "of": len(found.people), **asdict(value)},
        )

    def _measure(self, found: Split, lists: Mapping[str, list[list[str]]], update: groups.Update) -> None:
        if self.wanted.protocol == AWS:
            self.desk.write("summary", self._aws_summary())
            return
        items = catalogue(counted_train(self.data, found), categories(self.data))
        people, truth = found.people, list(found.truth.values())
        every = all_lists(lists, found, items)
        values = {}
        for number, (method, shown) in enumerate(every.items()):
            update(number / len(every), method)
            self.desk.check_cancelled()
            values[method] = measure(shown, truth, items)
        self.desk.write("people", people_frame(people, values))
        self.desk.write("lists", lists_frame(people, every, truth))
        self.desk.write("truth", pd.DataFrame({"user_id": people, "items": truth}))
        self.desk.write("users", segments(self.data, found))
        self.desk.write("summary", summary(every, values, items, truth))
        update(1.0, f"{len(every)} methods, {len(people):,} people")

    def _aws_summary(self) -> pd.DataFrame:
        rows = []
        for one in self.plan:
            described = self.backend.personalize.describe_campaign(campaignArn=self.campaigns[one.key])["campaign"]
            arn = described["solutionVersionArn"]
            metrics = self.backend.personalize.get_solution_metrics(solutionVersionArn=arn)["metrics"]
            more: Mapping[str, Mapping[str, MetricEstimate]] = {}
            if self.backend.capabilities is not None:
                own = self.backend.capabilities.evaluation(arn)
                more = {} if own is None else {method.name: method.metrics for method in own.methods}
            rows.append((one.key, metrics, more))
        return aws_summary(rows)

    def _facts(self, found: Split, started: float) -> dict[str, Any]:
        repeats = [len(known) - len(set(known)) for known in found.known.values()]
        return {
            "parameters": self.wanted.to_json(),
            "protocol": found.protocol,
            "moment": found.moment,
            "started": started,
            "ended": time.time(),
            "seconds": self.seconds,
            "data_version": self.data.version,
            "n_people": len(found.people),
            "n_train": len(found.train),
            "n_held_out": sum(map(len, found.truth.values())),
            "n_items": self.data.n_items,
            "repeat_share": sum(repeats) / max(1, sum(map(len, found.known.values()))),
            "contestants": [{"key": one.key, "recipe": one.recipe, "words": one.words} for one in self.plan],
            "note": self.data.note,
            "source": self.data.source,
        }


def _file(key: str) -> str:
    return "lists-" + "".join(letter if letter.isalnum() else "-" for letter in key)
