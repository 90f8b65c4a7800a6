"""What check found: sentences, each of something that is fine or of a problem with its remedy."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    fine: bool
    sentence: str


def report(findings: Iterable[Finding]) -> int:
    """Print findings as they come; return how many are problems."""
    problems = 0
    for finding in findings:
        problems += not finding.fine
        print(f"{'ok' if finding.fine else 'problem':8}{finding.sentence}", flush=True)
    return problems
