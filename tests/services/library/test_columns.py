"""Recognising what a person's columns mean, and how they say time."""

from itertools import product

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from services.errors import SampleError
from services.language.vocabulary import Words
from services.library.columns import ColumnRoles, canonical_name, same_field
from services.sources import time_units
from services.sources.column_guesses import recognise
from services.sources.joins import recognise_all, together
from services.sources.reading.time_words import BEGINNINGS, FORMS
from services.sources.readings import reading
from services.sources.table_files import RawTable, read_table
from services.sources.time_units import FoundUnit, TimeUnit, find_unit, look_for_unit, time_sentence, to_epoch_seconds

EVENINGS = """31.12.2024 23:59|31-12-2024 23:59|31.12.24 23:59|31.12.2024, 23:59
31/12/2024 23:59:00.123|31.12.2024 23h59
12/31/2024 11:59 PM|12/31/2024 11:59:00 PM|12/31/24 23:59|2024-12-31 23:59:00 UTC|2024/12/31 23:59|2024-12-31T23:59:00Z
31. Dez. 2024 23:59 Uhr|December 31st, 2024 11:59 PM|31 décembre 2024 23:59|Dienstag, 31. Dezember 2024 23:59
Tue, 31 Dec 2024 23:59:00 +0000|Tue, 31 Dec 2024 23:59:00 GMT|Tue Dec 31 23:59:00 2024|31/Dec/2024:23:59:00 +0000
Tue Dec 31 23:59:00 +0000 2024|31-DEC-2024 23.59.00|20241231235900|202412312359|2024-12-31 23:59:00+00
1 Jan 2025 00:59:00 CET|1735689540000""".replace("\n", "|").split("|")
DAYS = """31.12.2024|31 Dec 2024|31. Dezember 2024|Dec 31, 2024|31 déc. 2024|31 de diciembre de 2024|20241231|2024.12.31
31-Dec-24|Di, 31.12.2024""".replace("\n", "|").split("|")


def table(**columns: list[object]) -> RawTable:
    return RawTable("file.csv", pd.DataFrame(columns), "test")


def roles(raw: RawTable, dataset_type: str) -> dict[str, str]:
    return {guess.column: guess.role for guess in recognise(raw, dataset_type)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("movieId", "MOVIE_ID"),
        ("2nd price", "_2ND_PRICE"),
        ("IMAGE_URL", "IMAGE_URL"),
        ("größe", "GR_E"),
        ("", "COLUMN"),
    ],
)
def test_canonical_name(name: str, expected: str) -> None:
    assert canonical_name(name) == expected


def test_underscores_and_case_do_not_make_fields_distinct() -> None:
    assert same_field("GENRES_FIELD_1") == same_field("genresField1")


def test_roles_and_words_survive_json() -> None:
    some = ColumnRoles(title="T", categories=("A", "B"), user_attributes=("AGE",))
    assert ColumnRoles.from_json(some.to_json()) == some
    words = Words.for_event_type("Purchase")
    assert words.past == "bought"
    assert Words.from_json(words.to_json()) == words
    assert Words.for_event_type("teleport") == Words()


def test_movielens_names_are_recognised() -> None:
    raw = read_table(
        b"userId,movieId,rating,timestamp\n1,10,4.0,978300760\n1,11,3.5,978300761\n2,10,5.0,978300762\n", "r.csv"
    )
    assert roles(raw, "Interactions") == {
        "userId": "USER_ID",
        "movieId": "ITEM_ID",
        "rating": "EVENT_VALUE",
        "timestamp": "TIMESTAMP",
    }


def test_a_shop_with_other_words_is_recognised() -> None:
    raw = table(
        customer_no=["7", "8"] * 20,
        sku=["a1", "b2"] * 20,
        behavior=["view", "buy"] * 20,
        created_at=["2024-05-31T20:15:00Z", "2024-06-01T08:00:00Z"] * 20,
        channel=["app", "web"] * 20,
    )
    assert list(roles(raw, "Interactions").values()) == ["USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP", "METADATA"]
    assert recognise(raw, "Interactions")[3].unit is TimeUnit.ISO


def test_items_and_users() -> None:
    items = table(
        id=["1", "2", "3"],
        title=["Vertigo", "Rope", "Psycho"],
        release_year=["1958", "1948", "1960"],
        genres=["Mystery|Thriller", "Crime|Thriller", "Horror|Thriller"],
        poster_url=["https://x.org/1.jpg", "https://x.org/2.jpg", "https://x.org/3.jpg"],
        empty=[None, None, None],
    )
    assert list(roles(items, "Items").values()) == ["ITEM_ID", "TITLE", "YEAR", "CATEGORY", "IMAGE", "IGNORE"]
    users = table(id=["1", "2"], name=["Nora", "Ben"], age=["52", "31"])
    assert list(roles(users, "Users").values()) == ["USER_ID", "NAME", "METADATA"]


def test_one_column_only_gets_a_role_that_one_may_have() -> None:
    raw = table(user_id=["1"], item_id=["2"], timestamp=["978300760"], date=["2001-01-01"])
    assert list(roles(raw, "Interactions").values()).count("TIMESTAMP") == 1


def test_every_guess_says_why_and_shows_samples() -> None:
    for guess in recognise(
        table(user_id=["1", "2"], item_id=["3", "4"], ts=["978300760", "978300761"]), "Interactions"
    ):
        assert guess.why
        assert guess.samples
        assert guess.confidence in ("sure", "likely", "unsure")


@pytest.mark.parametrize(
    ("value", "unit", "seconds"),
    [
        ("978300760", TimeUnit.SECONDS, 978300760),
        ("978300760123", TimeUnit.MILLISECONDS, 978300760),
        ("978300760123456", TimeUnit.MICROSECONDS, 978300760),
        ("978300760123456789", TimeUnit.NANOSECONDS, 978300760),
        ("2000-12-31T22:12:40Z", TimeUnit.ISO, 978300760),
        ("2001-01-01 00:12:40+02:00", TimeUnit.ISO, 978300760),
        ("2000-12-31", TimeUnit.ISO, 978220800),
        ("20001231", TimeUnit.DAY, 978220800),
        ("31.12.2000", TimeUnit.DAY_FIRST, 978220800),
        ("12/31/2000", TimeUnit.MONTH_FIRST, 978220800),
    ],
)
def test_units_of_time(value: str, unit: TimeUnit, seconds: int) -> None:
    column = pd.Series([value] * 3)
    assert find_unit(column) is unit
    assert to_epoch_seconds(column, unit).tolist() == [seconds] * 3


def test_every_text_of_a_form_begins_as_the_form_says() -> None:
    names = ("", "Di, ", "mardi ", "ma.,\t\n ")
    clocks = ("", " 23:59", "T23:59:00.123", ", um 11:59 p. m.", "_23h59", " a las 23.59 Uhr")
    zones = ("", " CET", "+2", " UTC+02:00 [Europe/Berlin]")
    days = {
        "year first": ("2024-12-31", "2024 1 2.", "20240102", "2024/1/2"),
        "numbers": ("31.12.2024", "1/ 2- 24", "1.2.24", "12-31-2024"),
        "day, month": (
            "31. Dez. 2024",
            "1er mai 24",
            "1 mai 24",
            "3-août-2024",
            "1 de diciembre del 2024",
            "2nd of May ,2024",
        ),
        "month, day": ("December 31st, 2024", "mai 1 2024", "août-3,  2024", "May. 2nd\n2024"),
    }
    texts = {form: ["".join(parts) for parts in product(names, days[form], clocks, zones)] for form in days}
    texts["year first"] = ["".join(parts) for parts in product(days["year first"], clocks, zones)]
    texts["year last"] = [
        "".join(parts) for parts in product(names, ("Dec 31 ", "mai.  1\n "), clocks, zones, [" 2024"])
    ]
    assert list(texts) == list(FORMS) == list(BEGINNINGS)
    for form in FORMS:
        array = pa.array(texts[form])
        written = pc.match_substring_regex(array, FORMS[form])
        assert pc.sum(written).as_py() > len(array) / 3, form
        assert pc.all(pc.match_substring_regex(array.filter(written), BEGINNINGS[form])).as_py(), form


def test_what_is_no_time_is_none() -> None:
    assert find_unit(pd.Series(["horror", "comedy"])) is None
    assert find_unit(pd.Series(["1", "2", "3"])) is None
    assert to_epoch_seconds(pd.Series(["nonsense"]), TimeUnit.ISO).isna().all()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        *((value, 1_735_689_540) for value in EVENINGS),
        *((value, 1_735_603_200) for value in DAYS),
        ("12/31/2024 12:05 AM", 1_735_603_500),
        ("12/31/2024 12:05 PM", 1_735_646_700),
        ("2024-12-31T23:59:00.123+01:00", 1_735_685_940),
        ("2024-12-31T23:59:00+01:00[Europe/Berlin]", 1_735_685_940),
        ("2024-12-31 23:59:00 CET", 1_735_685_940),
        ("3 août 2024", 1_722_643_200),
        ("1er mai 2024", 1_714_521_600),
        ("45657.5", 1_735_646_400),
        ("45657,5", 1_735_646_400),
        ("1735689540.5", 1_735_689_540),
    ],
)
def test_every_common_form_of_a_date_is_read(value: str, seconds: int) -> None:
    column = pd.Series([value] * 3 + [None])
    unit = find_unit(column)
    assert unit is not None
    assert to_epoch_seconds(column, unit).tolist()[:3] == [seconds] * 3
    assert pd.isna(to_epoch_seconds(column, unit)[3])


def test_one_line_of_the_whole_column_decides_what_is_the_day() -> None:
    dates = [f"0{1 + n % 9}/0{1 + n % 7}/2024 10:00" for n in range(5_000)]
    for last, unit in (("25/01/2024 10:00", TimeUnit.DAY_FIRST), ("01/25/2024 10:00", TimeUnit.MONTH_FIRST)):
        found = look_for_unit(pd.Series([*dates, last]))
        assert found is not None
        assert (found.unit, found.certain) == (unit, True)
    found = look_for_unit(pd.Series(dates))
    assert found is not None
    assert not found.certain
    dotted = look_for_unit(pd.Series([date.replace("/", ".") for date in dates]))
    assert dotted is not None
    assert (dotted.unit, dotted.certain) == (TimeUnit.DAY_FIRST, True)


def test_an_ambiguous_column_is_proposed_in_the_order_of_the_file() -> None:
    found = look_for_unit(pd.Series(["11/01/2024", "12/01/2024", "01/02/2024", "02/02/2024"]))
    assert found is not None
    assert (found.unit, found.certain) == (TimeUnit.DAY_FIRST, False)


def test_a_zone_moves_dates_that_name_none() -> None:
    column = pd.Series(["2024-07-01 12:00", "2024-01-01 12:00", "2024-07-01 12:00 UTC", "soon"])
    found = look_for_unit(column.head(3))
    assert found is not None
    assert not found.names_zone
    assert to_epoch_seconds(column, TimeUnit.ISO, "Europe/Berlin").tolist()[:3] == [
        1_719_828_000,
        1_704_106_800,
        1_719_835_200,
    ]
    assert look_for_unit(pd.Series(["2024-07-01T12:00:00Z"])) == FoundUnit(TimeUnit.ISO, names_zone=True)


@pytest.mark.parametrize("value", ["31.02.2024", "2024-13-01", "25:61", "2024-12-31 23:59 XYZ", "13/13/2024", "Summe"])
def test_what_is_no_date_is_missing(value: str) -> None:
    for unit in (TimeUnit.ISO, TimeUnit.DAY_FIRST, TimeUnit.MONTH_FIRST):
        assert to_epoch_seconds(pd.Series([value]), unit).isna().all()


def test_a_long_id_is_no_time_beside_one() -> None:
    raw = table(
        event_time=["2020-09-13 12:26:40 UTC", "2020-09-13 13:26:40 UTC"],
        product_id=["0000", "0007"],
        category_id=["2103807459595387724", "2103807459595387725"],
        user_id=["000", "001"],
    )
    assert roles(raw, "Interactions")["event_time"] == "TIMESTAMP"
    assert find_unit(raw.frame["category_id"], named=False) is None
    alone = table(user_id=["1", "2"], item_id=["3", "4"], category_id=["1703807459595387724", "1703807459595387725"])
    assert "TIMESTAMP" not in roles(alone, "Interactions").values()


def test_the_unit_is_said_as_a_date() -> None:
    assert time_sentence("978300760", TimeUnit.SECONDS) == "978300760 read as seconds: 31 Dec 2000"
    assert "cannot be read" in time_sentence("soon", TimeUnit.SECONDS)


@pytest.mark.parametrize(
    ("who", "what", "when", "kind", "value"),
    [
        ("Kunden-Nr.", "Artikel-Nr.", "Bestelldatum", "Bestellart", "Menge"),
        ("Kundennummer", "Produkt", "Zeitpunkt", "Aktion", "Bewertung"),
        ("id_client", "référence", "horodatage", "évènement", "quantité"),
        ("Usuario", "Artículo", "Fecha", "Acción", "Cantidad"),
        ("UserID", "placeID", "visited_at", "Behavior", "Rating"),
    ],
)
def test_names_in_four_languages(who: str, what: str, when: str, kind: str, value: str) -> None:
    raw = table(
        **{
            who: [f"u{n % 30}" for n in range(90)],
            what: [f"i{n % 25}" for n in range(90)],
            when: [f"{1 + n % 28}.01.2024 10:{n % 60:02d}" for n in range(90)],
            kind: [("A", "B")[n % 2] for n in range(90)],
            value: [f"{n % 7},50" for n in range(90)],
        }
    )
    assert list(roles(raw, "Interactions").values()) == ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE"]


def test_a_session_stands_for_people_that_no_column_names() -> None:
    raw = table(session_id=["a", "b"] * 9, item_id=["x", "y", "z"] * 6, ts=["1704067200", "1704067300"] * 9)
    guess = recognise(raw, "Interactions")[0]
    assert (guess.role, guess.why) == ("USER_ID", "no other column says who: each session_id counts as one")
    named = table(user_id=["a", "b"] * 9, order_id=[f"o{n}" for n in range(18)], item_id=["x", "y", "z"] * 6)
    assert roles(named, "Interactions")["order_id"] == "SESSION"


def test_keys_are_found_by_their_values() -> None:
    ids = [f"{n * 31:05d}" for n in range(40)]
    events = table(
        wer=[f"p{n % 30}" for n in range(400)],
        was=[ids[n % 40] for n in range(400)],
        ts=[str(1_704_067_200 + n) for n in range(400)],
    )
    items = table(rang=[str(n) for n in range(40)], nr=ids, titel=[f"T {n}" for n in range(40)])
    people = table(kennung=[f"p{n}" for n in range(30)], ort=["Ulm", "Bonn"] * 15)
    guesses = recognise_all({"Interactions": events, "Items": items, "Users": people})
    found = {kind: {g.role: g.column for g in all_guesses} for kind, all_guesses in guesses.items()}
    assert (found["Interactions"]["ITEM_ID"], found["Items"]["ITEM_ID"]) == ("was", "nr")
    assert (found["Interactions"]["USER_ID"], found["Users"]["USER_ID"]) == ("wer", "kennung")
    assert guesses["Interactions"][1].why == "100 % of its values are in file.csv"


def test_a_wide_file_keeps_the_five_columns_that_tell_most() -> None:
    n = 600
    wide: dict[str, list[object]] = {
        "user_id": [f"u{k % 40}" for k in range(n)],
        "item_id": [f"i{k * 7 % 90}" for k in range(n)],
        "timestamp": [str(1_704_067_200 + k) for k in range(n)],
        "always": ["x"] * n,
        "home": [("ulm", "bonn")[k % 40 % 2] for k in range(n)],
        "serial": [f"s{k}" for k in range(n)],
    }
    wide |= {f"moment_{m}": [str((k * (m + 3) + k // 7) % (m + 3)) for k in range(n)] for m in range(5)}
    found = {guess.column: guess for guess in recognise(table(**wide), "Interactions")}
    assert [column for column, guess in found.items() if guess.role == "METADATA"] == [f"moment_{m}" for m in range(5)]
    assert found["always"].why == "always the same"
    assert found["home"].why == "tells less than the others"


def test_files_of_a_kind_become_one() -> None:
    one, two = table(a=["1", "2"], b=["x", "y"]), table(b=["z"], a=["3"])
    assert together([one, two]).frame.to_numpy().tolist() == [["1", "x"], ["2", "y"], ["3", "z"]]
    heads = table(order=["1", "2"], user=["u", "v"])
    lines = table(order=["1", "1", "2"], item=["a", "b", "c"])
    assert together([heads, lines]).frame.to_numpy().tolist() == [["1", "a", "u"], ["1", "b", "u"], ["2", "c", "v"]]
    with pytest.raises(SampleError, match="neither the same columns nor a key"):
        together([one, table(c=["1"])])


def test_what_is_read_is_a_share_with_examples() -> None:
    dates = pd.Series([*["31.12.2024"] * 9, "Summe", None])
    read = reading(dates, "TIMESTAMP", TimeUnit.DAY_FIRST)
    assert read.words == "9 of 10 read; 1 is no date: Summe"
    assert read.after == ("31 Dec 2024 00:00 UTC", "nothing")
    assert reading(pd.Series(["7,54", "8,00"]), "EVENT_VALUE").words == "all 2 read"


WRITTEN = [
    ("%d.%m.%Y", "dmy"),
    ("%d.%m.%Y %H:%M", "dmy"),
    ("%d/%m/%y %H:%M:%S", "dmy"),
    ("%d-%m-%Y %H:%M:%S.%f", "dmy"),
    ("%m/%d/%Y %I:%M:%S %p", "mdy"),
    ("%m/%d/%y %I:%M %p", "mdy"),
    ("%Y-%m-%d", "iso"),
    ("%Y-%m-%dT%H:%M:%S", "iso"),
    ("%Y-%m-%d %H:%M:%S UTC", "iso"),
    ("%Y-%m-%dT%H:%M:%S.%fZ", "iso"),
    ("%d %b %Y %H:%M", "iso"),
    ("%b %d, %Y %H:%M:%S", "iso"),
    ("%a, %d %b %Y %H:%M:%S +0000", "iso"),
]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
@pytest.mark.parametrize(("form", "unit"), WRITTEN)
def test_formats_and_expressions_read_the_same_moments(form: str, unit: str, zone: str) -> None:
    moments = pd.date_range("1969-03-01 00:59:07.277", periods=400, freq="51D3h7min")
    cells = pd.Series(moments.strftime(form), dtype="str")
    slow = time_units._by_expressions(cells, TimeUnit(unit), zone)  # what reads whatever no format fits
    fast = time_units._read(cells, TimeUnit(unit), zone)
    assert slow.notna().all()
    assert (fast == slow).all()


def test_a_column_of_several_forms_is_read_row_by_row() -> None:
    forms = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d/%m/%Y", "%d. %B %Y", "%Y-%m-%d %H:%M:%S")
    moments = pd.date_range("2024-01-01", periods=300, freq="D")
    cells = pd.Series([moment.strftime(forms[n % 5]) for n, moment in enumerate(moments)])
    assert (to_epoch_seconds(cells, TimeUnit.DAY_FIRST) == moments.as_unit("s").astype("int64")).all()


@pytest.mark.parametrize("word", ["epoch", "infinity", "-infinity", "now", "0001-01-01", "31.02.2024", "1.1.9999"])
def test_words_and_years_that_are_no_dates_are_missing(word: str) -> None:
    column = pd.Series(["01.02.2024", word, "01.02.2024"])
    assert to_epoch_seconds(column, TimeUnit.DAY_FIRST).notna().tolist() == [True, False, True]
