"""Every kind of job that can be killed: how it is started, followed, and what its process is."""

import json
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.torture.processes import Server, kill, run_pids, wait_until_ended, worker_pids
from benchmarks.torture.world import N_USERS, NAME, RECIPES, arn, csv_of, films, solution_arn
from services.backend import open_backend
from services.engine import Engine
from services.laboratory import groups
from services.laboratory.context import DONE, RUNNING
from services.laboratory.runs import COLD_START, EVALUATION, LabRuns
from services.screens.cold_start.parameters import Parameters as ColdStartParameters
from services.screens.evaluation.parameters import Parameters as EvaluationParameters

ROLE = "arn:aws:iam::000000000000:role/torture"
INTERACTIONS = arn("dataset", f"{NAME}/INTERACTIONS")
ENDED = ("ACTIVE", "CREATE FAILED", "CREATE STOPPED")
_START_S = 1.5
"""About what a worker or a run needs to start."""
SECONDS: dict[str, float] = {
    "import": _START_S + 0.5,
    "incremental import": _START_S + 0.7,
    "export": _START_S + 0.5,
    "batch": _START_S + 0.7,
    **{recipe: _START_S + (1 if recipe in ("aws-popularity-count", "aws-sims") else 6) for recipe in RECIPES},
    "search": _START_S + 8,
    EVALUATION: 8.0,
    COLD_START: 15.0,
}
"""Kinds of jobs, with about the seconds within which a kill hits one."""
LABORATORIES = (EVALUATION, COLD_START)
_EVALUATION = EvaluationParameters(NAME, recipes=("aws-popularity-count",))
_COLD_START = ColdStartParameters(NAME, hyperparameters={"epochs": "2"})


class Work:
    """One job or run: started once, started again when it failed."""

    def __init__(self, kind: str, server: Server, engine: Engine, token: str) -> None:
        self.kind = kind
        self._server, self._engine, self._token = server, engine, token
        self._tries = 0
        self._describe: Callable[[], Mapping[str, Any]] = dict
        self._run_id = ""
        self._solution = "" if kind == "search" else solution_arn(kind)
        self._labs = LabRuns(engine.settings.home)

    def start(self) -> None:
        """Start it, or start it again."""
        self._tries += 1
        name = f"{self._token}-{self._tries}"
        if self.kind in LABORATORIES and not self._run_id:
            parameters = _EVALUATION if self.kind == EVALUATION else _COLD_START
            self._run_id = self._labs.start(self.kind, name, parameters.to_json())
        elif self.kind in LABORATORIES:
            self._labs.resume(self._run_id)
        elif "import" in self.kind:
            self._import(name)
        elif self.kind == "export":
            self.export(name, "ALL")
        elif self.kind == "batch":
            self._batch(name)
        else:
            self._train(name)

    def status(self) -> tuple[str, str]:
        """Return (status, failure reason); a run's states are given in the words of jobs."""
        if self.kind in LABORATORIES:
            view = self._labs.find(self._run_id)
            if view is None:
                return "CREATE FAILED", "the run is gone"
            words = {RUNNING: "CREATE IN_PROGRESS", DONE: "ACTIVE"}
            return words.get(view.state, "CREATE FAILED"), view.reason
        try:
            answer = self._describe()
        except BotoCoreError:  # the server is being started again
            return "UNKNOWN", ""
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                raise
            return "UNKNOWN", ""
        described = next(value for key, value in answer.items() if key != "ResponseMetadata")
        return described["status"], described.get("failureReason", "")

    def wait(self, timeout_s: float) -> tuple[str, str]:
        """Return status and reason once it has ended, or what it is after timeout_s."""
        deadline = time.monotonic() + timeout_s
        while True:
            status = self.status()
            if status[0] in ENDED or time.monotonic() > deadline:
                return status
            time.sleep(0.1)

    def pids(self) -> list[int]:
        """Return the processes that work on it: the run's own, and the worker."""
        home = self._engine.settings.home
        return (run_pids(self._folder()) if self._run_id else []) + worker_pids(home)

    def finish(self) -> list[str]:
        """Delete a run as its screen does; return what is left of it."""
        if not self._run_id:
            return []
        if self.status()[0] == "CREATE IN_PROGRESS":
            pids = run_pids(self._folder())
            kill(pids, signal.SIGKILL)
            wait_until_ended(pids, 10)
        backend = open_backend({}, self._engine.settings.home)
        try:
            groups.remove_groups_of(backend, self._run_id)
            self._labs.delete(self._run_id)
            listed = backend.personalize.list_dataset_groups()["datasetGroups"]
        finally:
            backend.close()
        left = [group["name"] for group in listed if group["name"].startswith("lab-")]
        return [f"the deleted run left the data set group {name}" for name in left]

    def export(self, name: str, mode: str) -> None:
        """Start an export of the interactions."""
        personalize = self._server.client("personalize")
        made = personalize.create_dataset_export_job(
            jobName=name,
            datasetArn=INTERACTIONS,
            roleArn=ROLE,
            ingestionMode=mode,
            jobOutput={"s3DataDestination": {"path": f"s3://local/out/{name}/"}},
        )["datasetExportJobArn"]
        self._describe = lambda: personalize.describe_dataset_export_job(datasetExportJobArn=made)

    def _folder(self) -> Path:
        return (self._engine.settings.home / "laboratories" / self.kind / self._run_id).resolve()

    def _import(self, name: str) -> None:
        personalize, url = self._server.client("personalize"), f"s3://local/in/{name}.csv"
        self._engine.objects.put_bytes(url, csv_of(films(seed=self._tries).interactions))
        made = personalize.create_dataset_import_job(
            jobName=name,
            datasetArn=INTERACTIONS,
            dataSource={"dataLocation": url},
            roleArn=ROLE,
            importMode="INCREMENTAL" if self.kind == "incremental import" else "FULL",
        )["datasetImportJobArn"]
        self._describe = lambda: personalize.describe_dataset_import_job(datasetImportJobArn=made)

    def _batch(self, name: str) -> None:
        personalize, url = self._server.client("personalize"), f"s3://local/in/{name}.json"
        lines = [json.dumps({"userId": f"u{n % N_USERS}"}) for n in range(6000)]
        self._engine.objects.put_bytes(url, "\n".join(lines).encode())
        version = self._engine.context.resources.newest(
            "solution-version", solution_arn("aws-popularity-count"), "ACTIVE"
        )
        assert version is not None
        made = personalize.create_batch_inference_job(
            jobName=name,
            solutionVersionArn=version.arn,
            jobInput={"s3DataSource": {"path": url}},
            jobOutput={"s3DataDestination": {"path": f"s3://local/out/{name}/"}},
            roleArn=ROLE,
        )["batchInferenceJobArn"]
        self._describe = lambda: personalize.describe_batch_inference_job(batchInferenceJobArn=made)

    def _train(self, name: str) -> None:
        personalize = self._server.client("personalize")
        self._solution = self._solution or _searching(personalize, name)
        made = personalize.create_solution_version(solutionArn=self._solution)["solutionVersionArn"]
        self._describe = lambda: personalize.describe_solution_version(solutionVersionArn=made)


def _searching(personalize: Any, name: str) -> str:
    """Create a solution that searches its settings in two trials."""
    limits = {"maxNumberOfTrainingJobs": "2", "maxParallelTrainingJobs": "1"}
    config = {"algorithmHyperParameters": {"epochs": "2"}, "hpoConfig": {"hpoResourceConfig": limits}}
    made: str = personalize.create_solution(
        name=f"search-{name}",
        datasetGroupArn=arn("dataset-group", NAME),
        recipeArn="arn:aws:personalize:::recipe/aws-hrnn",
        performAutoTraining=False,
        performHPO=True,
        solutionConfig=config,
    )["solutionArn"]
    return made
