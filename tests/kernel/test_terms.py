"""KE-30: a search finds every text that holds the words, and no other."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wangge.kernel.terms import folded, query_of

pytestmark = pytest.mark.django_db
LETTERS = "消防通道花园路１２12aB3Ａ 　，。-（(%_\\'号é🔥"


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ("花园路", "花园路"),
        ("花园路12号", "花园路 & 12号"),
        ("东花园路12号", "东花园 & 路12 & 12号"),
        ("花园 12号", "花园:* & 12号"),
        ("１２Ａ", "12a"),
        ("火", "火:*"),
        ("1-2", "1:* & 2:*"),
        ("100%", "100"),
        ("，。 -", ""),
        ("'\\", ""),
    ],
)
def test_the_terms_of_words(words: str, query: str) -> None:
    assert query_of(words) == query


def matches(text: str, words: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(kernel_terms(%s) @@ %s::tsquery, false)", [text, query_of(words)])
        return bool(cursor.fetchone()[0])


def test_the_database_folds_as_we_do() -> None:
    for text in ("ＡＢＣ　１２３", "消防 Fire", "é É", "㎡", "ﬁ"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT kernel_folded(%s)", [text])
            assert cursor.fetchone()[0] == folded(text)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(LETTERS, max_size=24), st.data())
def test_whatever_stands_in_a_text_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    words = text[start : data.draw(st.integers(start, len(text)))]
    if query_of(words):
        assert matches(text, words)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("消防通道", min_size=2, max_size=2), st.text("花园路", max_size=12))
def test_a_pair_that_stands_nowhere_is_not_found(pair: str, text: str) -> None:
    assert not matches(text, pair)
