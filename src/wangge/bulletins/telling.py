"""What a bulletin says: figures, territories below, targets, charts, and words. Rule: BU-2, BU-3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from wangge.appraisal import queries as appraisal
from wangge.appraisal.schemas import TargetFilter
from wangge.bulletins.rules import WORDS, Span, change_sign, change_words, said, share, yuan
from wangge.documents.rules import chinese_date
from wangge.fires import queries as fires
from wangge.kernel.actor import Actor
from wangge.matters import queries as matters
from wangge.territory import queries as territory

Counts = Mapping[str, int]
STANDINGS = {
    "reached": "达到", "behind": "未达到", "running": "进行中", "coming": "未开始", "unknown": "无法判断",
}  # fmt: skip
MOST_PLACES = 60
CHARTED = 15


def facts_of(actor: Actor, path: str, span: Span, *, at: datetime) -> dict[str, Any]:
    """Return all that goes on paper, and into the workbook. Raises: NotYourRole, NotVisible."""
    now, before, year = (_counted(actor, path, one) for one in (span, span.before(), span.a_year_before()))
    burnt = [fires.count_span(actor, path, one.starts_on, one.ends_on) for one in _three(span)]
    names = territory.names_of([path, *now])
    places = _places(now, names)
    days = appraisal.count_days(actor, territory=path, starts_on=span.starts_on, ends_on=span.ends_on)
    return {
        "recipient": names.get(path, path),
        "period": f"{chinese_date(span.starts_on)}至{chinese_date(span.last_on)}",
        "summary": _summary(actor, path, span, now[""], before[""], burnt),
        "figures": [*_figures(now[""], before[""], year[""]), *_fires(burnt)],
        "places": places,
        "goals": _goals(actor, path, span, at=at),
        "charts": _charts(span, days, places),
        "note": f"数据截至 {at:%Y-%m-%d %H:%M}（在办、超期为编制时的数）。火灾数据为本地登记，非官方认定。",
    }


def _three(span: Span) -> tuple[Span, Span, Span]:
    return span, span.before(), span.a_year_before()


def _counted(actor: Actor, path: str, span: Span) -> dict[str, dict[str, int]]:
    return appraisal.count_span(actor, territory=path, starts_on=span.starts_on, ends_on=span.ends_on)


def _figures(now: Counts, before: Counts, year: Counts) -> list[dict[str, str]]:
    rows = [_line(name, [one[key] for one in (now, before, year)]) for name, key in COUNTED]
    for name, part, whole in SHARES:
        rows.append(_line(name, [share(one[part], one[whole]) for one in (now, before, year)], "%"))
    for name, key in STANDING:
        rows.append(_line(name, [now[key], None, None]))
    return rows


COUNTED = (
    ("上报案件（件）", "reported"),
    ("办结案件（件）", "closed"),
    ("当场整改（件）", "on_spot"),
    ("完成工单（张）", "done"),
    ("发现隐患的工单（张）", "found"),
)
SHARES = (
    ("按期结案率", "on_time", "timed"),
    ("工单隐患发现率", "found", "done"),
    ("到期工单完成率", "owed_done", "owed"),
)
STANDING = (("在办案件（件）", "open"), ("其中超期（件）", "late"))


def _line(name: str, three: Sequence[float | None], unit: str = "") -> dict[str, str]:
    """`three`: of this period, of the one before, of a year before."""
    now, last, year = three
    change = change_sign(now, year)
    if unit == "%":  # a share changes by points
        change = "–" if now is None or year is None else f"{round(now - year, 2):+} 个百分点"
    return {
        "name": name,
        "value": said(now, unit),
        "last": said(last, unit),
        "year": said(year, unit),
        "change": change,
    }


def _fires(burnt: list[Any]) -> list[dict[str, str]]:
    now, last, year = burnt
    rows = [
        _line(f"火灾{name}", [getattr(one, key) for one in burnt])
        for name, key in (("起数（起）", "fires"), ("死亡（人）", "dead"), ("受伤（人）", "injured"))
    ]
    money = [yuan(one.loss_fen) for one in (now, last, year)]
    change = change_sign(now.loss_fen, year.loss_fen)
    return [
        *rows,
        {"name": "火灾直接财产损失", "value": money[0], "last": money[1], "year": money[2], "change": change},
    ]


def _places(now: Mapping[str, Counts], names: Mapping[str, str]) -> list[dict[str, Any]]:
    rows = [
        {
            "name": names.get(path, path),
            **{key: str(of[key]) for key in ("reported", "closed", "late", "done", "found")},
        }
        for path, of in sorted(now.items(), key=lambda one: (-one[1]["late"], -one[1]["reported"], one[0]))
        if path
    ]
    return rows[:MOST_PLACES]


def _goals(actor: Actor, path: str, span: Span, *, at: datetime) -> list[dict[str, str]]:
    table = appraisal.list_targets(
        actor, TargetFilter.model_validate({"year": span.last_on.year, "territory": path}), at=at
    )
    rows = []
    for one in table.items:
        period = next((each for each in one.periods if each.starts_on <= span.last_on < each.ends_on), None)
        if period is not None:
            unit = "%" if one.unit == "pct" else ""
            rows.append(
                {
                    "name": one.name_zh,
                    "plan": said(period.plan, unit),
                    "fact": said(period.fact, unit),
                    "standing": STANDINGS[period.standing],
                }
            )
    return rows


def _charts(
    span: Span, days: Mapping[str, tuple[int, int]], places: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    dates = [span.starts_on + timedelta(days=n) for n in range((span.ends_on - span.starts_on).days)]
    counts = [days.get(day.isoformat(), (0, 0)) for day in dates]
    charts = [
        {
            "title": "每日上报与办结",
            "is_line": len(dates) > 7,
            "categories": [_short(day) for day in dates],
            "series": [
                {"name": "上报", "values": [one[0] for one in counts]},
                {"name": "办结", "values": [one[1] for one in counts]},
            ],
        }
    ]
    if len(places) > 1:
        shown = places[:CHARTED]
        charts.append(
            {
                "title": "各辖区上报与超期",
                "is_line": False,
                "categories": [one["name"] for one in shown],
                "series": [
                    {"name": "上报", "values": [int(one["reported"]) for one in shown]},
                    {"name": "超期未结", "values": [int(one["late"]) for one in shown]},
                ],
            }
        )
    return charts


def _short(day: date) -> str:
    return f"{day.month}-{day.day}"


def _summary(actor: Actor, path: str, span: Span, now: Counts, before: Counts, burnt: list[Any]) -> str:
    this, last = WORDS[span.kind]
    on_time = share(now["on_time"], now["timed"])
    said_matters = _common(actor, path, span)
    parts = [
        f"{this}上报案件 {now['reported']} 件，较{last}{change_words(now['reported'], before['reported'])}；"
        f"办结 {now['closed']} 件" + (f"，按期结案率 {on_time:g}%" if on_time is not None else "") + "；"
        f"目前在办 {now['open']} 件，其中超期 {now['late']} 件。",
        f"完成工单 {now['done']} 张，发现隐患 {now['found']} 张，"
        f"较{last}{change_words(now['found'], before['found'])}。",
        f"{this}登记火灾 {burnt[0].fires} 起，死亡 {burnt[0].dead} 人，受伤 {burnt[0].injured} 人，"
        f"直接财产损失 {yuan(burnt[0].loss_fen)}；上年同期 {burnt[2].fires} 起。",
    ]
    if said_matters:
        parts.append(f"上报较多的事项：{said_matters}。")
    return "".join(parts)


def _common(actor: Actor, path: str, span: Span) -> str:
    found = appraisal.list_common_matters(
        actor, territory=path, starts_on=span.starts_on, ends_on=span.ends_on
    )
    names = matters.names_of([code for code, _ in found])
    return "、".join(f"{names.get(code, (code, code))[0]}（{count} 件）" for code, count in found)
