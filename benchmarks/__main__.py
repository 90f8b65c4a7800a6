"""Run every benchmark in turn, each in its own process so that peak memory is its own."""

import subprocess
import sys
from pathlib import Path

NOT_BENCHMARKS = {
    "__init__",
    "__main__",
    "cold_peers",
    "compatibility",
    "movielens",
    "peers",
    "plain_schema",
    "published",
    "served",
    "synthetic",
    "worlds",
}
ARGUMENTS = {"scale": ["--events", "2000000"], "load": ["--seconds", "60"], "bar": ["--seeds", "1"]}
"""A tenth of what the modules measure when they are run alone, which takes half an hour and ten minutes."""


def main() -> int:
    """Run all benchmark modules of this folder; return 1 if any of them failed."""
    modules = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in NOT_BENCHMARKS)
    failed = []
    for module in modules:
        print(f"\n## {module}\n", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{module}", *ARGUMENTS.get(module, [])]
        if subprocess.run(command, check=False).returncode:
            failed.append(module)
    if failed:
        print(f"\nFailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
