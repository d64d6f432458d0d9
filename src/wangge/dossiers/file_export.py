"""People, facilities, licences and facts out as a file of the form that comes in. Rule: DS-16, DS-17."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse

from wangge.dossiers.file_fact_rows import column_of, fact_kinds, write_cell
from wangge.dossiers.file_rows import COLUMNS, FIELDS, PLACE
from wangge.dossiers.models import Fact, Holding, Kind, OfVenueQuerySet, Person, Venue
from wangge.dossiers.people import shown_name
from wangge.dossiers.rules import Sort
from wangge.dossiers.schemas import HoldingExport
from wangge.dossiers.vocabulary import Words, words_in_force
from wangge.kernel import audit, downloads
from wangge.kernel.actor import Actor
from wangge.kernel.paths import is_closed
from wangge.kernel.secrets import decrypt, mask_phone
from wangge.territory.queries import names_of

PAGE = 2_000
DUE = "下次到期"
Tell = Callable[[Any], Mapping[str, object]]


def export_entries(
    actor: Actor, filters: HoldingExport, suffix: str, *, at: datetime
) -> StreamingHttpResponse:
    """Return what hangs on the caller's places, of one sort, as a file that can be loaded again.

    People go out masked; whole for those who may reveal them and say why, which the audit row keeps.
    Raises: NotYourRole, also for a reason by somebody who may not reveal; Unreadable for another suffix.
    Rule:   DS-16, DS-17, DS-1, VE-12; the audit row comes before the first piece.
    """
    actor.check_can("venues.export")
    if filters.reason:
        actor.check_can("venues.reveal")
    downloads.check_suffix(suffix)
    sort, is_whole = Sort(filters.sort), bool(filters.reason)
    told = {"suffix": suffix, "filters": filters.model_dump(exclude={"reason"}), "is_whole": is_whole}
    if is_whole:
        told["reason"] = filters.reason
    audit.record([("dossiers.export_holdings", "dossier", "", told)], actor=actor, at=at)
    words = words_in_force()
    columns = [*COLUMNS[sort].values(), *PLACE]
    if sort is Sort.FACT:
        kinds = fact_kinds(words)
        columns = [*HEAD_OF_FACTS, *map(column_of, kinds), *PLACE]
        rows = _fact_rows(actor, filters, kinds)
        return downloads.download(rows, columns, name=sort.value, suffix=suffix, at=at)
    if sort is not Sort.PERSON:
        columns.append(DUE)
    tell = _teller(sort, words, is_whole)
    return downloads.download(
        _rows(actor, filters, sort, words, tell), columns, name=sort.value, suffix=suffix, at=at
    )


def _teller(sort: Sort, words: Words, is_whole: bool) -> Tell:
    columns = {key: column for key, column in COLUMNS[sort].items() if key not in HEAD}

    def holding(row: Holding) -> Mapping[str, object]:
        own = {column: getattr(row, FIELDS.get(key, key)) for key, column in columns.items()}
        return own | {DUE: row.due_on}

    def person(row: Person) -> Mapping[str, object]:
        name, phone = row.name, decrypt(row.phone) if row.phone else ""
        if not is_whole:
            name, phone = shown_name(name, row.kind, words), mask_phone(phone)
        told: dict[str, object] = {"name": name, "phone": phone, "credit_code": row.credit_code}
        told |= {"since_on": row.since_on, "until_on": row.until_on}
        return {column: told[key] for key, column in columns.items()}

    return person if sort is Sort.PERSON else holding


HEAD_OF_FACTS = tuple(COLUMNS[Sort.FACT].values())
HEAD = frozenset({"number", "venue", "venue_source", "kind"})


def _rows(
    actor: Actor, filters: HoldingExport, sort: Sort, words: Words, tell: Tell
) -> Iterator[dict[str, object]]:
    model = Person if sort is Sort.PERSON else Holding
    found = model.objects.visible_to(actor).standing()
    if sort is not Sort.PERSON:
        found = found.filter(sort=sort.value)
    found = _within(found, filters)
    last = UUID(int=0)
    while piece := list(found.filter(pk__gt=last).select_related("venue").order_by("pk")[:PAGE]):
        last = piece[-1].pk
        names = names_of({row.venue.grid_path for row in piece})
        for row in piece:
            place = row.venue
            head = {
                "number": str(row.pk),
                "venue": place.code,
                "venue_source": place.source,
                "kind": words.named(sort.value, row.kind)[0],
            }
            yield {
                **{COLUMNS[sort][key]: text for key, text in head.items()},
                **tell(row),
                PLACE[0]: place.name,
                PLACE[1]: names.get(place.grid_path, place.grid_path),
            }


def _within(found: OfVenueQuerySet, filters: HoldingExport) -> OfVenueQuerySet:
    if not filters.grid:
        return found
    path = filters.grid if is_closed(filters.grid) else f"{filters.grid}."
    return found.filter(venue__grid_path__startswith=path)


def _fact_rows(actor: Actor, filters: HoldingExport, kinds: Sequence[Kind]) -> Iterator[dict[str, object]]:
    """Yield a row a place that has a fact of these. Rule: DS-17."""
    of = {kind.code: kind for kind in kinds}
    seen: OfVenueQuerySet = Fact.objects.visible_to(actor).standing().filter(kind__in=of)
    keys = _within(seen, filters).order_by("venue_id").values_list("venue_id", flat=True).distinct()
    last = UUID(int=0)
    while piece := list(keys.filter(venue_id__gt=last)[:PAGE]):
        last = piece[-1]
        values: dict[UUID, dict[str, object]] = defaultdict(dict)
        facts = Fact.objects.standing().filter(venue_id__in=piece, kind__in=of)
        for pk, code, value in facts.values_list("venue_id", "kind", "value"):
            values[pk][column_of(of[code])] = write_cell(of[code], value)
        places = Venue.objects.visible_to(actor).in_bulk(piece)
        names = names_of({place.grid_path for place in places.values()})
        for pk in piece:
            if (place := places.get(pk)) is not None:
                head = dict(zip(HEAD_OF_FACTS, (place.code, place.source), strict=True))
                told = {PLACE[0]: place.name, PLACE[1]: names.get(place.grid_path, place.grid_path)}
                yield {**head, **values[pk], **told}
