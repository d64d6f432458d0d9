"""Reads of duplicates and merges."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from wangge.accounts.queries import names_of as people_names_of
from wangge.kernel import jobs
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.secrets import mask_name, mask_phone
from wangge.territory.queries import make_cursor, names_of, read_cursor
from wangge.venues.likeness import FIND, in_force
from wangge.venues.merge_rules import CHOICES, LikeReason, choose
from wangge.venues.merge_schemas import (
    DuplicateFilter,
    DuplicatePage,
    DuplicateRow,
    SideOut,
    VenueMergeOut,
    VenueMergePage,
    VenueMergePreview,
)
from wangge.venues.merging import side_of
from wangge.venues.models import LikeLook, LikePair, MergeMove, Venue, VenueMerge
from wangge.venues.queries import HIDDEN, READ, shown

COUNTED = 10_000
TOLD = (
    *("id", "stay_id", "stay_name", "stay_code", "gone_id", "gone_name", "gone_code"),
    *("at", "reason", "taken", "undone_at"),
)
YES_NO = {True: ("在营", "open"), False: ("已关停", "closed down")}
NO_CURSOR = ("翻页标记无效，请从第一页重新开始", "start again from the first page")


def list_duplicates(actor: Actor, filters: DuplicateFilter) -> DuplicatePage:
    """Return a page of pairs of which both lie in the scope, the likeliest first. Rule: VE-17."""
    actor.check_can(READ)
    found = _pairs(actor, filters)
    total = found.order_by()[: COUNTED + 1].count()
    ordered = found.order_by("-score", "one_id", "other_id")
    if filters.cursor:
        score, one, other = _read_key(filters.cursor)
        later = Q(one_id__gt=one) | Q(one_id=one, other_id__gt=other)
        ordered = ordered.filter(score__lte=score).filter(Q(score__lt=score) | later)
    rows = list(ordered[: filters.limit + 1])
    more, rows = len(rows) > filters.limit, rows[: filters.limit]
    ids = {pk for row in rows for pk in (row.one_id, row.other_id)}
    places = Venue.objects.filter(pk__in=ids).select_related("venue_class").defer(*HIDDEN)
    by_id = {row.id: row for row in shown(list(places))}
    likeness, is_confirmed = in_force()
    where = filters.grid if actor.covers(filters.grid) else actor.scope
    look = LikeLook.objects.filter(path__in=_paths_to(where)).order_by("-at").first()
    return DuplicatePage(
        items=[
            DuplicateRow(
                one=by_id[row.one_id],
                other=by_id[row.other_id],
                score=row.score,
                reasons=[LikeReason(one) for one in row.reasons],
                metres=row.metres,
            )
            for row in rows
        ],
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=make_cursor(f"{rows[-1].score}|{rows[-1].one_id}|{rows[-1].other_id}") if more else None,
        looked_at=look.at if look else None,
        is_looking=jobs.is_waiting(FIND, path=where),
        from_score=likeness.from_score,
        is_confirmed=is_confirmed,
    )


def _pairs(actor: Actor, filters: DuplicateFilter) -> QuerySet[LikePair]:
    found = LikePair.objects.filter(
        one__grid_path__startswith=actor.scope, other__grid_path__startswith=actor.scope
    ).filter(one__merged_into__isnull=True, other__merged_into__isnull=True)
    if filters.grid:
        found = found.filter(
            one__grid_path__startswith=filters.grid, other__grid_path__startswith=filters.grid
        )
    return found.filter(reasons__contains=[filters.reason.value]) if filters.reason else found


def _paths_to(path: str) -> list[str]:
    codes = path.rstrip(".").split(".")
    return [".".join(codes[: n + 1]) + "." for n in range(len(codes))]


def _read_key(cursor: str) -> tuple[int, UUID, UUID]:
    try:
        score, one, other = read_cursor(cursor).split("|")
        return int(score), UUID(one), UUID(other)
    except ValueError:
        raise Unreadable(field="cursor", why_zh=NO_CURSOR[0], why_en=NO_CURSOR[1]) from None


def preview_merge(actor: Actor, stay_id: UUID, gone_id: UUID) -> VenueMergePreview:
    """Return two dossiers side by side, and what would be taken over by default. Raises: NotVisible."""
    actor.check_can(READ)
    found = Venue.objects.visible_to(actor).filter(pk__in=(stay_id, gone_id)).select_related("venue_class")
    there = {venue.pk: venue for venue in found}
    if len(there) != 2:
        raise NotVisible
    stay, gone = there[stay_id], there[gone_id]
    taken = set(choose(side_of(stay), side_of(gone)))
    rows = {row.id: row for row in shown([stay, gone])}
    sides = []
    grids = names_of({stay.grid_path, gone.grid_path})
    for choice in CHOICES:
        mine, theirs = _text(choice, stay, grids), _text(choice, gone, grids)
        is_equal = side_of(stay).said[choice] == side_of(gone).said[choice]
        sides.append(
            SideOut(
                choice=choice, stay_zh=mine[0], stay_en=mine[1], gone_zh=theirs[0], gone_en=theirs[1],
                is_equal=is_equal, takes=choice in taken,
            )
        )  # fmt: skip
    return VenueMergePreview(stay=rows[stay_id], gone=rows[gone_id], sides=sides)


def _text(choice: str, venue: Venue, grids: dict[str, str]) -> tuple[str, str]:
    if choice == "class_code":
        return venue.venue_class.name_zh, venue.venue_class.name_en
    if choice == "tags":
        return "、".join(venue.tags), ", ".join(venue.tags)
    if choice == "place":
        where = f"{venue.lon:.5f}, {venue.lat:.5f} · {grids.get(venue.grid_path, venue.grid_path)}"
        return where, where
    if choice == "keeper":
        phone = mask_phone(side_of(venue).said["keeper"][1])
        told = f"{mask_name(venue.keeper_name)} {phone}".strip()
        return told, told
    if choice == "is_open":
        return YES_NO[venue.is_open]
    value = getattr(venue, choice)
    told = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    return told, told


def list_merges(
    actor: Actor, *, venue_id: UUID | None = None, cursor: str = "", limit: int = 20
) -> VenueMergePage:
    """Return merges inside the scope, newest first; of one dossier those in which it stayed or went."""
    actor.check_can(READ)
    found = VenueMerge.objects.filter(
        stay__grid_path__startswith=actor.scope, gone__grid_path__startswith=actor.scope
    )
    if venue_id is not None:
        found = found.filter(Q(stay_id=venue_id) | Q(gone_id=venue_id))
    if cursor:
        at, pk = _read_moment(cursor)
        found = found.filter(at__lte=at).filter(Q(at__lt=at) | Q(id__gt=pk))
    rows = list(
        found.order_by("-at", "id")
        .annotate(stay_name=F("stay__name"), stay_code=F("stay__code"))
        .annotate(gone_name=F("gone__name"), gone_code=F("gone__code"))[: limit + 1]
    )
    more, rows = len(rows) > limit, rows[:limit]
    return VenueMergePage(
        items=_merges_out(rows),
        next_cursor=make_cursor(f"{rows[-1].at.isoformat()}|{rows[-1].pk}") if more else None,
    )


def _merges_out(rows: Sequence[VenueMerge]) -> list[VenueMergeOut]:
    moved: dict[UUID, Counter[str]] = defaultdict(Counter)
    for merge, kind in MergeMove.objects.filter(merge__in=[row.pk for row in rows]).values_list(
        "merge_id", "kind"
    ):
        moved[merge][kind] += 1
    people = people_names_of([pk for row in rows for pk in (row.by_id, row.undone_by) if pk is not None])
    return [
        VenueMergeOut(
            **{name: getattr(row, name) for name in TOLD},
            by=people.get(row.by_id, ""),
            moved=dict(moved[row.pk]),
            undone_by=people.get(row.undone_by, "") if row.undone_by is not None else "",
        )
        for row in rows
    ]


def _read_moment(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, pk = read_cursor(cursor).split("|")
        return datetime.fromisoformat(at), UUID(pk)
    except ValueError:
        raise Unreadable(field="cursor", why_zh=NO_CURSOR[0], why_en=NO_CURSOR[1]) from None
