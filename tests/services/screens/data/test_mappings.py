"""A mapping is kept for the next file of the same columns, in any order."""

from pathlib import Path

from services.screens.data import mappings

ROLES = {"Kunden-Nr.": "USER_ID", "Artikel-Nr.": "ITEM_ID", "Datum": "TIMESTAMP", "Land": "IGNORE"}


def test_next_months_file_of_the_same_columns_is_mapped_the_same_way(tmp_path: Path) -> None:
    mappings.remember(tmp_path, "Interactions", "orders-05.csv", ROLES, "dmy")
    found = mappings.recall(tmp_path, "Interactions", list(reversed(ROLES)))
    assert found is not None
    assert (found.filename, dict(found.roles), found.unit) == ("orders-05.csv", ROLES, "dmy")
    assert mappings.recall(tmp_path, "Items", list(ROLES)) is None
    assert mappings.recall(tmp_path, "Interactions", [*ROLES, "Gutschein"]) is None


def test_a_newer_mapping_takes_the_place_of_the_older_and_can_be_forgotten(tmp_path: Path) -> None:
    mappings.remember(tmp_path, "Interactions", "a.csv", ROLES)
    mappings.remember(tmp_path, "Interactions", "b.csv", {**ROLES, "Land": "METADATA"})
    found = mappings.recall(tmp_path, "Interactions", ROLES)
    assert found is not None
    assert (found.filename, found.roles["Land"]) == ("b.csv", "METADATA")
    mappings.forget(tmp_path, "Interactions", ROLES)
    assert mappings.recall(tmp_path, "Interactions", ROLES) is None


def test_a_damaged_note_is_no_mapping(tmp_path: Path) -> None:
    mappings.remember(tmp_path, "Interactions", "a.csv", ROLES)
    (path,) = (tmp_path / "mappings").glob("*.json")
    path.write_text("{", encoding="utf-8")
    assert mappings.recall(tmp_path, "Interactions", ROLES) is None
