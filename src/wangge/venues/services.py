"""Writes of the register."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar
from uuid import UUID

from django.db import connection, transaction

from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.venues import history, queries
from wangge.venues.accepting import Found, accept_found
from wangge.venues.contacts import add_contact, remove_contact, reveal_contact, reveal_keeper
from wangge.venues.export import export_venues, venue_rows
from wangge.venues.likeness import (
    ask_to_look,
    find_duplicates,
    find_everywhere,
    install_likeness,
    keep_apart,
)
from wangge.venues.merge_movers import Back, MergeMover, Moved, Pair, Standing, TableMover
from wangge.venues.merging import check_stands, merge_found, merge_venues
from wangge.venues.models import Venue, VenueClass, VenueTag
from wangge.venues.part_schemas import PartIn
from wangge.venues.parts import set_parts
from wangge.venues.reading import read_file
from wangge.venues.reclassing import reclassify
from wangge.venues.regridding import VenueMover
from wangge.venues.row_reading import VenueRecord
from wangge.venues.rules import Way
from wangge.venues.running import (
    EXPORT,
    IMPORT,
    ask_export,
    ask_import,
    asked_import,
    work_export,
    work_import,
)
from wangge.venues.saving import save_venues
from wangge.venues.schemas import OpenIn, VenueDetail
from wangge.venues.standing import note_arrived
from wangge.venues.template import write_template
from wangge.venues.unmerging import unmerge_venues
from wangge.venues.venue_import import import_venues

__all__ = [
    "EXPORT",
    "IMPORT",
    "Back",
    "Found",
    "MergeMover",
    "Moved",
    "Pair",
    "PartIn",
    "Standing",
    "TableMover",
    "VenueMover",
    "VenueRecord",
    "accept_found",
    "add_contact",
    "ask_export",
    "ask_import",
    "ask_to_look",
    "asked_import",
    "close_venues",
    "export_venues",
    "find_duplicates",
    "find_everywhere",
    "import_venues",
    "install_classes",
    "install_likeness",
    "install_tags",
    "keep_apart",
    "mark_visited",
    "merge_found",
    "merge_venues",
    "note_arrived",
    "read_file",
    "reclassify",
    "remove_contact",
    "reveal_contact",
    "reveal_keeper",
    "save_venues",
    "set_open",
    "set_parts",
    "unmerge_venues",
    "venue_rows",
    "work_export",
    "work_import",
    "write_template",
]

VISITED = """
UPDATE venues_venue v SET last_visited_on = n.day
  FROM unnest(%s::uuid[], %s::date[]) AS n(id, day)
 WHERE v.id = n.id AND (v.last_visited_on IS NULL OR v.last_visited_on < n.day)
"""  # no new version: a visit does not disturb somebody who edits the dossier


Words = TypeVar("Words", VenueClass, VenueTag)


class ClassLike(Protocol):
    """A kind of place as a pack names it."""

    @property
    def code(self) -> str: ...
    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...


def install_classes(classes: Sequence[ClassLike], pack_version: str) -> None:
    """Add and rename kinds of places; none is removed, as dossiers may name it. Rule: VE-2."""
    _install(VenueClass, classes, pack_version)


def install_tags(tags: Sequence[ClassLike], pack_version: str) -> None:
    """Add and rename tags; none is removed, as dossiers may name it. Rule: VE-23."""
    _install(VenueTag, tags, pack_version)


def _install(model: type[Words], words: Sequence[ClassLike], pack_version: str) -> None:
    model._default_manager.bulk_create(
        [
            model(code=one.code, name_zh=one.name_zh, name_en=one.name_en, pack_version=pack_version)
            for one in words
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name_zh", "name_en", "pack_version"],
    )


def mark_visited(days: Mapping[UUID, date]) -> None:
    """Note the day somebody was last there; an older day than the one known changes nothing. Rule: VE-9."""
    with connection.cursor() as cursor:
        cursor.execute(VISITED, [list(days), list(days.values())])


@transaction.atomic
def set_open(venue_id: UUID, given: OpenIn, *, actor: Actor, at: datetime) -> VenueDetail:
    """Close a place down or open it again, and return its dossier; where it is so already, nothing changes.

    Raises: NotYourRole, NotVisible, Merged.
    Rule:   VE-10, VE-15. The reason stays in the history and in the audit row.
    """
    actor.check_can("venues.write")
    queries.get_detail(actor, venue_id)
    check_stands(Venue.objects.get(pk=venue_id))
    if history.set_open([venue_id], given.is_open, Way.HAND, reason=given.reason, actor=actor, at=at):
        action = "venues.reopen" if given.is_open else "venues.close"
        audit.record([(action, "venue", str(venue_id), {"reason": given.reason})], actor=actor, at=at)
    return queries.get_detail(actor, venue_id)


@transaction.atomic
def close_venues(
    venue_ids: Collection[UUID], *, actor: Actor, at: datetime, way: Way = Way.VISIT, source: str = ""
) -> None:
    """Mark places as closed down, with an audit row each; the dossiers stay.

    Rule: VE-10. A closed place is owed no visit.
    """
    history.set_open(list(venue_ids), False, way, source=source, actor=actor, at=at)
    audit.record([("venues.close", "venue", str(one), {}) for one in venue_ids], actor=actor, at=at)
