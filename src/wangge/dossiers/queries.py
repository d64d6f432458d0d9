"""Reads of dossiers. Every one starts from visible_to(actor)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import HttpResponseBase

from wangge.dossiers.answers import DossierOut
from wangge.dossiers.class_list import facts_out, list_differing, proposals_of
from wangge.dossiers.drawings import list_drawings, open_drawing
from wangge.dossiers.due_list import list_due
from wangge.dossiers.holdings import lines_of
from wangge.dossiers.models import Fact, Holding, Person, Venue
from wangge.dossiers.nobody import list_nobody
from wangge.dossiers.people import holder_of
from wangge.dossiers.quality import copied_logs_limit
from wangge.dossiers.quality_lists import (
    RegisterSums,
    list_hollow,
    list_least_known,
    list_quality,
    quality_of,
    sum_register,
)
from wangge.dossiers.rules import Holder, Sort, community_of, missing_of, who_answers
from wangge.dossiers.showing import answers_out, facility_out, licence_out, missing_out, person_out
from wangge.dossiers.timeline import list_history
from wangge.dossiers.vocabulary import list_words, words_in_force
from wangge.kernel import photo_copies
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible
from wangge.territory.queries import names_of as grid_names_of

__all__ = [
    "Answering",
    "RegisterSums",
    "answering_for",
    "copied_logs_limit",
    "fact_standing",
    "get_dossier",
    "get_photo",
    "list_differing",
    "list_due",
    "list_history",
    "list_hollow",
    "list_least_known",
    "list_nobody",
    "list_quality",
    "list_words",
    "open_drawing",
    "sum_register",
]
READ = "venues.read"


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers for a place: an entry of its dossier, else the community of its territory."""

    entry_id: UUID | None
    kind: str  # "": the community
    name: str
    sealed_phone: bytes | None
    community_path: str


def get_dossier(actor: Actor, venue_id: UUID, *, at: datetime) -> DossierOut:
    """Return what hangs on a place, people masked, each due day explained.

    Raises: NotYourRole, NotVisible.
    Rule:   DS-1 to DS-6.
    """
    actor.check_can(READ)
    venue = (
        Venue.objects.visible_to(actor).filter(pk=venue_id).only("id", "grid_path", "venue_class_id").first()
    )
    if venue is None:
        raise NotVisible()
    on = at.astimezone(CHINA).date()
    words = words_in_force()
    people = list(Person.objects.filter(venue_id=venue_id, removed_at__isnull=True))
    people.sort(key=lambda one: (not holder_of(one).stands_on(on), one.created_at, one.pk))
    holdings = list(
        Holding.objects.filter(venue_id=venue_id, removed_at__isnull=True).order_by("due_on", "id")
    )
    holders = [holder_of(one) for one in people]
    community = community_of(venue.grid_path)
    name = grid_names_of([community]).get(community, community)
    intervals = words.intervals()
    answer = who_answers(holders, words.chain(), on)
    return DossierOut(
        venue_id=venue_id,
        answers=answers_out(answer, words, community_name=name),
        missing=missing_out(missing_of(holders, words.required(venue.venue_class_id), on), words),
        people=[person_out(one, words, on) for one in people],
        facilities=[
            facility_out(one, lines_of(one, intervals), words, on)
            for one in holdings
            if one.sort == Sort.FACILITY
        ],
        licences=[
            licence_out(one, lines_of(one, intervals), words, on)
            for one in holdings
            if one.sort == Sort.LICENCE
        ],
        facts=facts_out(Fact.objects.filter(venue_id=venue_id, removed_at__isnull=True), words),
        drawings=list_drawings(actor, venue_id, words),
        proposal=proposals_of([venue_id]).get(venue_id),
        quality=quality_of(venue_id, on),
    )


def answering_for(places: Mapping[UUID, str], on: date) -> dict[UUID, Answering]:
    """Return who answers for each of these places (id → grid path) on a day, in four statements.

    For rooms above, notices and cases: the caller was already allowed to see the places; the phone stays
    sealed.
    Rule: DS-2 (HB-16).
    """
    chain = words_in_force().chain()
    rows = Person.objects.filter(venue_id__in=set(places), kind__in=chain, removed_at__isnull=True)
    known: dict[UUID, dict[UUID, Person]] = defaultdict(dict)
    for row in rows:
        known[row.venue_id][row.pk] = row
    communities = {place: community_of(path) for place, path in places.items()}
    names = grid_names_of(set(communities.values()))
    answers = {}
    for place, path in communities.items():
        holder = who_answers(_holders(known[place].values()), chain, on).holder
        if holder is None:
            answers[place] = Answering(None, "", names.get(path, path), None, path)
        else:
            phone = known[place][holder.id].phone
            answers[place] = Answering(
                holder.id, holder.kind, holder.name, bytes(phone) if phone else None, path
            )
    return answers


def fact_standing(venue_id: UUID, kind: str) -> tuple[UUID | None, int]:
    """Return the entry and the version of a fact of a place, (None, 0) if nobody noted it yet.

    For rooms above that write it through `save_facts`, which asks who may.
    Rule: DS-9.
    """
    found = Fact.objects.filter(venue_id=venue_id, kind=kind, removed_at__isnull=True)
    return found.values_list("pk", "version").first() or (None, 0)


def _holders(rows: Iterable[Person]) -> list[Holder]:
    return [holder_of(row) for row in rows]


def get_photo(
    actor: Actor, entry_id: UUID, sha256: str, form: photo_copies.PhotoForm, *, at: datetime
) -> HttpResponseBase:
    """Return a photo of a visible licence; the copy says who looks at it.

    Raises: NotVisible, also for the photo of something else; NotYourRole for the original.
    Rule:   DS-5, KE-21, KE-22.
    """
    actor.check_can(READ)
    if form is photo_copies.PhotoForm.ORIGINAL:
        actor.check_can("evidence.read")
    if not Holding.objects.visible_to(actor).filter(pk=entry_id, photos__contains=[sha256]).exists():
        raise NotVisible()
    lines: list[str] = []
    if not actor.can("evidence.read"):
        lines = photo_copies.mark_lines({"viewer"}, used_at=at, place="", viewer=actor, at=at)
    return photo_copies.hand_out(sha256, form, lines=lines)
