"""A new evaluation: its form, and how it is started."""

import streamlit as st

from pages.components import changing, lab_run, process
from pages.components.evaluation import cache
from pages.components.keys import Key, Widget
from pages.components.lab_run import Lab, Runs
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.laboratory.columns import item_columns, user_columns
from services.laboratory.runs import EVALUATION
from services.language.phrases import in_seconds, percent
from services.library.store import LoadedData
from services.personalize.legacy.stand_ins import current, offered
from services.personalize.recipe_names import HRNN, RECIPE_WORDS
from services.screens.evaluation import plan, sentences
from services.screens.evaluation.parameters import RECIPES, SEEDS, SHARES, Parameters
from services.screens.evaluation.sentences import PROTOCOL_NAMES
from services.screens.evaluation.split import PROTOCOLS, SHARE, TIME

LAB = Lab(
    name=EVALUATION,
    choice_key=Key.EVALUATION,
    choice_label="Result",
    shown_next_key=Key.EVALUATION_NEXT,
    new_name_key=Key.EVALUATION_NAME,
    new_name_label="Name of this result",
    rename_key=Widget.EVALUATION_RENAME,
    delete_key=Widget.EVALUATION_DELETE,
    running_key=Widget.EVALUATION_RUNNING,
    live_key=Widget.EVALUATION_LIVE,
    stop_key=Widget.EVALUATION_STOP,
    failed_key=Widget.EVALUATION_FAILED,
    resume_key=Widget.EVALUATION_AGAIN,
    remove_key=Widget.EVALUATION_REMOVE,
)


def form(group: str, opened: OpenData, runs: Runs) -> None:
    """Draw what a run can be asked to do, how long it takes, what it costs, and its button."""
    if not changing.allowed("Measuring"):
        return
    data, backend = opened.data, process.backend()
    parameters = _parameters(group, data, seeded=backend.kind != "aws")
    contestants = plan.contestants(
        data, parameters.recipes, parameters.n_seeds, parameters.columns, parameters.user_columns
    )
    contestants += plan.aged(parameters.recipes, parameters.ages)
    found = cache.ahead(data, parameters.share)[parameters.protocol]
    seconds = plan.seconds_expected(backend, data, contestants, found.n_people)
    changing.button(
        "Start" + ("" if seconds is None else f" · about {in_seconds(seconds)}"),
        type="primary",
        icon=":material/play_arrow:",
        key=Widget.EVALUATION_NEW,
        width="stretch",
        disabled=runs.busy or not contestants or bool(found.problem),
        on_click=_start,
        args=(parameters,),
    )
    note = "A run is under way." if runs.busy else sentences.aws_words(backend, contestants, found.n_people)
    for words in (note, sentences.WITHOUT_TIMES.get(data.time_kind)):
        if words:
            st.caption(escaped(words))


def _parameters(group: str, data: LoadedData, *, seeded: bool) -> Parameters:
    """Draw the fields of the form; seeded: whether trainings differ by a seed that can be given."""
    share = st.segmented_control(
        "Share held out",
        SHARES,
        default=SHARE,
        required=True,
        key=Key.EVALUATION_SHARE,
        format_func=percent,
        help="Of all events by date, of each person's events, or of all sessions.",
    )
    found = cache.ahead(data, float(share or SHARE))
    protocol = st.radio(
        "Held out",
        PROTOCOLS,
        format_func=lambda name: PROTOCOL_NAMES[name].replace("10 %", percent(float(share or SHARE))),
        captions=[escaped(found[name].words) for name in PROTOCOLS],
        key=Key.EVALUATION_SPLIT,
    )
    recipes = st.multiselect(
        "Recipes",
        [recipe for recipe in RECIPES if recipe in offered(process.backend())],
        default=[current(process.backend(), HRNN).recipe],
        key=Key.EVALUATION_RECIPES,
        format_func=lambda name: RECIPE_WORDS.get(name, name),
    )
    seeds = 1
    if seeded:
        seeds = int(
            st.segmented_control(
                "Trainings of each",
                SEEDS,
                default=SEEDS[0],
                required=True,
                key=Key.EVALUATION_SEEDS,
                help="Several trainings with different seeds show how much luck there is in one.",
            )
        )
    columns = bool(item_columns(data)) and st.toggle("Each metadata column alone too", key=Key.EVALUATION_COLUMNS)
    of_users = bool(user_columns(data)) and st.toggle(
        "What each column of the people is worth", key=Key.EVALUATION_USER_COLUMNS, help=sentences.USER_COLUMNS_HELP
    )
    ages: tuple[int, ...] = ()
    if protocol == TIME and st.toggle(
        "How fast a model ages", key=Key.EVALUATION_AGES, help="Trains the first recipe on older data too."
    ):
        ages = cache.ages(data, float(share or SHARE))
    return Parameters(
        group,
        protocol=str(protocol or TIME),
        recipes=tuple(recipes),
        n_seeds=seeds,
        columns=columns,
        user_columns=of_users,
        ages=ages,
        share=float(share or SHARE),
    )


def _start(parameters: Parameters) -> None:
    lab_run.start(LAB, sentences.run_name(parameters), parameters)
