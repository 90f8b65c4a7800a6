"""Live events: replay, transport, presets, by hand, a new visitor, and the states without an answer."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pandas as pd
import pytest
from botocore.exceptions import ClientError
from streamlit.testing.v1 import AppTest

from pages.components import loaded, process
from pages.components.keys import Key
from pages.components.live_events import attribution, moving_list, state, transport
from pages.components.live_events.view import ReplayView
from services.sandbox import tracker
from services.sandbox.replay import Replay
from tests.pages.driving import headline, opened, said, text, until, values

PAGE = "pages/live_events_page.py"
NORA, BEN, MAX = "viewer-0001", "viewer-0002", "viewer-0007"


ROW = re.compile(
    r'<li class="([^"]*)" style="--pe-from: (-?\d+)px"><span class="pe-rank">(\d+)</span>'
    r'<span class="pe-title" title="[^"]*">(.*?)</span>(?:<span class="pe-badge">(.*?)</span>|<span></span>)'
    r'<span class="pe-mark">(.*?)</span>'
)


def the_list(app: AppTest) -> pd.DataFrame:
    """Return the rows of the list as they are drawn: where each comes from, its rank, title, badge and mark."""
    body = next(part.proto.body for part in app.get("html") if "pe-list" in part.proto.body)
    rows = [(c, int(come), int(rank), unescape(t), unescape(b), m) for c, come, rank, t, b, m in ROW.findall(body)]
    return pd.DataFrame(rows, columns=["class", "from", "rank", "label", "badge", "mark"])


def matrix(app: AppTest) -> Any:
    return next(frame.value for frame in app.dataframe if "step 0" in frame.value.columns)


def step_of(app: AppTest) -> int:
    return int(app.query_params[Key.LIVE_STEP])


def n_stored() -> int:
    """Return how many live events the engine holds now."""
    backend = process.backend()
    arn = backend.personalize.list_dataset_groups()["datasetGroups"][0]["datasetGroupArn"]
    datasets = backend.personalize.list_datasets(datasetGroupArn=arn)["datasets"]
    interactions = next(d["datasetArn"] for d in datasets if d["datasetType"].upper() == "INTERACTIONS")
    return backend.capabilities._context.live.newest(interactions)


@pytest.fixture
def listening(personal_app: AppTest) -> Iterator[AppTest]:
    """The app; what it has on its way is stopped before its home is closed."""
    yield personal_app
    _finish(personal_app)


@pytest.fixture
def own(own_personal_app: AppTest) -> Iterator[AppTest]:
    """The same over a copy that a test may send events to."""
    yield own_personal_app
    _finish(own_personal_app)


def _finish(app: AppTest) -> None:
    if Key.LIVE_REPLAYS in app.session_state:
        for replay in app.session_state[Key.LIVE_REPLAYS]:
            replay.close()


@pytest.fixture
def page(listening: AppTest) -> AppTest:
    return opened(listening, PAGE, campaign="aws-hrnn", events="5")


def test_it_begins_with_a_copy_that_answers_like_the_original(page: AppTest) -> None:
    assert said(page).startswith("Nora's list has ")
    assert said(page).endswith("of Ben's 25 films. Press Step to send Ben's events, one by one.")
    assert (page.query_params[Key.USER], page.query_params[Key.SECOND]) == (NORA, BEN)
    assert list(values(page)) == ["Events sent", "Shared with Ben", "Changed places", "Most alike now", "Answer time"]
    assert values(page)["Most alike now"] == "Nora"
    assert "the same 25 films as the original." in text(page)
    assert list(the_list(page)["rank"]) == list(range(1, 26))


def test_step_back_and_slider_choose_among_answers_that_are_kept(page: AppTest) -> None:
    page.button(key="live_step").click().run()
    page.button(key="live_step").click().run()
    assert said(page).startswith("After 2 of Ben's events, ")
    assert "Mia's events would have given" in said(page)
    assert len(said(page)) <= 140
    assert values(page)["Events sent"] == "2 of 5"
    until(page, lambda app: len(matrix(app).filter(like="step ").columns) == 6)
    second = list(the_list(page)["label"])
    moved = the_list(page)
    for row in moved.itertuples():
        arrow, _, places = row.mark.partition(" ")
        rise = {"▲": 1, "▼": -1}[arrow] * int(places) if places else {"=": 0, "new": None}[arrow]
        assert ("pe-new" in row[1]) == (rise is None)
        assert row[2] == moving_list.ROW * (rise or 0)
    page.slider(key=Key.LIVE_STEP_PICK).set_value(5).run()
    assert said(page).startswith("After ")
    assert step_of(page) == 5
    assert page.button(key="live_step").disabled
    page.slider(key=Key.LIVE_STEP_PICK).set_value(3).run()
    page.button(key="live_back").click().run()
    assert list(the_list(page)["label"]) == second


def test_the_picture_and_the_table_agree_with_the_figure(page: AppTest) -> None:
    page.slider(key=Key.LIVE_STEP_PICK).set_value(5).run()
    until(page, lambda app: len(matrix(app).filter(like="step ").columns) == 6)
    rows = matrix(page)
    now = rows[rows["step 5"] <= 25]
    assert values(page)["Shared with Ben"] == f"{int(now['in their list'].sum())} of 25"
    assert (the_list(page)["badge"] == "Ben's").sum() == int(now["in their list"].sum())


def test_what_was_sent_is_forgotten_and_the_person_stays_as_they_were(page: AppTest) -> None:
    backend = process.backend()
    arn = next(c["campaignArn"] for c in backend.personalize.list_campaigns()["campaigns"] if c["name"] == "aws-hrnn")
    before = backend.runtime.get_recommendations(campaignArn=arn, userId=NORA)["itemList"]
    page.slider(key=Key.LIVE_STEP_PICK).set_value(5).run()
    until(page, lambda app: all(replay.forgotten for replay in app.session_state[Key.LIVE_REPLAYS]))
    assert n_stored() == 0
    assert backend.runtime.get_recommendations(campaignArn=arn, userId=NORA)["itemList"] == before


def test_play_goes_on_by_itself_and_stops_at_the_end(page: AppTest) -> None:
    page.button(key="live_play").click().run()
    assert page.button(key="live_play").label == "Pause"
    for number in range(1, 6):
        play_on(page)
        assert step_of(page) == number
    assert page.button(key="live_play").label == "Play"
    page.button(key="live_play").click().run()
    assert step_of(page) == 0, "from the start again"
    page.button(key="live_step").click().run()
    assert page.button(key="live_play").label == "Play", "any change pauses"


def play_on(app: AppTest) -> None:
    """Let the next step be due, with a script run as the timer brings it."""
    app.session_state[Key.LIVE_DUE] = 0.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state, "MIN_SHOWN_S", 0.0)
        patch.setattr(state, "PLAY_S", 1e6)  # the step after it must not be due as well, however slow this run is
        app.run()


def test_an_address_that_comes_late_does_not_pull_a_play_back(page: AppTest) -> None:
    page.button(key="live_play").click().run()
    for _ in range(3):
        play_on(page)
    page.session_state[Key.LIVE_WRITTEN] = []  # as after many seconds
    page.query_params[Key.LIVE_STEP] = "1"
    play_on(page)
    assert page.button(key="live_play").label == "Pause"
    assert step_of(page) == 4


def test_an_address_opens_at_its_step(listening: AppTest) -> None:
    app = opened(listening, PAGE, campaign="aws-hrnn", events="5", user=BEN, second=NORA, step="4")
    assert said(app).startswith("After 4 of Nora's events, ")
    assert opened(app, PAGE, step="99") is app
    assert step_of(app) == 5


def test_a_step_that_comes_while_the_page_is_drawn_is_shown(
    listening: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, draw, late = transport.send, attribution.draw, [True]

    def one_too_few(replay: Replay, step: int, timeout_s: float) -> None:
        if late:
            replay.advance(step - 1)
        else:
            send(replay, step, timeout_s)

    def comes_meanwhile(view: ReplayView) -> None:
        if late:
            late.clear()
            view.replay.advance()
        draw(view)

    monkeypatch.setattr(transport, "send", one_too_few)
    monkeypatch.setattr(attribution, "draw", comes_meanwhile)
    app = opened(listening, PAGE, campaign="aws-hrnn", events="5", user=BEN, second=NORA, step="5")
    assert not late
    assert said(app).startswith("After all 5 events, ")


def test_presets_change_the_pair(page: AppTest) -> None:
    names = [button.label for button in page.button if str(button.key).startswith("live_preset_")]
    assert names == ["**Nora becomes Ben**", "Max changed", "Kim: from nothing", "Nora and Jo's hits"]
    page.button(key="live_preset_1").click().run()
    assert re.match(r"Without Max's last 5 events, \d+ of 25 films are the same", said(page))
    page.slider(key=Key.LIVE_STEP_PICK).set_value(5).run()
    assert said(page).startswith("With all 5 events back, 25 of 25 films are the same as in today's list")


def test_swap_and_reset(page: AppTest) -> None:
    page.button(key="live_step").click().run()
    page.button(key="live_swap").click().run()
    assert said(page).startswith("Ben's list has ")
    first = page.session_state[Key.LIVE_REPLAYS][-2].user_id
    page.button(key="live_reset").click().run()
    assert first not in {replay.user_id for replay in page.session_state[Key.LIVE_REPLAYS]}
    assert said(page).startswith("Ben's list has ")


def test_a_refused_event_keeps_the_steps_and_offers_to_go_on(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = process.backend()
    put, calls = backend.events.put_events, []

    def refuse(**request: Any) -> Any:
        calls.append(request)
        if len(request["eventList"]) == 1 and request["eventList"][0]["eventId"].endswith(f"-{n_past + 2}"):
            error = {"Error": {"Code": "InvalidInputException", "Message": "Not now."}}
            raise ClientError(error, "PutEvents")
        return put(**request)

    n_past = len(page.session_state[Key.LIVE_REPLAYS][0].plan.before)
    monkeypatch.setattr(backend.events, "put_events", refuse)
    page.button(key="live_reset").click().run()
    page.slider(key=Key.LIVE_STEP_PICK).set_value(4).run()
    assert "Event 3 was refused: Not now. The 2 earlier steps stay." in page.error[0].value
    assert headline(page).startswith("After 2 of Ben's events, ")
    monkeypatch.setattr(backend.events, "put_events", put)
    page.button(key="live_continue").click().run()
    page.slider(key=Key.LIVE_STEP_PICK).set_value(5).run()
    assert said(page).startswith("After ")
    assert step_of(page) == 5


def test_nobody_to_send_from_is_said(page: AppTest) -> None:
    page.selectbox(key="second_pick").select(None).run()
    assert said(page) == "Choose a second person, whose events Nora gets."
    page.query_params[Key.SECOND] = "nobody-at-all"
    page.run()
    assert said(page) == "nobody-at-all has no event that counts, so there is nothing to send."


def test_events_by_hand_are_in_the_address_and_can_be_undone(listening: AppTest) -> None:
    app = opened(listening, PAGE, campaign="aws-hrnn", mode="By hand")
    assert said(app) == "What would Nora get after one more event? Choose a film and press Send."
    app.selectbox(key=f"{Key.LIVE_ITEM}_pick").select("film-0539").run()
    app.button(key="live_send").click().run()
    assert said(app).startswith("After 1 event by hand")
    assert app.query_params[Key.LIVE_SENT] == "film-0539@watch"
    assert Key.LIVE_STEP not in app.query_params, "events by hand have no steps"
    log = next(frame.value for frame in app.dataframe if "changed places" in frame.value.columns)
    assert list(log["type"]) == ["watch"]
    app.button(key="live_undo").click().run()
    assert said(app).startswith("What would Nora get")
    assert Key.LIVE_SENT not in app.query_params


def test_the_real_person_is_sent_for_after_the_id_was_typed(own: AppTest) -> None:
    app = opened(own, PAGE, campaign="aws-hrnn", mode="By hand", sent=["film-0539@watch"])
    assert app.button(key="live_real").disabled
    app.text_input(key="live_real_typed").input(NORA).run()
    app.button(key="live_real").click().run()
    said(app)
    assert app.toast[0].value == "1 sent in Nora's name."
    found = process.backend().personalize.list_campaigns()["campaigns"]
    arn = next(c["campaignArn"] for c in found if c["name"] == "aws-hrnn")
    known = process.backend().capabilities.what_if.known_events(arn, NORA)
    assert known[-1].item_id == "film-0539"


def test_a_new_visitor_clicks_from_nothing(listening: AppTest) -> None:
    app = opened(listening, PAGE, campaign="aws-hrnn", mode="New visitor")
    assert said(app).startswith("A new visitor gets the same 25 films as everybody new.")
    for place in range(3):
        app.button(key=f"live_click_{place}").click().run()
    assert said(app).startswith("3 clicks changed")
    assert values(app)["Events sent"] == "3"
    assert app.button(key="live_click_0").disabled
    assert len(app.query_params[Key.LIVE_SENT]) == 3


def test_presenting_shortens_the_list(listening: AppTest) -> None:
    app = opened(listening, PAGE, campaign="aws-hrnn", events="5", present="1")
    assert len(the_list(app)) == 10
    assert not app.expander


def test_compare_leads_here_with_its_pair(listening: AppTest) -> None:
    listening.run()
    listening.switch_page("pages/compare_page.py")
    listening.query_params["campaign"] = "aws-hrnn"
    listening.run()
    links = [element.proto for element in listening.get("page_link")]
    [link] = [link for link in links if link.label == "Send B's events to A"]
    assert f"user={NORA}" in link.query_string
    assert f"second={BEN}" in link.query_string


def test_without_a_campaign_that_listens_it_offers_one(films_app: AppTest) -> None:
    app = opened(films_app, PAGE)
    assert said(app) == "Does a list change with the next film? No campaign follows events yet."
    assert "Bestsellers do not" in text(app)
    assert app.button(key="needs_train_aws-hrnn")


def test_without_data_it_offers_the_next_action(empty_app: AppTest) -> None:
    assert said(opened(empty_app, PAGE)) == "No data yet: load some first."


def test_where_events_stay_it_asks_before_anything_is_sent(own: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker, "can_forget", lambda backend: False)
    app = opened(own, PAGE, campaign="aws-hrnn", events="5")
    assert said(app) == "What would Ben's events do to Nora's list?"
    n_past = len(loaded.open_data("film-demo").data.history(NORA))
    assert f"sends {n_past} events for a new user ID, a copy of Nora" in text(app)
    assert n_stored() == 0
    app.button(key="live_agree").click().run()
    assert said(app).startswith("Nora's list has ")
    assert n_stored() > 0
