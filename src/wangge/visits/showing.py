"""Rows of this room as they go out: masked, with names, a handful of statements a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from wangge.accounts.queries import names_of as people_names_of
from wangge.kernel.secrets import decrypt, mask_name, mask_phone
from wangge.orders.rules import Interval
from wangge.territory.queries import names_of
from wangge.visits.installing import groups_in_force
from wangge.visits.models import Arrival, ArrivalTrigger, Person, Report, ReportKind, Visit
from wangge.visits.rules import (
    PersonOutcome,
    Register,
    VisitStanding,
    minutes_until,
    shown_groups,
    standing,
    turn_of,
    worst,
)
from wangge.visits.schemas import ArrivalRow, PersonRow, PersonVisitOut, QuickRow

PLAIN = (
    "id", "address", "lon", "lat", "grid_path", "last_met_on", "last_tried_on", "since_on", "ended_on",
    "version",
)  # fmt: skip


def people_out(rows: Sequence[Person], today: date) -> list[PersonRow]:
    """Return people masked, with how they stand on the day. Rule: VI-3, VI-10."""
    groups = groups_in_force()
    protected = {code for code, row in groups.items() if row.is_protected}
    turns = {code: turn_of(Interval(row.interval), today) for code, row in groups.items()}
    grids = names_of({row.grid_path for row in rows})
    told = []
    for row in rows:
        own = [turns[code] for code in row.groups if code in turns]
        found = [standing(turn, met_on=row.last_met_on, since_on=row.since_on) for turn in own]
        shown, is_protected = shown_groups(row.groups, protected | (set(row.groups) - groups.keys()))
        told.append(
            PersonRow(
                **{name: getattr(row, name) for name in PLAIN},
                name=mask_name(decrypt(row.sealed_name)),
                phone=mask_phone(decrypt(row.sealed_phone)) if row.sealed_phone else "",
                grid_name=grids.get(row.grid_path, row.grid_path),
                groups=shown,
                is_protected=is_protected,
                standing=VisitStanding.DONE if row.ended_on else worst(found),
                due_on=min((turn.ends_on for turn in own), default=today) - timedelta(days=1),
            )
        )
    return told


def visits_out(rows: Sequence[Visit]) -> list[PersonVisitOut]:
    """Return visits with masked names; each row comes with its person."""
    grids = names_of({row.grid_path for row in rows})
    people = people_names_of([row.by for row in rows])
    return [
        PersonVisitOut(
            id=row.pk,
            person_id=row.person_id,
            person_name=mask_name(decrypt(row.person.sealed_name)),
            address=row.person.address,
            grid_path=row.grid_path,
            grid_name=grids.get(row.grid_path, row.grid_path),
            at=row.at,
            by_name=people.get(row.by, ""),
            outcome=PersonOutcome(row.outcome),
            note=row.note,
            photos=row.photos,
            is_near=row.is_near,
            off_m=row.off_m,
        )
        for row in rows
    ]


def arrivals_out(rows: Sequence[Arrival], at: datetime) -> list[ArrivalRow]:
    """Return calls with who came and after how many minutes. Rule: VI-7."""
    grids = names_of({row.grid_path for row in rows})
    people = people_names_of([pk for row in rows for pk in (row.called_by, row.arrived_by) if pk])
    words = {row.code: row for row in ArrivalTrigger.objects.all()}
    return [_arrival_out(row, at, grids, people, words.get(row.trigger)) for row in rows]


def _arrival_out(
    row: Arrival,
    at: datetime,
    grids: Mapping[str, str],
    people: Mapping[int, str],
    word: ArrivalTrigger | None,
) -> ArrivalRow:
    plain = (
        "id", "trigger", "grid_path", "case_id", "text", "address", "lon", "lat", "least_photos",
        "called_at", "due_at", "arrived_at", "off_m", "photos", "note", "ended_at",
    )  # fmt: skip
    is_over = row.ended_at is not None and row.arrived_at is None
    return ArrivalRow(
        **{name: getattr(row, name) for name in plain},
        trigger_zh=word.name_zh if word else row.trigger,
        trigger_en=word.name_en if word else row.trigger,
        grid_name=grids.get(row.grid_path, row.grid_path),
        called_by_name=people.get(row.called_by, "") if row.called_by else None,
        arrived_by_name=people.get(row.arrived_by, "") if row.arrived_by else None,
        minutes=minutes_until(row.called_at, row.arrived_at) if row.arrived_at else None,
        is_late=not is_over and (row.arrived_at or at) > row.due_at,
    )


def reports_out(rows: Sequence[Report]) -> list[QuickRow]:
    """Return quick reports with names; of somebody new to be assisted not where they live. Rule: VI-10."""
    grids = names_of({row.grid_path for row in rows})
    people = people_names_of([row.by for row in rows])
    words = {row.code: row for row in ReportKind.objects.all()}
    plain = ("id", "kind", "subject_id", "grid_path", "at")
    held = Register.PERSON.value
    return [
        QuickRow(
            **{name: getattr(row, name) for name in plain},
            kind_zh=words[row.kind].name_zh if row.kind in words else row.kind,
            kind_en=words[row.kind].name_en if row.kind in words else row.kind,
            text="" if row.becomes == held else row.text,
            address="" if row.becomes == held else row.address,
            photos=[] if row.becomes == held else row.photos,
            becomes=Register(row.becomes),
            grid_name=grids.get(row.grid_path, row.grid_path),
            by_name=people.get(row.by, ""),
        )
        for row in rows
    ]
