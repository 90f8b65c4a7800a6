"""The laboratories by name, and the process of one run: `python -m services.laboratories FOLDER`."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from services.backend import Backend, open_backend
from services.changes import changing_home
from services.errors import BackendError
from services.laboratory.context import CANCELLED, DONE, FAILED, RUN, RunCancelled, RunContext, read_json
from services.laboratory.runs import COLD_START, EVALUATION
from services.screens.cold_start import run as cold_start
from services.screens.evaluation import run as evaluation

logger = logging.getLogger(__name__)

RUN_OF: dict[str, Callable[[Backend, Mapping[str, Any], RunContext], None]] = {
    EVALUATION: evaluation.run,
    COLD_START: cold_start.run,
}


def run_now(backend: Backend, laboratory: str, parameters: Mapping[str, Any], folder: Path) -> None:
    """Do a run in this process and leave its results in folder. An error is stored as the run's end, then raised."""
    changing_home(backend.home)
    folder.mkdir(parents=True, exist_ok=True)
    context = RunContext(folder)
    try:
        RUN_OF[laboratory](backend, parameters, context)
    except RunCancelled:
        context.end(CANCELLED, "It was stopped.")
        raise
    except BaseException as error:  # an interrupted script too leaves a run that says so
        context.end(FAILED, str(error) or type(error).__name__)
        raise
    context.end(DONE)


def main() -> int:
    """Do one run, as LabRuns starts it."""
    parser = argparse.ArgumentParser(description="Do one laboratory run.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lock-fd", type=int, help="an inherited, locked descriptor")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    os.nice(5)  # pages answer first
    asked = read_json(arguments.folder / RUN)
    try:
        backend = open_backend()
    except BackendError as error:
        RunContext(arguments.folder).end(FAILED, str(error))
        return 1
    try:
        run_now(backend, asked["laboratory"], asked["parameters"], arguments.folder)
    except RunCancelled:
        return 0
    except Exception:
        logger.exception("run failed folder=%s", arguments.folder)
        return 1
    finally:
        backend.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
