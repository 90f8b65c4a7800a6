"""Drawings, which are plain Vega-Lite, are valid by its schema and hold what they were given."""

import altair as alt
import pandas as pd
import plotly.graph_objects as go
import pytest

from pages.components.charts import (
    dumbbell,
    evidence,
    heat_map,
    neighbour_map,
    overlap,
    plain,
    plotly_look,
    rows,
    slope,
    stream,
    strip,
    trade_off,
)

BARS = pd.DataFrame(
    {
        "label": ["1. The Fog (1980)", "2. It's Alive (1974)", "3. New"],
        "both": [40, 4, 0],
        "with_neighbour": [60, 9, 0],
        "expected": [12.5, 2.0, 0.0],
        "words": ["40 of 60 · Horror", "4 of 9", "0 of 0 · popular"],
        "agrees": [True, True, False],
        "thin": [False, True, True],
        "sentence": ["forty", "four", "nobody"],
    }
)
NODES = pd.DataFrame(
    {
        "item_id": ["a", "b", "c"],
        "name": ["Halloween", "Halloween 4: The Return of Michael Myers", "The Fog"],
        "words": ["Halloween (1978)", "Halloween 4", "The Fog (1980)"],
        "agrees": [True, True, False],
    }
)
LINKS = pd.DataFrame(
    {"one": ["a", "a", "b"], "other": ["b", "c", "c"], "people": [90, 10, 5], "words": ["90", "10", "5"]}
)
SEGMENTS = pd.DataFrame(
    [("A", "1 → 3", "Nora", "shelf", 1, 3, "a"), ("B", "2 → out", "Nora", "shelf", 2, None, "quiet")],
    columns=["item", "words", "left", "right", "left_rank", "right_rank", "role"],
)
NAMES = pd.DataFrame([("A", "Nora", 1, "A"), ("A", "shelf", 3, "A")], columns=["item", "column", "rank", "words"])


def valid(drawing: plain.Drawing) -> dict:
    """Return the specification after altair has checked it against Vega-Lite's schema."""
    spec = drawing.to_dict()
    alt.LayerChart.from_dict(spec)
    names = {part["data"]["name"] for part in spec["layer"]}
    assert names <= set(spec["datasets"])
    return spec


def test_evidence_is_valid_and_keeps_the_order_of_the_list() -> None:
    spec = valid(evidence.evidence_bars(BARS, "a", "people", "by chance"))
    assert spec["layer"][0]["encoding"]["y"]["sort"] == list(BARS["label"])
    rows = spec["datasets"]["rows"]
    assert [row["role"] for row in rows] == ["a", "quiet", "quiet"]


def test_evidence_names_with_apostrophes_are_safe_in_expressions() -> None:
    weight = valid(evidence.evidence_bars(BARS, "a", "people", "by chance"))["layer"][0]["encoding"]["y"]["axis"]
    assert '"2. It\'s Alive (1974)"' in weight["labelFontWeight"]["condition"]["test"]


def test_evidence_of_nothing_is_valid() -> None:
    valid(evidence.evidence_bars(BARS.head(0), "b", "people", "by chance"))


@pytest.mark.parametrize(("longest", "most"), [(1, 4), (83, 5), (1700, 5), (58_000, 5)])
def test_axis_has_few_round_numbers(longest: float, most: int) -> None:
    ticks = evidence._ticks(longest)
    assert 2 <= len(ticks) <= most
    assert ticks[-1] <= longest


def test_ten_rows_of_evidence_fit_the_first_window() -> None:
    assert evidence.evidence_height(10) <= 340


def test_neighbours_stand_clockwise_from_the_top_and_never_jump() -> None:
    places = neighbour_map.places(["cause", "first", "second", "third", "fourth"])
    assert places["cause"] == (0.0, 0.0)
    assert places["first"] == pytest.approx((0.0, 1.0))
    assert places["second"] == pytest.approx((1.0, 0.0))
    assert places["third"] == pytest.approx((0.0, -1.0))
    assert neighbour_map.places([]) == {}


def test_links_have_three_widths() -> None:
    assert [neighbour_map.step(people, 90) for people in (0, 1, 29, 30, 60, 90)] == [0, 0, 0, 1, 2, 2]


def test_the_map_is_valid_and_a_click_gives_an_item() -> None:
    spec = valid(neighbour_map.neighbour_map(NODES, LINKS))
    assert spec["params"][0]["select"]["fields"] == ["item_id"]
    assert spec["params"][0]["views"] == [spec["layer"][-2]["name"]]
    assert [row["role"] for row in spec["datasets"]["links"]] == ["a", "a", "quiet"]


def test_long_names_take_two_lines() -> None:
    names = [row["name"] for row in neighbour_map.neighbour_map(NODES, LINKS).to_dict()["datasets"]["nodes"]]
    assert names[0] == "Halloween"
    assert names[1] == "Halloween 4: The Return of…", "there is room above the circle"
    many = pd.DataFrame({name: NODES[name].tolist()[1:2] * 5 for name in NODES}).assign(item_id=list("abcde"))
    beside = neighbour_map.neighbour_map(many, LINKS.head(0)).to_dict()["datasets"]["nodes"][2]
    assert (beside["side"], beside["name"]) == ("right", "Halloween 4: The\nReturn of Michael…")


def test_a_map_without_links_is_valid() -> None:
    valid(neighbour_map.neighbour_map(NODES.head(1), LINKS.head(0)))


def test_slope_puts_what_is_not_ranked_into_the_band() -> None:
    spec = valid(slope.slope(SEGMENTS, NAMES, ["Nora", "shelf"], 3, below="not listed"))
    ends = [row["y2"] for row in spec["datasets"]["lines"]]
    assert ends == [3.0, 3 + slope.BAND_GAP]
    assert spec["datasets"]["band"][0]["words"] == "not listed"
    assert [row["side"] for row in spec["datasets"]["names"]] == ["left", "right"]


def test_slope_is_as_high_as_its_ranks_need() -> None:
    assert slope.slope_height(10) - slope.slope_height(5) == 5 * slope.ROW_HEIGHT
    assert slope.slope_height(20) <= 320
    assert valid(slope.slope(SEGMENTS.head(0), NAMES.head(0), ["Nora", "shelf"], 3))["height"] == slope.slope_height(3)


@pytest.mark.parametrize("times", [0.02, 0.2, 4.0, 17.0])
def test_the_axis_of_tastes_reaches_every_dot(times: float) -> None:
    columns = ["category", "letter", "who", "history", "list"]
    spec = valid(dumbbell.dumbbells(pd.DataFrame([("Noir", "A", "Nora", times, 1.0)], columns=columns)))
    low, high = spec["layer"][1]["encoding"]["x"]["scale"]["domain"]
    assert low <= min(times, 1 / 8)
    assert high >= max(times, 8)


@pytest.mark.parametrize(("hours", "labels"), [((0, 2, 4), False), ((0, 24 * 300), True)])
def test_a_history_within_one_evening_has_no_clock(hours: tuple[int, ...], labels: bool) -> None:
    times = [pd.Timestamp("2025-10-17 02:00") + pd.Timedelta(hours=hour) for hour in hours]
    events = pd.DataFrame({"time": times, "taste": "Noir", "label": "Laura", "event": "watch"})
    axis = valid(strip.taste_strip(events, ("Noir",), "other"))["layer"][0]["encoding"]["x"]["axis"]
    assert axis.get("labels", True) == labels
    assert axis.get("format") == ("%b %Y" if labels else None)


def test_missing_values_are_null_and_numbers_are_pythons_own() -> None:
    frame = pd.DataFrame({"x": [1.5, None], "n": [1, 2], "word": ["a", None]})
    drawing = plain.Drawing([plain.layer("rows", {"type": "point"}, {"x": plain.number("x")})], {"rows": frame}, 100)
    assert valid(drawing)["datasets"]["rows"] == [{"x": 1.5, "n": 1, "word": "a"}, {"x": None, "n": 2, "word": None}]


def test_painting_an_unknown_role_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="no role; choose one of a, b"):
        plain.paint("purple")


def test_the_overlap_line_holds_its_lines_and_their_names() -> None:
    line = pd.DataFrame({"step": [0, 1], "shared": [0, 6]})
    others = pd.DataFrame([(0, 25, "ceiling", "text"), (20, 25, "ceiling", "text")])
    others.columns = ["step", "shared", "line", "role"]
    ends = pd.DataFrame([(1, 6.0, "6", "model"), (20, 25.0, "at most 25", "text")])
    ends.columns = ["step", "shared", "words", "role"]
    ends["y"] = overlap.spread(ends["shared"], 1.0, 24.5)
    spec = valid(overlap.overlap(line, others, ends, 1, 20, 25, "Ben's events sent"))
    assert spec["height"] == 220
    assert spec["datasets"]["now"] == [{"step": 1}]
    x = spec["layer"][0]["encoding"]["x"]
    assert x["title"] == "Ben's events sent"
    assert x["axis"]["values"] == [0, 5, 10, 15, 20]


def test_names_at_the_edge_stand_apart() -> None:
    found = overlap.spread(pd.Series([0.0, 0.0, 25.0]), 1.0, 24.5)
    assert found == [1.0, 1.0 + overlap.APART, 24.5]


def test_the_stream_stacks_its_shares_and_ends_with_what_was_sent() -> None:
    rows = pd.DataFrame(
        [(at, name, role, share, i) for at in (0, 1, 2) for i, (name, role, share) in enumerate(BANDS)],
        columns=["step", "taste", "role", "share", "order"],
    )
    spec = valid(stream.stream(rows, "events sent"))
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"][1] == pytest.approx(2 * (1 + stream.ROOM))
    names = {row["words"]: row["middle"] for row in spec["datasets"]["names"]}
    assert names == {"Noir 60 %": pytest.approx(0.3), "Horror 37 %": pytest.approx(0.785)}
    start = valid(stream.stream(rows[rows["step"] == 0], "events sent"))
    assert {row["step"] for row in start["datasets"]["rows"]} == {0, 1}, "one column, not an empty axis"


BANDS = (("Noir", "a", 0.6), ("Horror", "b", 0.37), ("other", "quiet", 0.03))


def test_rows_of_a_phone_keep_markup_of_data_as_text_and_bars_within_their_width() -> None:
    frame = pd.DataFrame(
        {"name": ["<b>Noir</b>", "War"], "said": ["3x", "n = 4"], "share": [1.7, None], "below": ["", "a"]}
    )
    html = rows.rows_html(frame, 'who gets "what"')
    assert "<b>" not in html
    assert html.count('pe-bar"') == 1
    assert "width: 100.0%" in html
    assert html.count("<li>") == 2


def test_rows_need_no_more_than_names_and_what_is_said() -> None:
    html = rows.rows_html(slope.steps(SEGMENTS), "moves")
    assert html.count("<li>") == 1
    assert "1 → 3" in html
    assert 'pe-bar"' not in html


def test_the_map_as_rows_is_its_diagonal_and_names_what_is_ahead_of_it() -> None:
    cells = pd.DataFrame(
        [("Noir", "Noir", 90, 2.0), ("Noir", "War", 90, 5.0), ("War", "Noir", 3, 1.0), ("War", "War", 3, 9.0)],
        columns=["group", "category", "n_viewers", "shown"],
    )
    own = heat_map.own_rows(cells, "shown", 20)
    assert list(own["name"]) == ["Noir · 90", "War · 3"]
    assert list(own["said"]) == ["2.0×", "n = 3"]
    assert list(own["below"]) == ["War: 5.0×", ""]
    assert own["share"].tolist()[0] == pytest.approx(2 / 9)
    assert own["share"].isna().tolist() == [False, True]


METHODS = pd.DataFrame(
    [
        ("HRNN", "model", 0.61, 0.2),
        ("HRNN with metadata <b>", "model", 0.6, 0.201),
        ("Bestsellers", "popularity", 0.02, 0.1),
        ("Random lists of films", "chance", 0.99, 0.01),
    ],
    columns=["label", "role", "x", "y"],
)


def test_a_trade_off_is_valid_for_plotly_and_hover_tells_method_and_both_metrics() -> None:
    figure = go.Figure(trade_off.trade_off(METHODS, "coverage@25", "NDCG@25"))  # checks it against plotly's schema
    assert [trace.marker.symbol for trace in figure.data] == ["circle", "square-open", "circle-open"]
    assert [trace.marker.color for trace in figure.data] == [
        plotly_look.role_colour(role) for role in ("model", "popularity", "chance")
    ]
    model = figure.data[0]
    assert model.hovertemplate == ("<b>%{customdata}</b><br>NDCG@25 %{y:.4f}<br>coverage@25 %{x:.4f}<extra></extra>")
    assert list(zip(model.customdata, model.x, model.y, strict=True)) == [
        ("HRNN", 0.61, 0.2),
        ("HRNN with metadata &lt;b&gt;", 0.6, 0.201),
    ]


def test_names_of_a_trade_off_stand_apart_and_keep_off_the_edge() -> None:
    near, both = trade_off.trade_off(METHODS, "x", "y")["data"][0]["textposition"], "top right"
    assert near[0] != near[1]
    assert "left" in trade_off.trade_off(METHODS, "x", "y")["data"][2]["textposition"][0], "not beyond the right edge"
    assert trade_off.trade_off(METHODS.head(1).assign(x=0.0, y=0.0), "x", "y")["data"][0]["textposition"] == [both]
    assert go.Figure(trade_off.trade_off(METHODS.head(0), "x", "y")).data == ()


def test_methods_in_one_place_of_a_trade_off_are_named_together() -> None:
    same = METHODS.assign(x=[0.3, 0.5, 0.3, 0.9], y=[0.2, 0.2, 0.200001, 0.1])
    model, popularity, _ = trade_off.trade_off(same, "x", "y")["data"]
    assert model["text"] == ["HRNN = Bestsellers", "HRNN with metadata &lt;b&gt;"]
    assert popularity["text"] == [""], "the name stands there already"
    assert popularity["customdata"] == ["HRNN = Bestsellers"], "whichever mark lies on top"


@pytest.mark.parametrize(("largest", "ticks"), [(0.99, [0, 0.2, 0.4, 0.6, 0.8, 1]), (9.7, None), (0.4, None)])
def test_no_tick_of_a_share_is_more_than_one(largest: float, ticks: list[float] | None) -> None:
    axis = trade_off.trade_off(METHODS.assign(x=largest), "x", "y")["layout"]["xaxis"]
    assert axis.get("tickvals") == ticks
    assert axis["range"][1] > largest
