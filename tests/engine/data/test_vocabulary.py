"""Vocabularies: ids in byte order, found by binary search, kept as two arrays."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engine.data.vocabulary import Vocabulary


@given(st.sets(st.text(st.characters(codec="utf-8"), max_size=12), max_size=30), st.text(st.characters(codec="utf-8")))
def test_ids_and_row_numbers_lead_to_each_other(ids, other):
    vocabulary = Vocabulary.from_ids(ids)
    ordered = sorted(ids, key=lambda i: i.encode())
    assert vocabulary.ids(range(len(vocabulary))) == ordered
    assert [vocabulary.index_of(i) for i in ordered] == list(range(len(ids)))
    assert (vocabulary.index_of(other) is not None) == (other in ids) == (other in vocabulary)
    assert vocabulary.to_arrow().to_pylist() == ordered


def test_arrays_on_disk_answer_like_those_in_memory(tmp_path):
    vocabulary = Vocabulary.from_ids(["b", "ä", "", "a"])
    for name, array in vocabulary.to_arrays().items():
        np.save(tmp_path / f"{name}.npy", array)
    mapped = Vocabulary.from_arrays({n: np.load(tmp_path / f"{n}.npy", mmap_mode="r") for n in ("blob", "offsets")})
    assert mapped.ids(range(4)) == ["", "a", "b", "ä"]
    assert mapped.index_of("ä") == 3
    assert mapped.index_of("c") is None
    assert mapped.to_arrow().to_pylist() == ["", "a", "b", "ä"]


def test_an_empty_vocabulary_knows_nothing():
    vocabulary = Vocabulary.from_ids([])
    assert (len(vocabulary), vocabulary.index_of("a"), vocabulary.ids([])) == (0, None, [])
    assert len(Vocabulary.from_arrays(vocabulary.to_arrays())) == 0


def test_unknown_ids_have_number_minus_one_and_unknown_rows_are_an_error():
    vocabulary = Vocabulary.from_ids(["a", "b"])
    assert vocabulary.indices_of(["b", "x", "a"]).tolist() == [1, -1, 0]
    with pytest.raises(IndexError):
        vocabulary.id_of(2)


def test_a_slice_of_arrow_strings_is_taken_as_it_is():
    ids = pa.array(["a", "b", "c", "d"])[1:3]
    assert Vocabulary.from_sorted(ids).ids([0, 1]) == ["b", "c"]


def test_ids_are_found_among_a_million():
    vocabulary = Vocabulary.from_sorted(pa.array([f"{n:07d}" for n in range(1_000_000)]))
    assert [vocabulary.index_of(f"{n:07d}") for n in range(0, 1_000_000, 2000)] == list(range(0, 1_000_000, 2000))
    assert vocabulary.index_of("1000000") is None
