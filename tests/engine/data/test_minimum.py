"""The least data for a training, in AWS's words."""

import numpy as np
import pytest

from services.engine.data.minimum import check_minimum_data
from services.engine.errors import JobFailed
from services.engine.recipes.base import Histories


def histories(lengths: list[int]) -> Histories:
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Histories(offsets, np.zeros(offsets[-1], np.int32), np.zeros(offsets[-1], np.int64), n_items=1)


def test_enough_data_passes():
    check_minimum_data(histories([40] * 25))


@pytest.mark.parametrize(
    ("lengths", "event_type", "words"),
    [
        ([40] * 24 + [39], None, "Dataset has fewer than 1000 interactions. It has 999."),
        ([20] * 25, "watch", "Dataset has fewer than 1000 interactions after filtering by event type: watch"),
        ([50] * 24 + [1], None, "Create failed. Dataset has fewer than 25 users with at least 2 interactions each."),
        ([2] * 30 + [1] * 3000, None, "Only 30 of 3,030 users have at least 2 interactions; at least 1% must."),
    ],
)
def test_too_little_data_fails_in_awss_words(lengths, event_type, words):
    with pytest.raises(JobFailed) as caught:
        check_minimum_data(histories(lengths), event_type)
    assert words in str(caught.value)
