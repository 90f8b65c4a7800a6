"""The sentences of a move: what a step does, what it costs, what the plan and its execution say."""

from services.language.phrases import capital, counted, listed
from services.money.price_lists import table_list
from services.money.sentences import SMALL, about_the_prices, small, usd
from services.moving import kinds
from services.moving.plan import MovingPlan, PlannedStep

_DATA = {
    kinds.FETCH: "Write {data} to a file",
    kinds.UPLOAD: "Copy {data} to the bucket",
    kinds.SCHEMA: "Schema of {data}",
    kinds.DATASET: "Data set for {data}",
    kinds.IMPORT: "Import {data}",
}
_OTHER = {
    kinds.GROUP: "Data set group {name}",
    kinds.LIBRARY: "Keep histories and titles for the screens",
    kinds.TRACKER: "Event tracker {name}",
    kinds.FILTER: "Filter {name}",
    kinds.SOLUTION: "Solution {name}",
    kinds.VERSION: "Train {name}",
    kinds.CAMPAIGN: "Campaign {name}",
    kinds.RECOMMENDER: "Recommender {name}",
}


def label(step: PlannedStep) -> str:
    """Return what a step does."""
    if step.kind in _DATA:
        return _DATA[step.kind].format(data=step.dataset_type.lower().replace("_", " "))
    return _OTHER[step.kind].format(name=step.name)


def cost(step: PlannedStep) -> str:
    """Return what a step costs: "$0.26", "$144 a month"; "" where it costs nothing."""
    if None in (step.cost.once, step.cost.monthly):
        return "not in the table"
    parts = [amount(step.cost.once or 0.0)] if step.cost.once else []
    parts += [f"{amount(step.cost.monthly)} a month"] if step.cost.monthly else []
    return ", ".join(parts)


def amount(dollars: float) -> str:
    """Return an amount that costs something, however little."""
    return usd(dollars) if dollars >= SMALL else "below 1 cent"


def headline(plan: MovingPlan) -> str:
    """Return how many steps a plan has and what they cost."""
    where = "an account of AWS" if plan.target.is_aws else "this machine"
    steps = counted(len(plan.steps), "step", "steps")
    if not plan.target.is_aws:
        return f"{steps} bring {plan.group} to {where}; what is read from S3 costs what AWS bills for its transfer."
    more = " and what the table has no price for" if plan.unpriced else ""
    once = f"{small(plan.once)} once{more}"
    monthly = f"{small(plan.monthly)} a month afterwards" if plan.monthly else "nothing a month afterwards"
    return f"{steps} bring {plan.group} to {where}: {once}, {monthly}."


def again(name: str) -> str:
    """Return what a move does that was done before."""
    return f"{name} was moved there before: its data there is replaced, and only what is missing is made."


def prices(plan: MovingPlan) -> str:
    """Return where the prices of a plan come from."""
    target = plan.target
    return about_the_prices(target.priced or table_list(target.region), target.region)


def left(plan: MovingPlan) -> str:
    """Return what stays behind."""
    return f"Stays behind: {listed(plan.left)}."


def taken(name: str, where: str) -> str:
    """Return why a name cannot be used."""
    return f"There is a data set group {name} {where} already. Choose another name for the copy."


def state(done: int, all_: int, name: str, *, active: bool, failed: bool, wanted: bool) -> str:
    """Return how far a move is."""
    counted_steps = f"{done} of {all_} steps"
    if active:
        return f"{capital(name)} is being moved: {counted_steps} are done. It goes on when the page is closed."
    if failed:
        return f"Moving {name} stopped after {counted_steps}. What is done is kept; it can go on from there."
    if done == all_:
        return f"{capital(name)} is there: all {all_} steps are done."
    if wanted:
        return f"Moving {name} waits after {counted_steps}: it goes on once AWS answers here."
    return f"Moving {name} was stopped after {counted_steps}. What is done is kept; it can go on from there."
