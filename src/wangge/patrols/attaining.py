"""The figures of a day from its points, for many people at once. Rule: PA-10 (a recount gives the same)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from wangge.accounts import queries as accounts
from wangge.kernel import prepared
from wangge.kernel.clock import days
from wangge.patrols import packing
from wangge.patrols.areas import areas_of
from wangge.patrols.duty import spans_within
from wangge.patrols.installing import duty_in_force, limits_in_force
from wangge.patrols.measuring import CHECK_IN, Runs, Stretches, Track, Why, measure
from wangge.patrols.models import CheckIn, DutySpan
from wangge.patrols.rules import Duty, DutySwitch, Limits, MinutesPlace, judge
from wangge.territory import queries as territory

Row = dict[str, Any]
LAYER = "comprehensive"
_CHUNKS = """
SELECT user_id, extract(epoch FROM first_at)::float8 * 1000, points FROM patrols_trackchunk
WHERE user_id = ANY(%s) AND first_at < %s AND last_at >= %s AND first_at >= %s
ORDER BY user_id, first_at, id
"""
_COLUMNS = {
    "user_id": "bigint",
    "on": "date",
    "grid_path": "text",
    "inside_s": "int",
    "anywhere_s": "int",
    "credited_s": "int",
    "gap_s": "int",
    "flagged_s": "int",
    "metres": "int",
    "sessions": "jsonb",
    "remarks": "jsonb",
    "duty_code": "text",
    "pack_version": "text",
    "attained": "boolean",
    "missing_s": "int",
    "is_away": "boolean",
    "is_kept": "boolean",
    "counted_at": "timestamptz",
}
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)
_SHAPE = ", ".join(f'"{name}" {kind}' for name, kind in _COLUMNS.items())
_OVER = ", ".join(f'"{name}" = excluded."{name}"' for name in _COLUMNS if name not in {"user_id", "on"})
WRITE = f"""
INSERT INTO patrols_patrolday ({_NAMES}) SELECT {_NAMES} FROM json_to_recordset(%s) AS v({_SHAPE})
ON CONFLICT (user_id, "on") DO UPDATE SET {_OVER} WHERE NOT patrols_patrolday.is_kept
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A span's part of the day, which is one run of `measure`."""

    span: DutySpan
    since: datetime
    until: datetime


def count_days(user_ids: Iterable[int], on: date, *, at: datetime) -> list[Row]:
    """Return the rows of these people's day as they come out of the points now; nothing is written.

    Shape: a row a person, in order of their ids; three statements for points, spans and grids of all.
    Rule:  PA-1 … PA-7, PA-10.
    """
    people = sorted(set(user_ids))
    since, until = days(on, on)
    until = max(since, min(until, at))
    spans = spans_within(people, since, until)
    parts = [Part(one, max(one.starts_at, since), min(one.ends_at or at, until)) for one in spans]
    parts = [part for part in parts if part.until > part.since]
    limits, (duty_row, duty) = limits_in_force(), duty_in_force()
    walked = territory.walked_by(people, on)
    stretches = _measured(parts, walked, people, since, until, limits, at)
    away = accounts.leaves_of(set(people), on, on + timedelta(days=1))
    primary = territory.primary_walkers(on)
    rows = []
    for user_id in people:
        own = [n for n, part in enumerate(parts) if part.span.user_id == user_id]
        grids = walked.get(user_id, ())
        path = primary.get(user_id) or (grids[0][1] if grids else "")
        path = path or next((parts[n].span.session.grid_path for n in own), "")
        if not path:
            continue
        owed = None if user_id in away else duty
        row = _row(user_id, on, path, parts, own, stretches, owed, limits)
        rows.append(
            row
            | {
                "pack_version": duty_row.pack_version if duty_row else "",
                "is_away": user_id in away,
                "is_kept": False,
                "counted_at": at,
            }
        )
    return rows


def _measured(
    parts: Sequence[Part],
    walked: Any,
    people: Sequence[int],
    since: datetime,
    until: datetime,
    limits: Limits,
    at: datetime,
) -> Stretches:
    longest = timedelta(hours=limits.longest_hours)
    with connection.cursor() as cursor:
        cursor.execute(_CHUNKS, [list(people), until + longest, since - longest, since - longest])
        chunks = cursor.fetchall()
    found = CheckIn.objects.filter(user_id__in=people, at__gte=since, at__lt=until)
    scanned = list(found.values_list("user_id", "at", "lon", "lat"))
    of_person: dict[int, NDArray[np.float64]] = {}
    for person in {user_id for user_id, *_ in chunks} | {user_id for user_id, *_ in scanned}:
        points = packing.unpack([(ms, bytes(sealed)) for who, ms, sealed in chunks if who == person])
        plates = [[t.timestamp() * 1e3, x, y, 0, CHECK_IN] for who, t, x, y in scanned if who == person]
        whole = np.vstack([points, np.array(plates).reshape(-1, 5)])
        of_person[person] = whole[np.argsort(whole[:, 0], kind="stable")]
    keys = [_key(part, walked) for part in parts]
    areas = areas_of(keys, min(until, at))
    slices, owners = [], []
    for n, part in enumerate(parts):
        points = of_person.get(part.span.user_id, np.empty((0, 5)))
        end = part.span.ends_at or at
        low, high = (one.timestamp() * 1000 for one in (part.span.starts_at, end))
        inside = points[np.searchsorted(points[:, 0], low) : np.searchsorted(points[:, 0], high, "right")]
        slices.append(inside)
        owners.append(np.full(len(inside), n, dtype=np.intp))
    points = np.concatenate(slices) if slices else np.empty((0, 5))
    run = np.concatenate(owners) if owners else np.empty(0, dtype=np.intp)
    track = Track(
        run, points[:, 0] / 1000, points[:, 1], points[:, 2], points[:, 3], points[:, 4].astype(np.uint8)
    )
    area = np.empty(len(parts), dtype=object)
    area[:] = [areas[key] for key in keys]
    starts = np.array([part.since.timestamp() for part in parts])
    ends = np.array([part.until.timestamp() for part in parts])
    return measure(track, Runs(area, starts, ends), limits)


def _key(part: Part, walked: Any) -> tuple[tuple[str, str], ...]:
    """Return the grids that count for a part: the covered ones, else those of the session's territory."""
    return tuple(walked.get(part.span.user_id, ())) or ((LAYER, part.span.session.grid_path),)


def _row(
    user_id: int,
    on: date,
    path: str,
    parts: Sequence[Part],
    own: Sequence[int],
    found: Stretches,
    duty: Duty | None,
    limits: Limits,
) -> Row:
    sessions: dict[Any, Row] = {}
    remarks: list[Row] = []
    gap_s = flagged_s = metres = 0.0
    for n in own:
        mine = found.run == n
        part, why = parts[n], found.why[mine]
        took = (found.until_s - found.since_s)[mine]
        inside, anywhere = found.inside_s[mine], found.anywhere_s[mine]
        credited = anywhere[why != Why.LINE].sum()
        one = sessions.setdefault(part.span.session_id, _session(part))
        one["ends_at"] = part.until.isoformat()
        one["inside"] += inside.sum()
        one["anywhere"] += anywhere.sum()
        one["credited"] += credited
        gaps = (why == Why.GAP) | (why == Why.STAY) | (why == Why.CHECKED_IN)
        gap_s += (took - anywhere)[gaps].sum()
        flagged_s += took[(why == Why.TOO_FAST) | (why == Why.MOCKED)].sum()
        metres += found.metres[mine].sum()
        remarks += _remarks(part, found, mine, limits)
    for one in sessions.values():
        for name in ("inside", "anywhere", "credited"):
            one[f"{name}_s"] = round(float(one.pop(name)))
    counts = "inside_s" if duty is None or duty.place is MinutesPlace.GRID else "anywhere_s"
    verdict = judge(duty, [one[counts] for one in sessions.values()])
    silent = sum((r["until_s"] - r["since_s"]) for r in remarks if r["why"] == "no_signal")
    return {
        "user_id": user_id,
        "on": on,
        "grid_path": path,
        "inside_s": sum(one["inside_s"] for one in sessions.values()),
        "anywhere_s": sum(one["anywhere_s"] for one in sessions.values()),
        "credited_s": sum(one["credited_s"] for one in sessions.values()),
        "gap_s": round(float(gap_s + silent)),
        "flagged_s": round(float(flagged_s)),
        "metres": round(float(metres)),
        "sessions": list(sessions.values()),
        "remarks": [_shown(one) for one in sorted(remarks, key=lambda one: one["since_s"])],
        "duty_code": duty.code if duty and duty.switch is not DutySwitch.OFF else "",
        "attained": verdict.attained,
        "missing_s": verdict.missing_s,
    }


def _session(part: Part) -> Row:
    start = {"id": str(part.span.session_id), "starts_at": part.since.isoformat()}
    return {**start, "ends_at": "", "inside": 0.0, "anywhere": 0.0, "credited": 0.0}


def _remarks(part: Part, found: Stretches, mine: NDArray[np.bool_], limits: Limits) -> list[Row]:
    """Return what did not count as walked; stretches of one kind that touch are one, silent ends too."""
    since, until, why = found.since_s[mine], found.until_s[mine], found.why[mine]
    credited = found.anywhere_s[mine]
    told: list[Row] = []
    for n in np.flatnonzero(why != Why.LINE).tolist():
        name = Why(int(why[n])).name.lower()
        given = float(credited[n])
        if told and told[-1]["why"] == name and told[-1]["until_s"] == since[n]:
            told[-1]["until_s"], told[-1]["credited_s"] = float(until[n]), told[-1]["credited_s"] + given
            continue
        told.append(
            {"since_s": float(since[n]), "until_s": float(until[n]), "why": name, "credited_s": given}
        )
    start, end = part.since.timestamp(), part.until.timestamp()
    ends = [(start, end)] if not len(since) else [(start, float(since[0])), (float(until[-1]), end)]
    for low, high in ends:
        if high - low > limits.gap_s:
            told.append({"since_s": low, "until_s": high, "why": "no_signal", "credited_s": 0.0})
    return told


def _shown(remark: Row) -> Row:
    since, until = (datetime.fromtimestamp(remark[one], UTC).isoformat() for one in ("since_s", "until_s"))
    return {"since": since, "until": until, "why": remark["why"], "credited_s": round(remark["credited_s"])}


@transaction.atomic
def write_days(user_ids: Iterable[int], on: date, *, at: datetime) -> int:
    """Write the figures of these people's day, one statement for all; return how many. Rule: PA-10."""
    rows = count_days(user_ids, on, at=at)
    if rows:
        prepared.send(WRITE, msgspec.json.encode(rows).decode())
    return len(rows)
