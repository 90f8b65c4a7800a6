"""The headline of the Data screen, for the draft or data set group that is shown."""

from pages.components import panels, process
from pages.components.data.state import CHECK, IMPORT, Subject
from pages.components.keys import Widget
from services.checks.finding import STOP
from services.screens.data import sentences

NOTHING = "No data yet. The film demo takes ten seconds."


def draw(subject: Subject, tab: str | None) -> None:
    """Draw title, headline and source line."""
    draft = subject.draft
    if draft is None or not draft.busy:
        panels.head("Data", headline(subject, tab), subject.source_line)
        return

    def body() -> bool:
        now = process.desk().draft(draft.key)
        panels.head("Data", sentences.busy_headline(now or draft), subject.source_line)
        return now is not None and now.busy

    panels.auto_refresh(True, body, key=Widget.DATA_HEAD, seconds=1.0)


def headline(subject: Subject, tab: str | None) -> str:
    """Return the headline for the shown data and the open tab."""
    draft = subject.draft
    if draft is not None and draft.busy:
        return sentences.busy_headline(draft)
    if draft is not None and draft.stopped:
        return sentences.stopped_headline(draft)
    if draft is not None and draft.imported:
        return sentences.imported_headline(draft)
    problems = subject.problems()
    if tab in (CHECK, IMPORT) and problems is not None:
        n_stop = int((problems["severity"] == STOP).sum())
        data = subject.data()
        n_rows = len(data.interactions) if data is not None else 0
        return sentences.problems_headline(n_stop, len(problems) - n_stop, n_rows)
    figures = subject.figures()
    if figures is not None:
        return sentences.look_headline(figures, subject.words)
    if draft is not None and draft.data is not None:
        return sentences.check_headline(draft)
    if subject.group is not None:
        n_imported = sum(view.imported for view in subject.group.datasets)
        return sentences.elsewhere_headline(subject.group.name, n_imported)
    return NOTHING
