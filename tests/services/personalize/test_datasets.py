"""Importing, exporting and deleting through boto3 on a real engine in a temporary home folder."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.backend import Backend, open_backend
from services.errors import DataError
from services.personalize.datasets import find_group, group_names, groups, import_state
from services.personalize.deletion import delete_group, deletion_plan
from services.personalize.exports import export_csv
from services.personalize.imports import Source, import_data, start_import
from services.personalize.schemas import check_schema, difference
from services.progress import Step

INTERACTIONS = ("USER_ID", "string"), ("ITEM_ID", "string"), ("TIMESTAMP", "long")
ITEMS = ("ITEM_ID", "string"), ("PRICE", "float")


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    opened = open_backend({"PERSONALIZE_WORKER_IDLE_S": "1"}, tmp_path / "home")
    yield opened
    opened.close()


def schema(name: str, *fields: tuple[str, str]) -> str:
    return json.dumps(
        {
            "type": "record",
            "name": name,
            "namespace": "com.amazonaws.personalize.schema",
            "fields": [{"name": field, "type": kind} for field, kind in fields],
            "version": "1.0",
        }
    )


def interactions(folder: Path, n_rows: int = 1200, bad_line: int | None = None) -> Source:
    path = folder / "interactions.csv"
    rows = ["USER_ID,ITEM_ID,TIMESTAMP"]
    for row in range(n_rows):
        time = "soon" if bad_line == row + 2 else str(1_600_000_000 + row)
        rows.append(f"u{row % 40},i{row % 25},{time}")
    path.write_text("\n".join(rows) + "\n")
    return Source("Interactions", path, schema("Interactions", *INTERACTIONS), n_rows)


def items(folder: Path, *columns: tuple[str, str]) -> Source:
    path = folder / "items.csv"
    fields = columns or ITEMS
    header = ",".join(name for name, _ in fields)
    path.write_text("\n".join([header, *(f"i{row}" + ",1.5" * (len(fields) - 1) for row in range(25))]) + "\n")
    return Source("Items", path, schema("Items", *fields), 25)


def test_import_makes_an_active_group_and_reports_every_step(backend: Backend, tmp_path: Path) -> None:
    seen: list[tuple[Step, ...]] = []
    group = import_data(backend, "films", [interactions(tmp_path), items(tmp_path)], report=seen.append)
    assert group.imported
    assert [view.dataset_type for view in group.datasets] == ["Interactions", "Items"]
    assert all(view.imported for view in group.datasets)
    assert [step.state for step in seen[-1]] == ["done"] * 4
    assert {step.key for step in seen[-1]} == {"group", "upload", "Interactions", "Items"}
    assert "1,200 rows" in seen[-1][2].note


def test_importing_twice_reuses_everything(backend: Backend, tmp_path: Path) -> None:
    sources = [interactions(tmp_path)]
    first = import_data(backend, "films", sources)
    second = import_data(backend, "films", sources)
    assert first.arn == second.arn
    assert [view.arn for view in first.datasets] == [view.arn for view in second.datasets]
    assert len(second.datasets[0].imports) == 2
    assert len(backend.personalize.list_schemas()["schemas"]) == 1


def test_failed_import_names_line_and_value_and_leaves_nothing(backend: Backend, tmp_path: Path) -> None:
    with pytest.raises(DataError) as failure:
        import_data(backend, "films", [interactions(tmp_path, bad_line=500)])
    assert "500" in str(failure.value)
    assert "soon" in str(failure.value)
    assert group_names(backend) == []
    assert backend.personalize.list_schemas()["schemas"] == []


def test_failed_replacement_leaves_the_old_data(backend: Backend, tmp_path: Path) -> None:
    before = import_data(backend, "films", [interactions(tmp_path)])
    with pytest.raises(DataError):
        import_data(backend, "films", [interactions(tmp_path, bad_line=7)])
    after = find_group(backend, "films")
    assert after is not None
    assert after.imported
    assert after.arn == before.arn
    assert [job.status for job in after.datasets[0].imports] == ["CREATE FAILED", "ACTIVE"]


def test_other_columns_of_interactions_are_refused_before_anything_happens(backend: Backend, tmp_path: Path) -> None:
    import_data(backend, "films", [interactions(tmp_path)])
    other = replace(interactions(tmp_path), schema=schema("Interactions", *INTERACTIONS, ("EVENT_TYPE", "string")))
    with pytest.raises(DataError, match="adds EVENT_TYPE"):
        import_data(backend, "films", [other])
    found = find_group(backend, "films")
    assert found is not None
    assert len(found.datasets[0].imports) == 1


def test_adding_needs_something_to_add_to(backend: Backend, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="replacement first"):
        import_data(backend, "films", [interactions(tmp_path)], "INCREMENTAL")
    assert group_names(backend) == []


def test_adding_appends_rows(backend: Backend, tmp_path: Path) -> None:
    import_data(backend, "films", [interactions(tmp_path)])
    more = tmp_path / "more"
    more.mkdir()
    source = interactions(more, 2400)
    import_data(backend, "films", [source], "INCREMENTAL")
    exported = export_csv(backend, "films", "Interactions")
    lines = 0
    for url in exported.urls:
        with backend.objects.open_read(url) as file:
            lines += len(file.read().splitlines()) - 1
    assert lines == 2400  # the first 1,200 rows of the second file are exact duplicates, kept once


def test_items_alone_are_refused(backend: Backend, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Interactions are needed"):
        import_data(backend, "films", [items(tmp_path)])


def test_a_missing_file_is_named(backend: Backend, tmp_path: Path) -> None:
    gone = replace(interactions(tmp_path), csv=tmp_path / "gone.csv")
    with pytest.raises(DataError, match=r"gone\.csv"):
        import_data(backend, "films", [gone])


def test_start_import_does_not_wait(backend: Backend, tmp_path: Path) -> None:
    (job,) = start_import(backend, "films", [interactions(tmp_path)])
    assert import_state(backend, job).dataset_type == "Interactions"
    assert [group.name for group in groups(backend)] == ["films"]


def test_delete_removes_all_in_order(backend: Backend, tmp_path: Path) -> None:
    import_data(backend, "films", [interactions(tmp_path), items(tmp_path)])
    kinds = [planned.kind for planned in deletion_plan(backend, "films")]
    assert kinds == ["data set", "data set", "data set group", "schema", "schema"]
    assert delete_group(backend, "films") == 5
    assert group_names(backend) == []
    assert deletion_plan(backend, "films") == []


def test_delete_removes_data_sets_of_every_type(backend: Backend) -> None:
    personalize = backend.personalize
    group = personalize.create_dataset_group(name="clubs")["datasetGroupArn"]
    text = schema("Actions", ("ACTION_ID", "string"), ("VALUE_OF", "long"))
    schema_arn = personalize.create_schema(name="actions", schema=text)["schemaArn"]
    personalize.create_dataset(name="actions", datasetType="Actions", datasetGroupArn=group, schemaArn=schema_arn)
    assert [planned.kind for planned in deletion_plan(backend, "clubs")][:2] == ["data set", "data set group"]
    delete_group(backend, "clubs")
    assert group_names(backend) == []


def test_difference_tells_lost_changed_and_added_columns() -> None:
    found = difference(
        schema("Items", ("A", "string"), ("B", "float")), schema("Items", ("B", "long"), ("C", "string"))
    )
    assert (found.lost, found.changed, found.added) == (("A",), ("B",), ("C",))
    assert not found.only_adds
    assert found.words == "lacks A and changes B and adds C"


def test_edited_schema_may_not_name_unknown_columns() -> None:
    check_schema(schema("Items", *ITEMS), ["ITEM_ID", "PRICE"])
    with pytest.raises(DataError, match="COLOUR"):
        check_schema(schema("Items", *ITEMS, ("COLOUR", "string")), ["ITEM_ID", "PRICE"])
    with pytest.raises(DataError, match="cannot be read"):
        check_schema("{", ["ITEM_ID"])
