"""What a row of a file makes of an entry: the rules that hold by hand (DS-1, DS-4, DS-5), on plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.db import models

from wangge.dossiers import file_wording as wording
from wangge.dossiers.holdings import OF_FACILITY, OF_LICENCE, due_of
from wangge.dossiers.models import Holding, Person
from wangge.dossiers.people import KEPT, sealed_phone
from wangge.dossiers.rules import Interval, Sort
from wangge.dossiers.vocabulary import Words
from wangge.kernel.errors import Unreadable
from wangge.kernel.identity import check_credit_code
from wangge.territory.rules import Kind
from wangge.venues.rules import is_masked

Values = dict[str, Any]
OF_PERSON = KEPT[1:]  # without the kind, which every entry has


class RowWrong(Exception):
    """A row that cannot be an entry: what is wrong, in which of our columns."""

    def __init__(self, kind: Kind, key: str | None, value: object, **facts: Any) -> None:
        self.kind, self.key, self.value, self.facts = kind, key, value, facts
        super().__init__(kind.code)


class Sheet(Protocol):
    """How entries of one sort come in."""

    @property
    def model(self) -> type[models.Model]: ...

    @property
    def said(self) -> Sequence[str]:
        """Return the fields that a file tells."""
        ...

    def entry(self, told: Mapping[str, Any], stood: Values | None, kind: str, class_code: str) -> Values:
        """Return the entry's own columns. Raises: RowWrong."""
        ...


@dataclass(frozen=True, slots=True)
class HoldingSheet:
    """Facilities or licences."""

    sort: Sort
    intervals: Sequence[Interval]
    today: date
    model: type[models.Model] = Holding

    @property
    def said(self) -> Sequence[str]:
        return OF_FACILITY if self.sort is Sort.FACILITY else OF_LICENCE

    def entry(self, told: Mapping[str, Any], stood: Values | None, kind: str, class_code: str) -> Values:
        values = {**NOTHING_HELD, **(stood or {}), **told, "sort": self.sort.value, "class_code": class_code}
        if self.sort is Sort.FACILITY:
            self._check_facility(values)
        else:
            check_order(values, "valid_from", "valid_until", "有效期起", "its first valid day")
        due = due_of(self.sort, kind, class_code, values, self.intervals)
        values["due_on"], values["due_what"], values["due_rule"] = due
        return values

    def _check_facility(self, values: Values) -> None:
        for name in ("made_on", "tested_on", "maintained_on"):
            if (day := values[name]) is not None and day > self.today:
                raise RowWrong(wording.DAY_TO_COME, name, day)
        for name in ("tested_on", "maintained_on"):
            check_order(values, "made_on", name, "出厂日期", "the day it was made")


@dataclass(frozen=True, slots=True)
class PersonSheet:
    """Persons and units responsible; the phone stays as it lies, sealed, unless it is another one (VE-6)."""

    model: type[models.Model] = Person
    said: Sequence[str] = OF_PERSON

    def entry(self, told: Mapping[str, Any], stood: Values | None, kind: str, class_code: str) -> Values:
        values = {**NOBODY, **(stood or {}), **told}
        for key in ("name", "phone"):
            if is_masked(values[key] if isinstance(values[key], str) else ""):
                if stood is None:
                    raise RowWrong(wording.MASKED, key, values[key])
                values[key] = stood[key]
        if not values["name"]:
            raise RowWrong(wording.NO_NAME, "name", "")
        if isinstance(values["phone"], str):
            values["phone"] = sealed_phone(values["phone"], stood["phone"] if stood else None)
        values["credit_code"] = _credit_code(values["credit_code"])
        check_order(values, "since_on", "until_on", "任职日期", "the first day", may_be_same=False)
        return values


NOTHING_HELD: Mapping[str, Any] = {
    "count": 1, "place": "", "maker": "", "made_on": None, "tested_on": None, "maintained_on": None,
    "contract_until": None, "number": "", "issued_by": "", "valid_from": None, "valid_until": None,
    "photos": [],
}  # fmt: skip
NOBODY: Mapping[str, Any] = {
    "name": "", "phone": None, "credit_code": "", "since_on": None, "until_on": None,
}  # fmt: skip


def _credit_code(text: str) -> str:
    try:
        return check_credit_code(text) if text else ""
    except Unreadable as error:
        zh, en = error.message("zh"), error.message("en")
        raise RowWrong(wording.BAD_CREDIT_CODE, "credit_code", "", zh=zh, en_text=en) from None


def check_order(
    values: Mapping[str, Any], first: str, then: str, zh: str, en: str, *, may_be_same: bool = True
) -> None:
    """Raises: RowWrong if `then` lies before `first`, or on it where it may not."""
    begin, end = values[first], values[then]
    if begin is None or end is None or end > begin or (may_be_same and end == begin):
        return
    raise RowWrong(wording.DAYS_CROSSED, then, end, other=zh, other_en=en)


def sheet_of(sort: Sort, words: Words, today: date) -> Sheet:
    """Return how entries of the sort come in."""
    return PersonSheet() if sort is Sort.PERSON else HoldingSheet(sort, words.intervals(), today)
