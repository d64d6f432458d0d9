"""Changes of the calendar by people: a year's notice, a territory's own days. Each is an edition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from wangge.kernel import audit, staging
from wangge.kernel.actor import Actor
from wangge.kernel.calendar import LOCAL_KINDS, DayKind, check_notice
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.models import CalendarEdition, CalendarYear, LocalDay
from wangge.kernel.paths import check_closed

MOST_DAYS = 366
FEWEST_HOLIDAYS = 7  # fewer were in no notice: the year was not typed to its end
KIND_ZH = {
    DayKind.LOCAL_OFF: "放假",
    DayKind.LOCAL_WORK: "上班",
    DayKind.MORNING_OFF: "上午放假",
    DayKind.AFTERNOON_OFF: "下午放假",
}


@dataclass(frozen=True, slots=True)
class LocalDayIn:
    """A day that a territory works otherwise; no kind: as the nation again."""

    on: date
    kind: DayKind | None
    reason: str = ""


@transaction.atomic
def put_year(
    year: int, holidays: Iterable[date], makeup_days: Iterable[date], *, actor: Actor, at: datetime
) -> int:
    """Load the State Council's notice for a year and return the edition; loading it again replaces it.

    Raises: NotYourRole; Unreadable if the days cannot be a notice of that year.
    Rule:   KE-2, KE-25.
    """
    actor.check_can("calendar.write")
    free, worked = set(holidays), set(makeup_days)
    check_notice(year, free, worked)
    if len(free) < FEWEST_HOLIDAYS:
        raise Unreadable(
            field="holidays",
            why_zh=f"只有 {len(free)} 个放假日，不像一整年的安排，请核对通知",
            why_en=f"only {len(free)} days off; that is no whole year, check the notice",
        )
    CalendarYear.objects.update_or_create(
        year=year, defaults={"holidays": sorted(free), "makeup_days": sorted(worked)}
    )
    note = (
        f"载入 {year} 年放假安排：放假 {len(free)} 天，调休上班 {len(worked)} 天",
        f"Notice for {year} loaded: {len(free)} days off, {len(worked)} make-up days",
    )
    days = sorted({*free, *worked, date(year, 1, 1), date(year, 12, 31)})
    return _new_edition("", days, note, actor=actor, at=at)


@transaction.atomic
def put_local_days(path: str, days: Sequence[LocalDayIn], *, actor: Actor, at: datetime) -> int:
    """Set or take back days of a territory, all or none, and return the edition.

    Raises: NotYourRole; NotVisible outside the actor's scope; Unreadable naming the day that will not do.
    Rule:   KE-25.
    """
    actor.check_can("calendar.write")
    if not actor.covers(check_closed(path)):
        raise NotVisible()
    _check_days(days)
    staging.lock_name("calendar")
    LocalDay.objects.filter(path=path, on__in=[day.on for day in days]).delete()
    LocalDay.objects.bulk_create(
        LocalDay(path=path, on=day.on, kind=day.kind.value, reason=day.reason)
        for day in days
        if day.kind is not None
    )
    said_zh = "、".join(f"{day.on} {KIND_ZH[day.kind] if day.kind else '恢复'}" for day in days[:5])
    said_en = ", ".join(f"{day.on} {day.kind.value if day.kind else 'as the nation'}" for day in days[:5])
    more = (f" 等 {len(days)} 天", f" and {len(days) - 5} more") if len(days) > 5 else ("", "")
    return _new_edition(
        path, sorted(day.on for day in days), (said_zh + more[0], said_en + more[1]), actor=actor, at=at
    )


def _check_days(days: Sequence[LocalDayIn]) -> None:
    if not 1 <= len(days) <= MOST_DAYS:
        raise Unreadable(
            field="days",
            why_zh=f"一次填写 1 至 {MOST_DAYS} 天",
            why_en=f"1 to {MOST_DAYS} days at a time",
        )
    if len({day.on for day in days}) < len(days):
        raise Unreadable(field="days", why_zh="同一天填了两次", why_en="a day is named twice")
    for day in days:
        if day.kind is not None and day.kind not in LOCAL_KINDS:
            raise Unreadable(
                field="kind",
                why_zh=f"{day.on} 的类型不能是“{day.kind}”",
                why_en=f"{day.on} cannot be {day.kind}",
            )
        if day.kind is not None and not day.reason.strip():
            raise Unreadable(
                field="reason",
                why_zh=f"请写明 {day.on} 的依据，如通知文号",
                why_en=f"say why {day.on} differs, such as the number of the notice",
            )


def _new_edition(
    path: str, days: Sequence[date], note: tuple[str, str], *, actor: Actor, at: datetime
) -> int:
    edition = CalendarEdition.objects.create(
        at=at,
        actor_name=actor.name,
        path=path,
        first_on=days[0],
        last_on=days[-1],
        note_zh=note[0][:255],
        note_en=note[1][:255],
    )
    told = {"path": path, "note": note[0], "edition": edition.pk}
    audit.record([("kernel.change_calendar", "calendar", str(edition.pk), told)], actor=actor, at=at)
    return int(edition.pk)
