"""What Check calls ready, imports: a sample of the generated files of benchmarks.own_files."""

from collections import Counter
from pathlib import Path

from benchmarks.own_files import BROKEN, READY, outcome
from services.engine.testing import test_engine


def test_what_check_calls_ready_imports(tmp_path: Path) -> None:
    with test_engine(tmp_path / "home") as engine:
        ends = {seed: outcome(engine, tmp_path, seed) for seed in range(25)}
    assert not {seed: reason for seed, (end, reason) in ends.items() if end == BROKEN}
    assert Counter(end for end, _ in ends.values())[READY] >= 8
