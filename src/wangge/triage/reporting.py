"""The page of the administrator: versions, how good each is, and what people chose of late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from wangge.cases import queries as cases
from wangge.kernel import jobs
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.matters import queries as matters
from wangge.triage.loading import is_damaged
from wangge.triage.measuring import Bin, calibration_error_pct
from wangge.triage.models import InForce, ModelVersion
from wangge.triage.rules import FEWEST_CASES, MOST_CASES
from wangge.triage.schemas import Beside, ChosenOut, Forward, TriageOut, VersionOut, WeekOut, WrongPair

MOST_VERSIONS = 20
WEEKS = 8
TRAIN = "triage.train"
BY_WEEK = """
SELECT floor(extract(epoch FROM at - %(first)s) / 604800)::int AS week,
       count(*),
       count(*) FILTER (WHERE matters <> '{}'),
       count(*) FILTER (WHERE matters[1] = chosen_matter),
       count(*) FILTER (WHERE chosen_matter = ANY (matters)),
       count(*) FILTER (WHERE department_id IS NOT NULL AND chosen_department_id IS NOT NULL),
       count(*) FILTER (WHERE department_id = chosen_department_id),
       count(*) FILTER (WHERE duplicates <> '{}'),
       count(*) FILTER (WHERE merged_into = ANY (duplicates))
FROM triage_decision WHERE at >= %(first)s AND grid_path LIKE %(scope)s GROUP BY 1
"""
BY_CONFIDENCE = """
SELECT count(*), avg(confidence)::float8, avg((matters[1] = chosen_matter)::int)::float8
FROM triage_decision
WHERE at >= %(first)s AND grid_path LIKE %(scope)s AND confidence IS NOT NULL AND matters <> '{}'
GROUP BY least(floor(confidence * 10), 9)
"""


def get_page(actor: Actor, *, at: datetime) -> TriageOut:
    """Return versions, figures and what people chose. Raises: NotYourRole. Rule: TR-5, TR-10."""
    actor.check_can("triage.read")
    held = InForce.objects.select_related("chosen_by").first()
    rows = list(ModelVersion.objects.order_by("-id")[:MOST_VERSIONS])
    if held and held.version_id and held.version_id not in {row.pk for row in rows}:
        rows.append(ModelVersion.objects.get(pk=held.version_id))
    names = matters.names_of(
        {code for row in rows for right, said, _ in row.figures["worst_pairs"] for code in (right, said)}
    )
    number = held.version_id if held else None
    return TriageOut(
        in_force=number,
        is_automatic=held is None or held.chosen_by_id is None,
        chosen_by=held.chosen_by.name if held and held.chosen_by else "",
        learnable=cases.count_judged(most=MOST_CASES),
        needed=FEWEST_CASES,
        is_training=jobs.is_waiting(TRAIN),
        versions=[_version(row, number, names) for row in rows],
        chosen=_chosen(actor, at),
    )


def is_asked_one_damaged() -> bool:
    """Return whether a version is in force whose bytes cannot be used. Rule: TR-6."""
    held = InForce.objects.select_related("version").first()
    return held is not None and held.version is not None and is_damaged(held.version)


def _version(row: ModelVersion, number: int | None, names: Mapping[str, tuple[str, str]]) -> VersionOut:
    told: Mapping[str, Any] = row.figures
    return VersionOut(
        id=row.pk,
        trained_at=row.trained_at,
        pack_version=row.pack_version,
        cases=row.cases,
        labels=told["labels"],
        is_better=row.is_better,
        is_in_force=row.pk == number,
        is_damaged=is_damaged(row),
        size_bytes=len(row.weights),
        forward=Forward(
            **{name: told[name] for name in Forward.model_fields if name != "worst_pairs"},
            worst_pairs=[_pair(right, said, count, names) for right, said, count in told["worst_pairs"]],
        ),
        department=Beside(**told["department"]),
        severity=Beside(**told["severity"]),
    )


def _pair(right: str, said: str, count: int, names: Mapping[str, tuple[str, str]]) -> WrongPair:
    right_zh, right_en = names.get(right, (right, right))
    said_zh, said_en = names.get(said, (said, said))
    return WrongPair(
        right=right,
        right_zh=right_zh,
        right_en=right_en,
        said=said,
        said_zh=said_zh,
        said_en=said_en,
        count=count,
    )


def _chosen(actor: Actor, at: datetime) -> ChosenOut:
    today = at.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    where: dict[str, str | datetime] = {"scope": f"{actor.scope}%", "first": first}
    with connection.cursor() as cursor:
        cursor.execute(BY_WEEK, where)
        rows = {week: counts for week, *counts in cursor.fetchall()}
        cursor.execute(BY_CONFIDENCE, where)
        bins = [Bin(count, 100 * said, 100 * right) for count, said, right in cursor.fetchall()]
    weeks = [rows.get(n, [0] * 8) for n in range(WEEKS)]
    all_, said, hits, _, _, _, shown, merged = (sum(column) for column in zip(*weeks, strict=True))
    return ChosenOut(
        weeks=[_week(first + timedelta(weeks=n), counts) for n, counts in enumerate(weeks)],
        decisions=all_,
        first_pct=_pct(hits, said),
        calibration_error_pct=round(calibration_error_pct(bins), 1) if bins else None,
        duplicates_shown=shown,
        duplicates_merged=merged,
    )


def _week(starts: datetime, counts: Sequence[int]) -> WeekOut:
    all_, said, hits, top3, sent, kept, _, _ = counts
    return WeekOut(
        starts_on=starts.date(),
        decisions=all_,
        first_pct=_pct(hits, said),
        top3_pct=_pct(top3, said),
        department_pct=_pct(kept, sent),
    )


def _pct(hits: int, total: int) -> float | None:
    return round(100 * hits / total, 1) if total else None
