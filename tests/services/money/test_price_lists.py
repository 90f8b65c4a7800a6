"""Own prices of a region, and the region whose prices count: what is kept, what is refused, what is said."""

import json
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from services.backend import open_backend
from services.engine.testing import test_engine, tiny_world
from services.errors import DataError
from services.money import sentences
from services.money.bill import bill
from services.money.price_lists import FILE, as_values, choose, forget, keep, kept_prices, price_list
from services.money.prices import PRICES

DAY = date(2026, 11, 3)
IRELAND = {**as_values(PRICES["us-east-1"]), "per_training_hour": 0.30, "per_1000_requests": [0.06, 0.03, 0.015]}


@pytest.fixture
def ireland(tmp_path):
    return SimpleNamespace(kind="aws", region="eu-west-1", home=tmp_path)


def test_own_prices_count_before_the_table_and_every_sentence_says_so(ireland):
    """By hand: 2,592,000 requests at $0.06 a thousand are $155.52."""
    keep(ireland.home, "eu-west-1", IRELAND, DAY, "our contract")
    whose = "These are your own prices of eu-west-1 as of 3 November 2026, from our contract."
    training = sentences.before_training(ireland, "aws-sims")
    assert training == f"AWS bills $0.30 for each training hour of this; a small data set takes one or two. {whose}"
    deploying = sentences.before_deploying(ireland, "aws-sims")
    assert "about $156 a month" in deploying
    assert deploying.endswith(whose)
    assert sentences.before_batch(ireland, 5).endswith(whose)
    assert sentences.before_export(ireland).endswith(whose)
    assert sentences.about_the_prices(price_list(ireland), "eu-west-1") == f"Prices in US dollars. {whose}"


def test_own_prices_of_another_region_do_not_count_until_that_is_chosen(ireland):
    keep(ireland.home, "eu-central-1", IRELAND, DAY, "AWS's page")
    assert price_list(ireland).region == "us-east-1"
    choose(ireland.home, "eu-central-1")
    assert (price_list(ireland).region, price_list(ireland).prices.per_training_hour) == ("eu-central-1", 0.30)
    choose(ireland.home, "us-east-1")
    assert sentences.whose(price_list(ireland), "eu-west-1") == (
        " These are the prices of us-east-1, as chosen on Settings."
    )
    choose(ireland.home, None)
    assert "those of eu-west-1 are not in our table" in sentences.whose(price_list(ireland), "eu-west-1")


def test_the_table_counts_again_once_own_prices_are_removed(ireland):
    keep(ireland.home, "eu-west-1", IRELAND, DAY, "our contract")
    choose(ireland.home, "eu-west-1")
    forget(ireland.home, "eu-west-1")
    assert kept_prices(ireland.home).chosen is None, "a choice without prices ends"
    assert price_list(ireland).prices == PRICES["us-east-1"]


def test_a_bill_is_made_with_the_prices_that_count(tmp_path):
    """By hand: 2,592 thousand requests at $0.06 are $155.52; the sentence names its source."""
    with test_engine(tmp_path) as engine:
        tiny_world(engine)
        keep(tmp_path, "us-east-1", IRELAND, DAY, "our contract")
        backend = open_backend({}, tmp_path)
        costs = bill(backend, used={})
        backend.close()
    assert costs.usd_per_month == pytest.approx(155.52)
    assert costs.training_usd == pytest.approx(costs.training_hours * 0.30)
    assert costs.priced.is_own


@pytest.mark.parametrize(
    ("changed", "day", "source", "sentence"),
    [
        ({"per_training_hour": -1}, DAY, "x", "Training hour: -1 is not a number from 0 to 10,000."),
        ({"per_gb_imported": float("nan")}, DAY, "x", "Gb imported: nan is not a number"),
        ({"per_1000_batch_lists": "cheap"}, DAY, "x", "1,000 lists of a batch job: cheap is not a number"),
        ({"per_1000_requests": [0.05]}, DAY, "x", "There are 1 prices of 1,000 requests; give 3"),
        ({}, DAY, "  ", "These prices have no source."),
        ({}, DAY, "x" * 201, "The source has 201 characters, at most 200 are kept."),
        ({}, datetime.now(UTC).date() + timedelta(days=2), "x", "is in the future."),
    ],
)
def test_what_cannot_be_a_price_is_refused_and_nothing_is_kept(ireland, changed, day, source, sentence):
    with pytest.raises(DataError) as refused:
        keep(ireland.home, "eu-west-1", {**IRELAND, **changed}, day, source)
    assert sentence.casefold() in str(refused.value).casefold()
    assert not (ireland.home / FILE).exists()


def test_a_region_without_personalize_or_without_prices_is_refused(ireland):
    with pytest.raises(DataError, match="no region 'mars-1'"):
        keep(ireland.home, "mars-1", IRELAND, DAY, "x")
    with pytest.raises(DataError, match=r"no prices of eu-west-1\. Put in your own first"):
        choose(ireland.home, "eu-west-1")


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"own": {}, "chosen": "eu-west-1"}',
        '{"own": {"eu-west-1": {}}, "chosen": null}',
        json.dumps({"own": {"eu-west-1": {"as_of": "2026-11-03", "source": "x", "prices": {}}}, "chosen": None}),
    ],
)
def test_a_file_that_cannot_be_read_is_said_and_neither_used_nor_overwritten(ireland, content):
    (ireland.home / FILE).write_text(content)
    assert price_list(ireland).prices == PRICES["us-east-1"]
    assert f"{FILE} cannot be read as prices" in sentences.before_training(ireland, "aws-sims")
    with pytest.raises(DataError, match="Correct it, or delete it"):
        keep(ireland.home, "eu-west-1", IRELAND, DAY, "x")
    assert (ireland.home / FILE).read_text() == content
