"""Search inside words that no blank divides, as in Chinese: every three neighbouring letters are a term.

The terms of a row are made by PostgreSQL (`kernel_terms`, a function of nothing but its text) for a GIN index
on the expression; a search asks for all the terms of its words and then looks at the folded text itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from django.contrib.postgres.search import SearchVectorField
from django.db.models import BooleanField, F, Func, Q, TextField, Value

# Blanks and signs part the words; the same as in the migration.
SIGNS = "\x01-/:-@\\[-`{-\u00bf\u2000-\u206f\u3000-\u303f"
TERM = 3  # letters; the same as in the migration
_PARTS = re.compile(f"[{SIGNS}]+")
_SMALL = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


class Folded(Func):
    """The texts joined by blanks, in the form in which they are compared: `folded`, in SQL."""

    function = "kernel_folded"
    arg_joiner = " || ' ' || "
    output_field = TextField()


class Terms(Func):
    """The terms of the texts, for a GIN index and for a search that uses it."""

    function = "kernel_terms"
    arg_joiner = " || ' ' || "
    output_field = SearchVectorField()


class _HasTerms(Func):
    template = "%(expressions)s::tsquery"
    arg_joiner = " @@ "
    output_field = BooleanField()


class _Like(Func):
    template = "%(expressions)s"
    arg_joiner = " LIKE "
    output_field = BooleanField()


def folded(text: str) -> str:
    """Return `text` as it is compared: wide letters as narrow ones (NFKC), A–Z as a–z."""
    return unicodedata.normalize("NFKC", text).translate(_SMALL)


def query_of(words: str) -> str:
    """Return the terms that a text with all the words must have, as a tsquery; nothing for signs alone.

    Rule: KE-30: a run of letters stands for as many threes as cover it, a shorter one for every three that it
    begins.
    """
    terms: dict[str, None] = {}
    for run in filter(None, _PARTS.split(folded(words))):
        if len(run) < TERM:
            terms[f"{run}:*"] = None
        else:
            last = len(run) - TERM
            terms |= dict.fromkeys(run[n : n + TERM] for n in (*range(0, last, TERM), last))
    return " & ".join(terms)


def holds(words: str, *fields: str) -> Q | None:
    """Return the rows whose texts hold every word, whatever its case and width; None for signs alone.

    The rows need an index on `Terms(*fields)` of the same fields.
    Rule: KE-30.
    """
    query = query_of(words)
    if not query:
        return None
    # the text before the terms: where no index helps it costs a tenth of them
    return _like(Folded(*map(F, fields)), words) & _has_terms(query, fields)


def stands_in(words: str, field: str, *indexed: str) -> Q | None:
    """Return the rows whose `field`, a text that is folded already, holds every word; None for signs alone.

    `indexed`: the fields of which `field` is the folded text, if they have an index on their `Terms` that is
    to be used; without it the rows are looked at one by one.
    Rule: KE-30.
    """
    query = query_of(words)
    if not query:
        return None
    found = _like(F(field), words)
    return found & _has_terms(query, indexed) if indexed else found


def patterns(words: str) -> list[str]:
    """Return a LIKE pattern a word, for a text that is folded."""
    return [f"%{_escaped(word)}%" for word in folded(words).split()]


def _like(text: F | Folded, words: str) -> Q:
    return Q(*(Q(_Like(text, Value(pattern))) for pattern in patterns(words)))


def _has_terms(query: str, fields: Sequence[str]) -> Q:
    return Q(_HasTerms(Terms(*map(F, fields)), Value(query)))


def _escaped(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)
