"""Whether the lists of an evaluation are good enough: for a pipeline that stops where they are not.

It reads a finished evaluation of the home folder, or does one now, and compares its figures with bounds. Each bound is
a finding; one that is missed makes the exit status 1.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.backend import open_backend
from services.commands.findings import Finding
from services.errors import DataError, PlainError
from services.laboratories import run_now
from services.laboratory import runs
from services.laboratory.context import DONE
from services.laboratory.runs import EVALUATION, LabRuns, RunView
from services.language.metrics import MIN_USERS, verdict
from services.language.phrases import capital, listed
from services.library.store import Library
from services.other_lists import kept
from services.screens.evaluation.methods import POPULARITY, RANDOM, UNSEEN_POPULARITY, Method
from services.screens.evaluation.others import answer, sentences
from services.screens.evaluation.others.basis import basis
from services.screens.evaluation.others.beside import BesideOthers, method_of
from services.screens.evaluation.parameters import Parameters
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.sentences import LABELS, LOWER_IS_BETTER, label, method_words

BESTSELLERS = "bestsellers"
_BOUND = re.compile(r"\s*(?P<metric>[a-zA-Z_, -]+?)\s*@\s*(?P<k>\d+)\s*=\s*(?P<value>-?\d*\.?\d+)\s*")


@dataclass(frozen=True)
class Bound:
    """A value that a metric must reach; one that is better low must not exceed it."""

    metric: str
    k: int
    value: float

    @classmethod
    def read(cls, text: str) -> "Bound":
        """Return the bound of "hit_rate@25=0.5". Raises ValueError that says how one is written."""
        found = _BOUND.fullmatch(text)
        by_words = {words.lower(): metric for metric, words in LABELS.items()} | {metric: metric for metric in LABELS}
        metric = by_words.get(found["metric"].lower()) if found else None
        if not found or metric is None:
            raise ValueError(f'"{text}" is no bound. Write METRIC@K=VALUE with one of {", ".join(LABELS)}.')
        return cls(metric, int(found["k"]), float(found["value"]))


@dataclass(frozen=True)
class Asked:
    """What is to be checked."""

    data: str
    """The data set group."""
    bounds: tuple[Bound, ...]
    result: str = ""
    """The name of a finished evaluation; "" for the newest."""
    of: str = ""
    """Whose lists, by the name of a recipe or of uploaded lists; "" for the first recipe."""
    beats: str = ""
    """What they must clearly beat: "bestsellers" or a name; "" for nothing."""
    measure: tuple[str, ...] = ()
    """Recipes to measure now; () to read a result."""
    protocol: str = "time"


def findings(home: Path, asked: Asked) -> Iterator[Finding]:
    """Yield what was found about each bound."""
    try:
        if asked.measure:
            _measure(asked)
        run = _run(home, asked)
        result = _result(home, run, asked)
        method = _method(result, asked.of)
    except PlainError as error:
        yield Finding(False, str(error))
        return
    name = method_words(method, result.words, "items")
    n_people = len(result.asked) if isinstance(result, BesideOthers) else result.facts.n_people
    people = f"{n_people:,} people" if result.by_person else "Amazon's own split"
    yield Finding(True, f"{name} in the result {run.name}, {people}.")
    yield from _leaks(home, asked, result, method)
    for bound in asked.bounds:
        yield _bounded(result, method, bound)
    if asked.beats:
        yield _beaten(result, method, name, asked)


def _leaks(home: Path, asked: Asked, result: EvaluationResult, method: Method) -> Iterator[Finding]:
    """Yield why uploaded lists look as if they knew what came after: no bound that they keep says anything."""
    data = Library(home).open(asked.data)
    if data is None or not isinstance(result, BesideOthers):
        return
    for other in kept.kept(home, asked.data):
        if method_of(other) == method:
            notes = answer.odd(result, basis(data, result.whole), other, data.words)
            yield from (Finding(False, sentences.doubtful(note.sentence)) for note in notes if note.leak)


def _bounded(result: EvaluationResult, method: Method, bound: Bound) -> Finding:
    value = result.estimate(method, bound.metric, bound.k)
    what = label(bound.metric, bound.k)
    if value is None:
        measured = sorted({label(metric, k) for metric, k in result.metrics()})
        return Finding(False, f"{what} was not measured. Choose among {', '.join(measured)}.")
    lower = bound.metric in LOWER_IS_BETTER
    fine = value.value <= bound.value if lower else value.value >= bound.value
    wanted = f"{'at most' if lower else 'at least'} {bound.value:g}"
    interval = "" if value.low != value.low else f" (95 %: {value.low:.4f} to {value.high:.4f})"
    return Finding(fine, f"{capital(what)} is {value.value:.4f}{interval}, {wanted} is wanted.")


def _beaten(result: EvaluationResult, method: Method, name: str, asked: Asked) -> Finding:
    bound = asked.bounds[0] if asked.bounds else Bound("hit_rate", 25, 0.0)
    try:
        other = result.baseline(bound.metric, bound.k) if asked.beats == BESTSELLERS else _method(result, asked.beats)
    except PlainError as error:
        return Finding(False, str(error))
    pair = result.compare(method, other, bound.metric, bound.k)
    beside = method_words(other, result.words, "items")
    if pair is None:
        return Finding(False, f"{name} and {beside} were not measured person by person. Choose another result.")
    gain = pair.difference
    called = verdict(gain, pair.n)
    few = f" Fewer than {MIN_USERS} people are too few to tell." if not pair.enough else ""
    return Finding(
        called == "beats",
        f"{capital(label(bound.metric, bound.k))} of {name} minus {beside}: {gain.value:+.4f} "
        f"(95 %: {gain.low:+.4f} to {gain.high:+.4f}); it must be clearly above 0.{few}",
    )


def _measure(asked: Asked) -> None:
    """Do an evaluation now, in this process, as the newest result."""
    parameters = Parameters(asked.data, protocol=asked.protocol, recipes=asked.measure)
    parameters.check()
    backend = open_backend()
    try:
        name = asked.result or f"check of {', '.join(asked.measure)}"
        folder = runs.create(backend.home / "laboratories", EVALUATION, name, parameters.to_json())
        run_now(backend, EVALUATION, parameters.to_json(), folder)
    finally:
        backend.close()


def _run(home: Path, asked: Asked) -> RunView:
    finished = [
        run for run in LabRuns(home).all(EVALUATION) if run.state == DONE and run.parameters.get("group") == asked.data
    ]
    found = [run for run in finished if asked.result in ("", run.name)]
    if found:
        return found[0]
    if not finished:
        raise DataError(f"Nothing was measured of {asked.data} in {home}. Measure on Evaluation, or use --measure.")
    names = listed([run.name for run in finished], "or")
    raise DataError(f"There is no finished result {asked.result} of {asked.data}. Choose {names}.")


def _result(home: Path, run: RunView, asked: Asked) -> EvaluationResult:
    """Return the result, with the uploaded lists that are asked for beside it."""
    wanted = [one for one in kept.kept(home, asked.data) if one.name in (asked.of, asked.beats)]
    data = Library(home).open(asked.data)
    if not wanted or data is None:
        return EvaluationResult(run.folder)
    return BesideOthers(run.folder, basis(data, EvaluationResult(run.folder)), wanted)


def _method(result: EvaluationResult, name: str) -> Method:
    named = {method_words(method, result.words, "items").lower(): method for method in result.methods}
    named |= {method.key.lower(): method for method in result.methods}
    if not name:
        own = [method for method in result.models if not method.other]
        return (own or result.methods)[0]
    if name.lower() not in named:
        usual = [m for m in result.methods if m not in (RANDOM, POPULARITY, UNSEEN_POPULARITY)]
        choose: Sequence[str] = [method_words(method, result.words, "items") for method in usual]
        raise DataError(f"The result has no lists of {name}. Choose {listed(list(choose), 'or')}.")
    return named[name.lower()]
