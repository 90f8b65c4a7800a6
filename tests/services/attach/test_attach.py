"""A data set group that a plain boto3 program made is read back and can be explored."""

from types import SimpleNamespace

import pytest

from services.attach.plan import plan
from services.attach.reading import attach
from services.backend import open_backend
from services.engine import tiny_shop
from services.engine.testing import ROLE, test_engine, tiny_world
from services.errors import DataError
from services.library.store import Library

N_EVENTS = tiny_shop.datasets()["Interactions"][1].count("\n") - 1


@pytest.fixture
def shop(tmp_path):
    """A group that nobody loaded with the explorer, and a backend on its home."""
    with test_engine(tmp_path) as engine:
        world = tiny_world(engine)
        backend = open_backend({}, tmp_path)
        yield SimpleNamespace(engine=engine, world=world, backend=backend, library=Library(tmp_path))
        backend.close()


def test_what_was_imported_is_read_back_from_where_it_was_imported(shop):
    assert shop.library.open("shop") is None
    found = plan(shop.backend, "shop")
    assert {origin.dataset_type: origin.urls for origin in found.origins} == {
        kind: (f"s3://shop/{kind}.csv",) for kind in ("Interactions", "Items", "Users")
    }
    assert found.exports == ()
    said = []
    data = attach(shop.backend, found, said.append)
    assert said[0] == "reading Interactions"
    assert (data.n_events, data.n_items, data.n_users) == (N_EVENTS, 40, 50)
    opened = shop.library.open("shop")
    assert opened is not None
    assert opened.n_events == N_EVENTS


def test_events_of_a_later_import_are_read_too_and_a_changed_item_counts_once(shop):
    personalize = shop.engine.client("personalize")
    group = shop.world.group
    arns = {d["datasetType"]: d["datasetArn"] for d in personalize.list_datasets(datasetGroupArn=group)["datasets"]}
    _, rows = tiny_shop.datasets()["Items"]
    header, first = rows.splitlines()[:2]
    shop.engine.objects.put_bytes("s3://more/items.csv", f"{header}\n{first}\n".encode())
    personalize.create_dataset_import_job(
        jobName="more",
        datasetArn=arns["ITEMS"],
        dataSource={"dataLocation": "s3://more/items.csv"},
        roleArn=ROLE,
        importMode="INCREMENTAL",
    )
    found = plan(shop.backend, "shop")
    items = next(origin for origin in found.origins if origin.dataset_type == "Items")
    assert items.urls == ("s3://shop/Items.csv", "s3://more/items.csv")
    assert attach(shop.backend, found).n_items == 40


def test_what_is_gone_is_exported_first_and_the_plan_says_so(shop):
    shop.engine.objects.delete("s3://shop/Items.csv")
    found = plan(shop.backend, "shop")
    assert found.exports == ("Items",)


def test_a_group_without_data_says_so(shop):
    shop.backend.personalize.create_dataset_group(name="empty")
    with pytest.raises(DataError, match="Nothing was imported into empty"):
        plan(shop.backend, "empty")
