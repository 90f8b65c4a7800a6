"""The evaluation laboratory: hold events out, import the rest, train, ask everybody, measure beside baselines.

run() works through the Amazon Personalize API alone and leaves a folder that services/screens/evaluation/results.py
reads: people.parquet (every metric of every user and method), lists.parquet, truth.parquet, users.parquet (segments),
summary.parquet and facts.json. lists-METHOD.parquet are stored as they come, so a run that failed goes on from there.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pandas as pd

from services.backend import Backend
from services.errors import DataError, PlainError, service_errors
from services.laboratory import groups
from services.laboratory.context import RunContext
from services.laboratory.stages import Stages, Update, one_bar
from services.library.store import Library, LoadedData
from services.progress import Step
from services.screens.evaluation.asking import DEPTH, Asking, Campaigns
from services.screens.evaluation.facts import Facts, Trained
from services.screens.evaluation.frames import (
    Lists,
    ServiceMetrics,
    all_lists,
    aws_summary,
    categories,
    counted_train,
    lists_frame,
    people_frame,
    summary,
    training_data,
)
from services.screens.evaluation.measures import ItemCounts, count_items, measure
from services.screens.evaluation.methods import Method
from services.screens.evaluation.parameters import Parameters
from services.screens.evaluation.plan import Contestant, aged, contestants
from services.screens.evaluation.protocols import ageing
from services.screens.evaluation.protocols.asked import question
from services.screens.evaluation.segments import segments
from services.screens.evaluation.split import AWS, Split, event_type_of, split_data

KEPT = "kept from before"


def steps_of(plan: Sequence[Contestant], protocol: str) -> tuple[Step, ...]:
    """Return the steps of a run, all waiting."""
    steps = [Step("split", "Hold events out"), Step("import", "Import what may be learned from")]
    for contestant in plan:
        steps.append(Step(f"train {contestant.key}", f"Train and deploy {contestant.words}"))
        if protocol != AWS:
            steps.append(Step(f"ask {contestant.key}", f"Ask “{contestant.words}” for everybody's list"))
    return (*steps, Step("measure", "Measure, with intervals, beside bestsellers and random lists"))


def run(backend: Backend, parameters: Mapping[str, Any], context: RunContext) -> None:
    """Do one run and leave its results in context.folder. Raises DataError and TrainingError with the reason."""
    asked = Parameters.read(parameters)
    data = Library(backend.home).open(asked.group)
    if data is None:
        raise DataError(f"The data of {asked.group} was not loaded on this machine. Load it on Data.")
    if asked.n_seeds > 1 and backend.kind == "aws":
        raise DataError(f"{asked.n_seeds} seeds were asked for, but AWS's recipes have no seed. Ask for one.")
    _Evaluation(backend, data, asked, context).run()


def group_of(run_id: str) -> str:
    """Return the name of a run's data set group."""
    return groups.group_name(run_id, "eval")


class _Evaluation:
    """One run."""

    def __init__(self, backend: Backend, data: LoadedData, parameters: Parameters, context: RunContext) -> None:
        self.backend, self.data, self.parameters, self.context = backend, data, parameters, context
        self.plan = contestants(
            data, parameters.recipes, parameters.n_seeds, parameters.columns, parameters.user_columns
        )
        self.plan += aged(parameters.recipes, parameters.ages)
        self.stages = Stages(steps_of(self.plan, parameters.protocol), context)
        self.group = group_of(context.folder.name)
        self.campaigns = Campaigns(backend, context, self.group)
        self.asking = Asking(backend, context, parameters.threads)

    def run(self) -> None:
        started, stage = time.time(), self.stages.stage
        with self._own_group():
            with stage("split") as update:
                split = self._split(update)
            with stage("import") as update:
                self._import(split, update)
            lists: dict[Method, Lists] = {}
            items = count_items(counted_train(self.data, split), categories(self.data))
            for contestant in self.plan:
                with stage(f"train {contestant.key}") as update:
                    self._train(contestant, split, update)
                if self.parameters.protocol != AWS:
                    with stage(f"ask {contestant.key}") as update:
                        campaign = self.campaigns[contestant]
                        asked = question(contestant.method.name, split, items, DEPTH)
                        lists[contestant.method] = self.asking.ask(contestant, campaign, split, asked, update)
            with stage("measure") as update:
                self._measure(split, lists, items, update)
            self.context.write_json("facts", self._facts(split, started).to_json())

    @contextmanager
    def _own_group(self) -> Iterator[None]:
        """Delete the run's data set group at the end, unless the run can be resumed with it."""
        resumable = False
        try:
            with service_errors():
                yield
        except PlainError:  # what is trained is kept, so that resuming the run need not train again
            resumable = True
            raise
        finally:
            if not resumable:
                for name in (self.group, *(self._aged_group(one) for one in self.plan if one.method.age_days)):
                    groups.remove_group(self.backend, name)

    def _split(self, update: Update) -> Split:
        split = split_data(self.data, protocol=self.parameters.protocol, share=self.parameters.share)
        update(1.0, f"{len(split.train):,} events to learn from, {len(split.people):,} people to ask")
        return split

    def _import(self, split: Split, update: Update) -> None:
        if self.campaigns.find_kept(forget=self.asking.forget):
            update(1.0, KEPT)
            return
        report = one_bar(update, self.context.check_cancelled)
        groups.prepare_group(self.backend, self.group, training_data(self.data, split, self.group), report)
        update(1.0, f"{len(split.train):,} events")

    def _train(self, contestant: Contestant, split: Split, update: Update) -> None:
        if contestant in self.campaigns:
            update(1.0, KEPT)
            return
        group = ""
        if contestant.method.age_days:
            group = self._aged_group(contestant)
            events, items = ageing.cut(split.train, split.items, int(split.moment or 0), contestant.method.age_days)
            older = training_data(self.data, replace(split, train=events, items=items), group)
            groups.prepare_group(self.backend, group, older, one_bar(update, self.context.check_cancelled))
        self.campaigns.train(contestant, event_type_of(self.data), update, group)
        update(1.0, "")

    def _aged_group(self, contestant: Contestant) -> str:
        return groups.group_name(self.context.folder.name, f"age-{contestant.method.age_days}")

    def _measure(self, split: Split, lists: Mapping[Method, Lists], items: ItemCounts, update: Update) -> None:
        if self.parameters.protocol == AWS:
            self.context.write("summary", aws_summary([self._measured_by_service(one) for one in self.plan]))
            return
        people, truth = split.people, list(split.truth.values())
        every = all_lists(lists, split, items)
        values = {}
        for number, (method, shown) in enumerate(every.items()):
            update(number / len(every), method.key)
            self.context.check_cancelled()
            values[method] = measure(shown, truth, items)
        self.context.write("people", people_frame(people, values))
        self.context.write("lists", lists_frame(people, every, truth))
        self.context.write("truth", pd.DataFrame({"user_id": people, "items": truth}))
        self.context.write("users", segments(self.data, split))
        self.context.write("summary", summary(every, values, items, truth))
        update(1.0, f"{len(every)} methods, {len(people):,} people")

    def _measured_by_service(self, contestant: Contestant) -> ServiceMetrics:
        campaign = self.campaigns[contestant]
        version = self.backend.personalize.describe_campaign(campaignArn=campaign)["campaign"]["solutionVersionArn"]
        metrics = self.backend.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
        own = None if self.backend.capabilities is None else self.backend.capabilities.evaluation(version)
        estimates = {} if own is None else {method.name: method.metrics for method in own.methods}
        return ServiceMetrics(contestant.method, metrics, estimates)

    def _facts(self, split: Split, started: float) -> Facts:
        n_repeats = sum(len(known) - len(set(known)) for known in split.known.values())
        asking = {"asking": self.asking.seconds} if self.parameters.protocol != AWS else {}
        return Facts(
            parameters=self.parameters,
            protocol=split.protocol,
            moment=split.moment,
            started=started,
            ended=time.time(),
            seconds=self.stages.seconds | asking,
            data_version=self.data.version,
            n_people=len(split.people),
            n_train=len(split.train),
            n_held_out=sum(map(len, split.truth.values())),
            n_items=self.data.n_items,
            repeat_share=n_repeats / max(1, sum(map(len, split.known.values()))),
            contestants=tuple(Trained(one.key, one.method.name, one.words) for one in self.plan),
            has_times=self.data.has_times,
            note=self.data.note,
            source=self.data.source,
        )
