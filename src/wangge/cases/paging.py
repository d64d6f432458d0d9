"""Pages of a list: the order, and the mark where the next page begins. No case is left out or shown twice."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case as Switch
from django.db.models import F, IntegerField, OrderBy, Q, Value, When

from wangge.cases.models import Case
from wangge.cases.rules import Light
from wangge.cases.schemas import CaseFilter
from wangge.cases.searching import Listed
from wangge.cases.work import WorkQuerySet
from wangge.kernel.errors import Unreadable
from wangge.matters import queries as matters

WORST_FIRST = [Light.RED, Light.YELLOW, Light.GREEN, Light.NONE]
FALLING = {"newest"}
AS_THEY_LIE = {"newest", "oldest"}  # an index has this order: no wide rows are sorted
SORTS: Mapping[str, Sequence[str]] = {
    "newest": ("reported_at", "pk"),
    "oldest": ("reported_at", "pk"),
    "due": ("due_at", "pk"),
    "light": ("_rank", "due_at", "pk"),
}


@dataclass(frozen=True, slots=True)
class Page:
    pks: list[UUID]
    cases: list[Any]  # `Case`, in the same order
    next_cursor: str | None


def read(found: WorkQuerySet[Any], filters: CaseFilter, at: datetime) -> Page:
    """Return one page of `found`, in the order that is asked for. Raises: Unreadable."""
    names, falls = SORTS[filters.sort], filters.sort in FALLING
    if filters.cursor:
        at, last = _read_cursor(filters.cursor, len(names))
        found = _ranked(found, filters.sort, at).filter(_beyond(names, last, falls))
    else:
        found = _ranked(found, filters.sort, at)
    ordered = found.order_by(*(_order(name, falls) for name in names))
    if found.model is Case and filters.sort in AS_THEY_LIE:
        cases = list(ordered[: filters.limit + 1])
        rows = [tuple(getattr(case, name) for name in names) for case in cases]
    else:
        rows = list(ordered.values_list(*names)[: filters.limit + 1])
        cases = _cases(row[-1] for row in rows[: filters.limit])
    next_cursor = _cursor(at, rows[filters.limit - 1]) if len(rows) > filters.limit else None
    return Page([row[-1] for row in rows[: filters.limit]], cases[: filters.limit], next_cursor)


def _cases(pks: Iterable[UUID]) -> list[Case]:
    """Return the cases in this order; one that is gone meanwhile is left out."""
    wanted = list(pks)
    shown = Case.objects.in_bulk(wanted)
    return [shown[pk] for pk in wanted if pk in shown]


def _ranked(found: WorkQuerySet[Any], sort: str, at: datetime) -> WorkQuerySet[Any]:
    """Lights are those of the moment of the first page, or a light that changes would move a case."""
    if sort != "light":
        return found
    ranks = (When(_light=light.value, then=Value(place)) for place, light in enumerate(WORST_FIRST))
    lit = found.lit(at, yellow_at_pct=matters.in_force().yellow_at_pct)
    return lit.annotate(_rank=Switch(*ranks, output_field=IntegerField()))


def _order(name: str, falls: bool) -> OrderBy:
    if falls:
        return F(name).desc()
    return F(name).asc(nulls_last=True) if name == "due_at" else F(name).asc()


def _beyond(names: Sequence[str], last: Sequence[Any], falls: bool) -> Q:
    """Return what comes after the row `last`; rows without a value come last."""
    name, value = names[0], last[0]
    if len(names) == 1:
        return _after(name, value, falls)
    same = Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})
    rest = same & _beyond(names[1:], last[1:], falls)
    if value is None:
        return rest
    # the outer condition says the same once more, in the form in which an index finds its start
    near = Q(**{f"{name}__{'lte' if falls else 'gte'}": value})
    if name == "due_at":
        near |= Q(due_at__isnull=True)
    return near & (_after(name, value, falls) | rest)


def _after(name: str, value: Any, falls: bool) -> Q:
    after = Q(**{f"{name}__{'lt' if falls else 'gt'}": value})
    return after | Q(due_at__isnull=True) if name == "due_at" else after


def cursor_after(case: Listed, at: datetime) -> str:
    """Return where the page after `case` begins, in a list of the newest first."""
    return _cursor(at, (case.reported_at, case.id))


def _cursor(at: datetime, last: Sequence[Any]) -> str:
    told = [at, *last]
    return urlsafe_b64encode(json.dumps(told, default=_plain, separators=(",", ":")).encode()).decode()


def _plain(value: datetime | UUID) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _read_cursor(cursor: str, width: int) -> tuple[datetime, list[Any]]:
    try:
        told = json.loads(urlsafe_b64decode(cursor.encode("ascii")))
        at, *last = told
        if len(last) != width:
            raise ValueError("the mark of another order")
        return _moment(at), [*map(_value, last[:-1]), UUID(last[-1])]
    except (ValueError, TypeError, AttributeError) as error:
        raise Unreadable(field="cursor", why_zh="翻页标记无效，请重新查询", why_en="list it anew") from error


def _value(told: object) -> Any:
    return told if told is None or isinstance(told, int) else _moment(told)


def _moment(told: object) -> datetime:
    moment = datetime.fromisoformat(str(told))
    if moment.tzinfo is None:
        raise ValueError("a moment has a zone")
    return moment
