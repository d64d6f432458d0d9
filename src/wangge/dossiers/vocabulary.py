"""The kinds and intervals in force, read once a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wangge.dossiers.answers import DossierKindOut, DossierWordsOut, DueRuleOut
from wangge.dossiers.models import DueRule, Kind
from wangge.dossiers.rules import Interval, Sort, UnknownKind, What


@dataclass(frozen=True, slots=True)
class Words:
    """Kinds by sort and code, old ones too: entries name them; intervals in force, rows for their names."""

    kinds: Mapping[tuple[str, str], Kind]
    rules: Mapping[str, DueRule]

    def intervals(self) -> list[Interval]:
        return [
            Interval(
                one.code, What(one.what), frozenset(one.kinds), one.months, one.days, frozenset(one.classes)
            )
            for one in self.rules.values()
        ]

    def check_kind(self, sort: Sort, code: str, *, standing: str | None = None) -> Kind:
        """Return the kind. Raises: UnknownKind, also for one no longer in force that the entry never had."""
        kind = self.kinds.get((sort.value, code))
        if kind is None or (not kind.is_active and code != standing):
            raise UnknownKind(kind=code)
        return kind

    def named(self, sort: str, code: str) -> tuple[str, str]:
        kind = self.kinds.get((sort, code))
        return (kind.name_zh, kind.name_en) if kind else (code, code)

    def soon_days(self, sort: str, code: str) -> int:
        kind = self.kinds.get((sort, code))
        return kind.soon_days if kind else 0

    def chain(self) -> list[str]:
        """Return the kinds that answer, first link first. Rule: DS-2."""
        linked = [(one.answers_rank, one.code) for one in self._people() if one.answers_rank is not None]
        return [code for _, code in sorted(linked)]

    def required(self, venue_class: str) -> list[str]:
        """Return the kinds that a place of this class must have. Rule: DS-3."""
        return [one.code for one in self._people() if one.is_required or venue_class in one.required_in]

    def required_everywhere(self) -> list[str]:
        return [one.code for one in self._people() if one.is_required]

    def required_somewhere(self) -> dict[str, list[str]]:
        """Return the kinds that only places of some classes must have: kind → classes. Rule: DS-3."""
        found = {one.code: one.required_in for one in self._people() if not one.is_required}
        return {code: classes for code, classes in found.items() if classes}

    def _people(self) -> Sequence[Kind]:
        found = [one for one in self.kinds.values() if one.sort == Sort.PERSON and one.is_active]
        return sorted(found, key=lambda one: one.position)


def words_in_force() -> Words:
    """Return the words, in two statements."""
    kinds = {(one.sort, one.code): one for one in Kind.objects.order_by("position", "code")}
    rules = {one.code: one for one in DueRule.objects.filter(is_active=True).order_by("code")}
    return Words(kinds, rules)


def list_words() -> DossierWordsOut:
    """Return what a dossier may hold, and the intervals, for forms and explanations."""
    words = words_in_force()
    return DossierWordsOut(
        kinds=[DossierKindOut.model_validate(one) for one in words.kinds.values() if one.is_active],
        rules=[DueRuleOut.model_validate(one) for one in words.rules.values()],
    )
