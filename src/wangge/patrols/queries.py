"""Reading patrols. What an actor asks for starts from visible_to(actor)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q

from wangge.accounts import queries as accounts
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, NotYourRole, Unreadable
from wangge.kernel.paths import is_closed
from wangge.patrols.attaining import count_days
from wangge.patrols.duty import DO
from wangge.patrols.installing import duty_in_force
from wangge.patrols.log_queries import export_logs, get_log, list_logs
from wangge.patrols.models import PatrolDay, PatrolDuty, PatrolLimit, PatrolSession, ScopedQuerySet, Tracker
from wangge.patrols.positions import list_on_duty, note_looking
from wangge.patrols.replaying import list_walks as list_walks
from wangge.patrols.replaying import note_replaying as note_replaying
from wangge.patrols.rules import PatrolState
from wangge.patrols.schemas import (
    DayFilter,
    DutySpanOut,
    MyPatrol,
    PatrolDayDetail,
    PatrolDayPage,
    PatrolDayRow,
    PatrolDutyOut,
    PatrolSessionOut,
    TrackerOut,
    TrackLimitOut,
)
from wangge.territory import queries as territory

__all__ = [
    "export_days",
    "export_logs",
    "get_day",
    "get_log",
    "get_mine",
    "list_days",
    "list_logs",
    "list_on_duty",
    "list_trackers",
    "note_looking",
]
READ = "patrols.read"
COUNTED = 10_000
EXPORTED = 200_000
COLUMNS = (
    "日期",
    "姓名",
    "网格",
    "计入分钟",
    "网格内分钟",
    "补记分钟",
    "无信号分钟",
    "存疑分钟",
    "里程（米）",
    "巡查次数",
    "是否达标",
    "差（分钟）",
)


def check_may_read(actor: Actor) -> None:
    """Raises: NotYourRole for who neither patrols nor reads patrols."""
    if not (actor.can(READ) or actor.can(DO)):
        raise NotYourRole(capability=READ, role=actor.role)


def list_days(actor: Actor, filters: DayFilter) -> PatrolDayPage:
    """Return one page of the visible days, the latest first. Raises: NotYourRole, Unreadable."""
    check_may_read(actor)
    found = _filtered(PatrolDay.objects.visible_to(actor), actor, filters)
    total = found.order_by()[: COUNTED + 1].count()
    if filters.cursor:
        on, path, after = _read_cursor(filters.cursor)
        found = found.filter(
            Q(on__lt=on) | Q(on=on, grid_path__gt=path) | Q(on=on, grid_path=path, id__gt=after)
        )
    rows = list(found.order_by("-on", "grid_path", "id")[: filters.limit + 1])
    page = rows[: filters.limit]
    duty = duty_in_force()[0]
    return PatrolDayPage(
        items=[PatrolDayRow(**one) for one in _shown([vars(row) for row in page])],
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=make_cursor(page[-1]) if len(rows) > len(page) else None,
        duty=_duty(duty),
    )


def make_cursor(row: Any) -> str:
    """Return the cursor after a day."""
    return territory.make_cursor(f"{row.on.isoformat()} {row.grid_path} {row.pk}")


def _read_cursor(cursor: str) -> tuple[date, str, int]:
    try:
        on, path, after = territory.read_cursor(cursor).split(" ")
        return date.fromisoformat(on), path, int(after)
    except ValueError:
        raise Unreadable(
            field="cursor", why_zh="请从第一页重新开始", why_en="start again from the first page"
        ) from None


def _filtered(days: ScopedQuerySet, actor: Actor, filters: DayFilter) -> ScopedQuerySet:
    if filters.mine:
        days = days.filter(user_id=actor.user_id)
    if filters.first_on:
        days = days.filter(on__gte=filters.first_on)
    if filters.last_on:
        days = days.filter(on__lte=filters.last_on)
    if filters.grid:
        days = days.filter(
            grid_path__startswith=filters.grid if is_closed(filters.grid) else f"{filters.grid}."
        )
    if filters.attained is not None:
        days = days.filter(attained=filters.attained)
    if filters.flagged:
        days = days.filter(flagged_s__gt=0)
    if filters.q:
        days = days.filter(accounts.named_like(filters.q, "user__"))
    return days


def _shown(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows with names of people and grids, fetched in bulk."""
    people = accounts.names_of([row["user_id"] for row in rows])
    grids = territory.names_of({row["grid_path"] for row in rows})
    in_grid = {one.code: one.place == "grid" for one in PatrolDuty.objects.all()}
    return [
        {
            **row,
            "id": row.get("id") or 0,
            "member_name": people.get(row["user_id"], ""),
            "grid_name": grids.get(row["grid_path"], row["grid_path"]),
            "counted_s": row["inside_s"] if in_grid.get(row["duty_code"], True) else row["anywhere_s"],
            "outside_s": max(0, row["anywhere_s"] - row["inside_s"]),
            "session_count": len(row["sessions"]),
        }
        for row in rows
    ]


def get_day(actor: Actor, day_id: int) -> PatrolDayDetail:
    """Return one day with its patrols and why a minute counted or did not. Raises: NotYourRole, NotVisible.

    Whoever reads another's day leaves an audit row at the door: tracks are personal (`note_reading`).
    """
    check_may_read(actor)
    row = PatrolDay.objects.visible_to(actor).filter(pk=day_id).first()
    if row is None:
        raise NotVisible
    return _detail(vars(row))


def note_reading(actor: Actor, day_id: int, *, at: datetime) -> None:
    """Write down that somebody looked at another's day. Rule: PA-16."""
    if not PatrolDay.objects.filter(pk=day_id, user_id=actor.user_id).exists():
        audit.record([("patrols.read_day", "patrol_day", str(day_id), {})], actor=actor, at=at)


def _detail(row: Mapping[str, Any]) -> PatrolDayDetail:
    code = row["duty_code"]
    duty = PatrolDuty.objects.filter(code=code).first() if code else None
    limits = [
        TrackLimitOut.model_validate(one, from_attributes=True)
        for one in PatrolLimit.objects.order_by("code")
    ]
    return PatrolDayDetail(**_shown([row])[0], duty=_duty(duty), limits=limits)


def _duty(row: PatrolDuty | None) -> PatrolDutyOut | None:
    return PatrolDutyOut.model_validate(row, from_attributes=True) if row else None


def get_mine(actor: Actor, *, at: datetime) -> MyPatrol:
    """Return the caller's patrol that goes on, and the figures of today from the points so far.

    Raises: NotYourRole.
    """
    actor.check_can(DO)
    session = PatrolSession.objects.filter(user_id=actor.user_id, ended_at__isnull=True).first()
    on = at.astimezone(CHINA).date()
    rows = count_days([actor.user_id], on, at=at)
    return MyPatrol(
        session=_session(session) if session else None,
        today=_detail(rows[0]) if rows else _nothing(actor, on, at),
        server_at=at,
    )


def _nothing(actor: Actor, on: date, at: datetime) -> PatrolDayDetail:
    """Return the day of who covers no grid and was not out."""
    none = dict.fromkeys(("inside_s", "anywhere_s", "credited_s", "gap_s", "flagged_s", "metres"), 0)
    row = {**none, "user_id": actor.user_id, "on": on, "grid_path": actor.scope, "sessions": []}
    duty = duty_in_force()[0]
    more: dict[str, Any] = {
        "remarks": [],
        "duty_code": duty.code if duty else "",
        "attained": None,
        "missing_s": 0,
    }
    return _detail({**row, **more, "pack_version": "", "is_away": False, "is_kept": False, "counted_at": at})


def _session(session: PatrolSession) -> PatrolSessionOut:
    spans = session.spans.order_by("starts_at").values("starts_at", "ends_at")
    return PatrolSessionOut(
        id=session.pk,
        state=PatrolState(session.state),
        started_at=session.started_at,
        ended_at=session.ended_at,
        is_cut=session.is_cut,
        spans=[DutySpanOut(**one) for one in spans],
    )


def list_trackers(actor: Actor) -> list[TrackerOut]:
    """Return the caller's own trackers, the latest first. Raises: NotYourRole."""
    actor.check_can(DO)
    rows = Tracker.objects.filter(user_id=actor.user_id).order_by(
        F("revoked_at").desc(nulls_first=True), "-paired_at"
    )
    return [TrackerOut.model_validate(row, from_attributes=True) for row in rows[:100]]


def export_days(actor: Actor, filters: DayFilter, *, at: datetime) -> Iterable[dict[str, object]]:
    """Return the rows of the list as a file holds them, in bounded memory. Raises: NotYourRole.

    An audit row tells who took them.
    """
    actor.check_can("patrols.export")
    found = _filtered(PatrolDay.objects.visible_to(actor), actor, filters).order_by("-on", "grid_path", "id")
    said = filters.model_dump(mode="json", exclude={"cursor", "limit"})
    audit.record([("patrols.export", "patrol_days", "", said)], actor=actor, at=at)
    return _rows(found)


def _rows(found: ScopedQuerySet) -> Iterator[dict[str, object]]:
    batch: list[Mapping[str, Any]] = []
    for row in found[:EXPORTED].iterator(chunk_size=1_000):
        batch.append(vars(row))
        if len(batch) == 1_000:
            yield from map(_line, _shown(batch))
            batch = []
    yield from map(_line, _shown(batch))


def _line(row: Mapping[str, Any]) -> dict[str, object]:
    said = {None: "请假" if row["is_away"] else "不要求", True: "达标", False: "未达标"}[row["attained"]]
    minutes = [
        round(row[one] / 60, 1) for one in ("counted_s", "inside_s", "credited_s", "gap_s", "flagged_s")
    ]
    cells = [row["on"].isoformat(), row["member_name"], row["grid_name"], *minutes]
    cells += [row["metres"], row["session_count"], said, round(row["missing_s"] / 60, 1)]
    return dict(zip(COLUMNS, cells, strict=True))
