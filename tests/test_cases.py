"""One test over many cases fails with the cases that fail."""

import pytest

from tests.cases import over


def test_it_names_every_case_that_fails() -> None:
    @over([1, 2, 3])
    def odd(number: int) -> None:
        assert number % 2

    @over([1, 3])
    def also_odd(number: int) -> None:
        assert number % 2

    also_odd()
    with pytest.raises(AssertionError, match="2: "):
        odd()
