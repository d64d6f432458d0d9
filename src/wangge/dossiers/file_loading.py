"""A file on its way into the dossiers: read by batches, its places found, checked, merged. Rule: DS-16."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, Protocol
from uuid import UUID

from django.db import models

from wangge.dossiers import file_wording as wording
from wangge.dossiers.file_merge import Stage
from wangge.dossiers.file_rows import COLUMNS
from wangge.dossiers.file_sheets import Values
from wangge.dossiers.models import Venue
from wangge.dossiers.recording import SEALED
from wangge.dossiers.rules import Sort
from wangge.dossiers.vocabulary import words_in_force
from wangge.kernel.actor import Actor
from wangge.kernel.run_work import Progress
from wangge.territory.rules import Problems
from wangge.territory.schemas import ImportReport
from wangge.venues.queries import registers_of, standing_of

BATCH = 5_000
Row = tuple[int, Mapping[str, str]]


@dataclass(slots=True)
class Places:
    """Places by code and register, and the class of each by id."""

    by_code: dict[str, dict[str, UUID]] = field(default_factory=dict)
    classes: dict[UUID, str] = field(default_factory=dict)


class OfPlace(Protocol):
    """A row that names a place."""

    @property
    def row(self) -> int: ...
    @property
    def venue(self) -> str: ...
    @property
    def venue_source(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """Who loads what, and who is told of it."""

    sort: Sort
    source: str
    actor: Actor
    at: datetime
    problems: Problems
    report: ImportReport


class Loading:
    """One file on its way in; each sort says what a row of it is."""

    def __init__(self, asked: Asked, model: type[models.Model]) -> None:
        self.sort, self.source, self.actor, self.at = asked.sort, asked.source, asked.actor, asked.at
        self.problems, self.report, self.words = asked.problems, asked.report, words_in_force()
        self.model = model
        self.stage = Stage(model, self.sort, self.problems)
        self.registers = registers_of()

    def load(self, rows: Iterable[Row], progress: Progress, *, is_dry: bool) -> None:
        """Read and judge batch by batch; look at what only all rows show; write."""
        for batch in batches_of(rows):
            self.take(batch)
            self.report.rows += len(batch)
            progress.read(self.report.rows)
        if not self.report.rows:
            self.problems.add(wording.EMPTY, None)
        self.stage.check_once()
        self.check_all()
        if not self.problems.error_count and not is_dry:
            self.stage.merge(self.actor, self.at, progress)
            self.follow(progress)

    def take(self, batch: Sequence[Row]) -> None:
        """Read a batch into the stage; what is wrong with it is noted."""
        raise NotImplementedError

    def check_all(self) -> None:
        """Note what only the whole file, beside what stands, has wrong."""

    def follow(self, progress: Progress) -> None:
        """Do what follows in the same transaction."""

    def staged(
        self, row: int, number: str, values: Values, stood: Values | None, kept: Sequence[str]
    ) -> tuple[Any, ...] | None:
        """Return the row as it is to be written, counted in the report; None where nothing changes."""
        fields = _changes(values, stood, kept)
        if stood is not None and not fields:
            self.report.unchanged += 1
            return None
        version = stood["version"] if stood else 0
        if stood is None:
            self.report.created += 1
        else:
            self.report.updated += 1
        whole = values | {
            "version": version + 1, "removed_at": None, "updated_at": self.at,
            "created_at": stood["created_at"] if stood else self.at,
        }  # fmt: skip
        changed = json.dumps(fields, ensure_ascii=False, default=_as_kept)
        return row, number, stood is None, version, changed, *(whole[name] for name in self.stage.columns)

    def places(self, lines: Sequence[OfPlace]) -> Places:
        """Return the places that the lines name, inside the caller's scope, in two statements."""
        found, places = Venue.objects.visible_to(self.actor), Places()
        named = found.filter(source__in=self.registers, code__in={line.venue for line in lines if line.venue})
        for pk, source, code, class_code in named.values_list("pk", "source", "code", "venue_class_id"):
            places.by_code.setdefault(code, {})[source] = pk
            places.classes[pk] = class_code
        stands = standing_of(places.classes)
        for of in places.by_code.values():
            of.update({source: stands.get(pk, pk) for source, pk in of.items()})
        if stands:
            kept = found.filter(pk__in=set(stands.values())).values_list("pk", "venue_class_id")
            places.classes.update(kept)
        return places

    def place(self, line: OfPlace, places: Places) -> UUID | None:
        """Return the place of a line; one that is not found, or stands in two registers, is noted."""
        of = places.by_code.get(line.venue, {})
        fitting = {source: pk for source, pk in of.items() if line.venue_source in ("", source)}
        column = COLUMNS[self.sort]["venue"]
        if len(fitting) > 1:
            sources = "、".join(sorted(fitting))
            self.problems.add(wording.TWO_PLACES, line.row, column, line.venue, sources=sources)
            return None
        place = next(iter(fitting.values()), None)
        if place is None or place not in places.classes:
            self.problems.add(wording.NO_PLACE, line.row, column, line.venue)
            return None
        return place


def _changes(values: Mapping[str, Any], stood: Values | None, kept: Sequence[str]) -> dict[str, list[Any]]:
    """Return what the history keeps: each field from what to what; of a sealed one only that it changed."""
    fields: dict[str, list[Any]] = {}
    for name in kept:
        before, after = (stood[name] if stood else None), values[name]
        if before == after or (stood is None and not after):
            continue
        fields[name] = [] if name in SEALED else [before, after]
    return fields


def _as_kept(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def batches_of(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch
