"""The cold start laboratory: hold items out, import the rest, train, deploy, ask, and measure what was never seen.

run() works through the Amazon Personalize API alone and leaves a folder that services/screens/cold_start/results.py
reads: lists.parquet (every place of every list), taken.parquet (what users really took of the new items),
new_items.parquet, tastes.parquet (groups of viewers by every categorical column), columns.parquet (what sets of columns
are worth), metrics.parquet, exploration.parquet where it was asked for, and facts.json. A run that is resumed keeps the
replicates that it has finished.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from services.backend import Backend
from services.errors import DataError
from services.laboratory.context import RunContext
from services.laboratory.stages import Stages
from services.library.store import Library, LoadedData
from services.progress import Step
from services.screens.cold_start import exploration, measures, replicate
from services.screens.cold_start.parameters import Parameters, column_sets
from services.screens.cold_start.replicate import FRAMES, Replicate
from services.screens.cold_start.results import Facts
from services.screens.cold_start.split import hold_out
from services.screens.cold_start.training_group import TrainingGroup

STEPS = (
    Step("hold_out", "Hold items out and take them out of the interactions"),
    Step("import", "Import what is left"),
    Step("train", "Train and deploy the recipe for new items"),
    Step("measure", "Ask everybody for new items and measure"),
)
EXPLORE = Step("explore", "Measure weights of exploration")


def run(backend: Backend, parameters: Mapping[str, Any], context: RunContext) -> None:
    """Do one run and leave its results in context.folder. Raises DataError and TrainingError with the reason."""
    asked = Parameters.read(parameters)
    data = Library(backend.home).open(asked.group)
    if data is None:
        raise DataError(f"The data of {asked.group} was not loaded on this machine. Load it on Data.")
    stages = Stages([*STEPS, *([EXPLORE] if asked.exploration else [])], context)
    _ColdStart(backend, data, asked, context, stages).run()


@dataclass(frozen=True)
class _ColdStart:
    """One run."""

    backend: Backend
    data: LoadedData
    parameters: Parameters
    context: RunContext
    stages: Stages

    def run(self) -> None:
        started = time.time()
        replicates = []
        for seed in range(self.parameters.n_seeds):
            self.context.check_cancelled()
            replicates.append(Replicate.read(self.context, seed) or self._replicate(seed))
        self._write(replicates)
        if self.parameters.exploration:
            self._explore()
        facts = Facts(
            parameters=self.parameters,
            started=started,
            ended=time.time(),
            seconds=self.stages.seconds,
            data_version=self.data.version,
            n_people=max(one.facts.n_people for one in replicates),
            draws=tuple(one.facts for one in replicates),
            sampled=True,
        )
        self.context.write_json("facts", facts.to_json())
        self.stages.skip_waiting("kept from before")

    def _replicate(self, seed: int) -> Replicate:
        """Do the four steps for one draw of new items."""
        asked, stage = self.parameters, self.stages.stage
        part = f"draw {seed + 1} of {asked.n_seeds}" if asked.n_seeds > 1 else ""
        with stage("hold_out", part) as update:
            held_out = hold_out(
                self.data,
                share=asked.share,
                seed=seed,
                split=asked.split,
                n_people=asked.n_people,
                columns=asked.columns,
            )
            update(None, f"{len(held_out.new_items):,} new, {len(held_out.interactions):,} events to learn from")
        group = TrainingGroup(self.backend, self.context, held_out)
        try:
            with stage("import", part) as update:
                group.import_data(update)
            with stage("train", part) as update:
                group.train(update, asked.column_sets, asked.hyperparameters)
            with stage("measure", part) as update:
                measured = replicate.measure(self.data, held_out, group, column_sets(self.data), update)
                measured.write(self.context)
                return measured
        finally:
            group.delete()

    def _write(self, replicates: Sequence[Replicate]) -> None:
        """Write the tables of all replicates together, and the metrics."""
        tables = {name: pd.concat([getattr(one, name) for one in replicates], ignore_index=True) for name in FRAMES}
        for name, table in tables.items():
            self.context.write(name, table)
        n_new = {int(seed): len(part) for seed, part in tables["new_items"].groupby("seed")}
        self.context.write("metrics", measures.summary(tables["lists"], n_new))

    def _explore(self) -> None:
        with self.stages.stage(EXPLORE.key) as update:
            hyperparameters = self.parameters.exploring_hyperparameters
            frame = exploration.measure(self.backend, self.data, self.context, update, hyperparameters)
            self.context.write("exploration", frame)
