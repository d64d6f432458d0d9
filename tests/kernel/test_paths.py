"""Closed paths: KE-1."""

import pytest

from wangge.kernel.errors import Unreadable
from wangge.kernel.paths import ancestors, check_closed, division_path, is_within, join, parent


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("34", "34."),
        ("3402", "34.02."),
        ("340203", "34.02.03."),
        ("340203005", "34.02.03.005."),
        ("340203005012", "34.02.03.005.012."),
    ],
)
def test_a_division_code_becomes_a_closed_path(code, path):
    assert division_path(code) == path


@pytest.mark.parametrize("code", ["", "3", "340", "34020300501", "34020a", "３４", "3402030050123"])
def test_a_code_of_another_length_or_alphabet_is_unreadable(code):
    with pytest.raises(Unreadable):
        division_path(code)


def test_a_longer_code_is_not_inside_a_shorter_one():
    assert is_within("34.02.03.005.012.", "34.02.03.005.")
    assert is_within("34.02.03.005.", "34.02.03.005.")
    assert not is_within("34.02.03.0050.", "34.02.03.005.")
    assert not is_within("34.02.03.", "34.02.03.005.")


@pytest.mark.parametrize("scope", ["", ".", "34", "34.02", "34..02.", "34.02. "])
def test_an_open_scope_sees_nothing(scope):
    assert not is_within("34.02.03.", scope)
    with pytest.raises(Unreadable):
        check_closed(scope)


def test_join_parent_and_ancestors_agree():
    assert join(["34", "02"]) == "34.02."
    assert parent("34.02.03.") == "34.02."
    assert parent("34.") is None
    assert ancestors("34.02.03.") == ["34.", "34.02.", "34.02.03."]
