"""Sessions that are held out, and what a protocol would ask and learn from before anything is started."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from services.library.evenings import SESSION_GAP_S
from services.library.store import Library
from services.screens.evaluation.protocols.ahead import ahead
from services.screens.evaluation.split import AWS, IN_SESSION, LAST_TENTH, PROTOCOLS, SESSION, TIME, split, split_data
from tests.services.screens.cold_start.worlds import sweet_and_sour

PAUSE = SESSION_GAP_S + 1


def events(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["USER_ID", "ITEM_ID", "TIMESTAMP"]).assign(EVENT_TYPE="click")


def test_the_whole_last_session_is_held_out_of_those_who_came_back() -> None:
    rows = [("a", "i1", 0), ("a", "i2", 60), ("a", "i3", PAUSE + 60), ("a", "i4", PAUSE + 90), ("b", "i1", 5)]
    found = split(events(*rows), None, None, protocol=SESSION)
    assert found.truth == {"a": ["i3", "i4"]}
    assert found.known == {"a": ["i1", "i2"]}
    assert set(found.train["USER_ID"]) == {"a", "b"}  # who came once is learned from


def test_late_sessions_keep_their_first_event_and_the_others_are_learned() -> None:
    early = [(f"s{number}", f"i{place}", 1000 * number + place) for number in range(8) for place in range(3)]
    late = [("t", "i7", 9000), ("t", "i8", 9010), ("t", "i9", 9020), ("alone", "i7", 9500)]
    found = split(events(*early, *late), None, None, protocol=IN_SESSION, share=0.2)
    assert found.truth == {"t": ["i8", "i9"]}
    assert found.known == {"t": ["i7"]}
    assert len(found.train) == len(early) + 2


def test_only_events_that_count_make_a_session_to_predict() -> None:
    rows = [("a", "i1", 0), ("a", "i2", PAUSE), ("a", "i3", PAUSE + 5)]
    frame = events(*rows)
    frame.loc[1, "EVENT_TYPE"] = "view"
    found = split(frame, None, None, protocol=SESSION, event_type="click")
    assert found.truth == {"a": ["i3"]}
    assert list(found.train["ITEM_ID"]) == ["i1", "i2"]


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_what_is_said_before_a_run_is_what_the_split_does(tmp_path: Path, share: float) -> None:
    data = Library(tmp_path).save(sweet_and_sour())
    found = ahead(data, share)
    assert set(found) == set(PROTOCOLS)
    for protocol in (TIME, LAST_TENTH, SESSION, IN_SESSION):
        made = split_data(data, protocol=protocol, share=share)
        assert (found[protocol].n_people, found[protocol].n_train) == (len(made.people), len(made.train)), protocol
        assert found[protocol].problem == ""
    assert found[AWS].words == "About 6 people by Amazon's draw; 2,400 events to learn from."
    assert f"{len(split_data(data, protocol=TIME, share=share).people)} people will be asked" in found[TIME].words


def test_a_part_that_is_too_small_to_import_is_said_before(tmp_path: Path) -> None:
    """985 of 1,095 events left to learn from: the import of the run would have refused them."""
    whole = sweet_and_sour()
    small = whole.interactions.sort_values("TIMESTAMP").head(1095).reset_index(drop=True)
    data = Library(tmp_path).save(replace(whole, interactions=small))
    assert ahead(data, 0.1)[TIME].problem == (
        "985 events would be left to learn from; an import needs 1,000. Hold out less."
    )
    assert ahead(data, 0.05)[TIME].problem == ""


def test_one_time_for_all_events_has_no_later_ones(tmp_path: Path) -> None:
    whole = sweet_and_sour()
    data = Library(tmp_path).save(replace(whole, interactions=whole.interactions.assign(TIMESTAMP=np.int64(5))))
    found = ahead(data, 0.1)
    assert (
        found[TIME].problem == found[SESSION].problem == "All events have the same time, so none is later than another."
    )
    assert found[LAST_TENTH].problem == ""
