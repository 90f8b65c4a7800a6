"""One click to a personal list: the film demo's steps up to the deployed HRNN, in an empty home, step by step.

    python -m benchmarks.one_click

Wall seconds, and processor seconds of this process; the worker that imports and trains is another process.
"""

import resource
import tempfile
import time
from pathlib import Path

from services.backend import open_backend
from services.demo.runner import DemoRunner
from services.demo.steps import STEPS


def processor_s() -> float:
    """Return the processor seconds of this process and of its children that have ended."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        backend = open_backend({}, Path(folder))
        runner = DemoRunner(backend, [step for step in STEPS if not step.background])
        print("| step | seconds | processor s of this process |\n| --- | ---: | ---: |")
        first = time.perf_counter()
        going_on = True
        while going_on:
            started, used = time.perf_counter(), processor_s()
            going_on = runner.advance()
            if going_on:
                label = [step for step in runner.state().steps if step.state == "done"][-1].label
                print(f"| {label} | {time.perf_counter() - started:.1f} | {processor_s() - used:.1f} |", flush=True)
        print(f"| together | {time.perf_counter() - first:.1f} | |")
        backend.close()


if __name__ == "__main__":
    main()
