"""Facts of a place, what they make of its class, and what a person says to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from wangge.dossiers.classing_rules import (
    Bound,
    Field,
    NoSuchValue,
    Proposal,
    Rule,
    Shape,
    Value,
    propose,
    read_fact,
)
from wangge.dossiers.models import Change, Classing, ClassRule, Fact, Kind, Venue
from wangge.dossiers.recording import WRITE, Form, Ground, lock_places, save
from wangge.dossiers.rules import AnotherFact, Deed, NothingProposed, Sort
from wangge.dossiers.schemas import ClassDecisionIn, FactIn
from wangge.kernel import audit, batches
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Refused, Unreadable, VersionConflict
from wangge.kernel.fates import Fate
from wangge.venues import services as venues

PIECE = 2_000


def field_of(kind: Kind) -> Field:
    """Return what the rules look at of a fact that the pack names."""
    shape: Mapping[str, Any] = kind.shape or {}
    return Field(
        kind.code,
        Shape(shape["form"]),
        shape["least"],
        shape["most"],
        frozenset(one["code"] for one in shape["words"]),
    )


def kept_fact(kind: Kind, text: str) -> str:
    """Return a value of a fact as it is kept. Raises: NoSuchValue. Rule: DS-9."""
    value = read_fact(field_of(kind), text)
    return value if isinstance(value, str) else f"{value:.10g}"


def _fill(row: Fact, given: FactIn, ground: Ground[Fact]) -> None:
    """Raises: Unreadable for what the fact may not be; AnotherFact if the place has it already."""
    kind = ground.words.kinds[Sort.FACT.value, given.kind]
    try:
        value = kept_fact(kind, given.value)
    except NoSuchValue as wrong:
        raise Unreadable(field=kind.name_zh, why_zh=wrong.zh, why_en=wrong.en) from wrong
    for other in ground.standing.values():
        if (
            other.venue_id == given.venue_id
            and other.kind == given.kind
            and other.pk != given.entry_id
            and other.removed_at is None
        ):
            raise AnotherFact(kind_zh=kind.name_zh, kind_en=kind.name_en)
    row.value = value


def _reckon(ground: Ground[Fact]) -> None:
    reckon_classes({row.venue_id for row in ground.changed.values()}, at=ground.at)


FORM: Form[FactIn, Fact] = Form(
    Sort.FACT, Fact, ("kind", "value"), looks_at_all=True, fill=_fill, after=_reckon
)


def save_facts(commands: Sequence[FactIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Write facts of places, a fate each, and what they make of the class in the same transaction.

    Raises: NotYourRole, TooMany.
    Rule:   DS-7, DS-8, DS-9, DS-10.
    """
    return save(commands, FORM, actor=actor, at=at)


def rules_in_force() -> list[Rule]:
    """Return the rows that make a class of facts, in the order of the pack."""
    return [
        Rule(
            one.code,
            one.path,
            frozenset(one.uses),
            [Bound(**bound) for bound in one.bounds],
            one.venue_class,
            one.tag,
        )
        for one in ClassRule.objects.filter(is_active=True).order_by("position")
    ]


def reckon_classes(venue_ids: Iterable[UUID], *, at: datetime) -> int:
    """Reckon what the facts of these places make of their class; return how many proposals changed.

    Rule: DS-10. What somebody kept stays kept while the proposal is the same.
    """
    wanted = set(venue_ids)
    facts = _facts_of(wanted)
    places = Venue.objects.filter(pk__in=wanted).values_list("pk", "grid_path", "venue_class_id", "tags")
    known = {row.pk: row for row in Classing.objects.filter(pk__in=wanted)}
    rules = rules_in_force()
    new: list[Classing] = []
    old: list[Classing] = []
    for pk, path, class_code, tags in places:
        found = propose(facts[pk], path, rules)
        row = known.get(pk) or Classing(venue_id=pk, version=0)
        if _take(row, found, class_code, tags, at):
            (old if pk in known else new).append(row)
    Classing.objects.bulk_create(new)
    Classing.objects.bulk_update(
        old,
        ["class_code", "tags", "rules", "is_kept", "kept_reason", "differs", "version", "updated_at"],
    )
    return len(new) + len(old)


def reckon_classes_again(venue_ids: Iterable[UUID] | None, *, at: datetime) -> int:
    """Reckon again for these places, or piece by piece for all that have facts; return how many changed.

    Rule: DS-10.
    """
    found = Classing.objects.order_by("pk")
    if venue_ids is not None:
        found = found.filter(pk__in=set(venue_ids))
    count, last = 0, UUID(int=0)
    while piece := list(found.filter(pk__gt=last).values_list("pk", flat=True)[:PIECE]):
        last = piece[-1]
        count += reckon_classes(piece, at=at)
    return count


def _take(row: Classing, found: Proposal, class_code: str, tags: Sequence[str], at: datetime) -> bool:
    before = (row.class_code, row.tags, row.rules, row.differs)
    if (row.class_code, row.tags) != (found.class_code, list(found.tags)):
        row.is_kept, row.kept_reason = False, ""
    row.class_code, row.tags, row.rules = found.class_code, list(found.tags), list(found.rules)
    row.differs = not row.is_kept and found.differs(class_code, tags)
    if row.version and before == (row.class_code, row.tags, row.rules, row.differs):
        return False
    row.version += 1
    row.updated_at = at
    return True


def _facts_of(venue_ids: Iterable[UUID]) -> dict[UUID, dict[str, Value]]:
    shapes = {kind.code: field_of(kind) for kind in Kind.objects.filter(sort=Sort.FACT.value, is_active=True)}
    found: dict[UUID, dict[str, Value]] = defaultdict(dict)
    rows = Fact.objects.filter(venue_id__in=set(venue_ids), removed_at__isnull=True)
    for venue_id, kind, value in rows.values_list("venue_id", "kind", "value"):
        if kind in shapes:
            is_word = shapes[kind].shape is Shape.WORD
            found[venue_id][kind] = value if is_word else float(value)
    return found


def decide_classes(commands: Sequence[ClassDecisionIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Take the proposed class, or keep the present one, each with a reason; a fate an item.

    Raises: NotYourRole, TooMany.
    Rule:   DS-11.
    """
    actor.check_can(WRITE)

    def settle(fresh: Sequence[ClassDecisionIn]) -> dict[UUID, Fate]:
        places = lock_places({given.venue_id for given in fresh}, actor)
        known = {row.pk: row for row in Classing.objects.filter(pk__in=places)}
        fates: dict[UUID, Fate] = {}
        done: list[tuple[ClassDecisionIn, Classing]] = []
        for given in fresh:
            try:
                row = _decided(given, known)
            except Refused as refusal:
                fates[given.id] = Fate.refused(given.id, refusal)
            else:
                done.append((given, row))
                fates[given.id] = Fate.applied(given.id, version=row.version)
        _write_decisions(done, places, actor, at)
        return fates

    return batches.apply_once(commands, settle, kind="dossiers.decide_class", actor=actor, at=at)


def _decided(given: ClassDecisionIn, known: Mapping[UUID, Classing]) -> Classing:
    """Raises: NotVisible, VersionConflict, NothingProposed."""
    row = known.get(given.venue_id)
    if row is None:
        raise NotVisible()
    if row.version != given.base_version:
        raise VersionConflict(current=row.version, given=given.base_version)
    if not row.differs:
        raise NothingProposed()
    row.differs = False
    row.is_kept = not given.accepts
    row.kept_reason = "" if given.accepts else given.reason
    row.version += 1
    return row


def _write_decisions(
    done: Sequence[tuple[ClassDecisionIn, Classing]],
    places: Mapping[UUID, str],
    actor: Actor,
    at: datetime,
) -> None:
    wanted: dict[str, dict[UUID, tuple[str, Sequence[str]]]] = defaultdict(dict)
    for given, row in done:
        row.updated_at = at
        if given.accepts:
            wanted[given.reason][row.pk] = (row.class_code or places[row.pk], row.tags)
    for reason, classes in wanted.items():
        venues.reclassify(classes, reason=reason, actor=actor, at=at)
    Classing.objects.bulk_update(
        [row for _, row in done], ["is_kept", "kept_reason", "differs", "version", "updated_at"]
    )
    Change.objects.bulk_create(_change(given, row, places[row.pk], actor, at) for given, row in done)
    entries = [
        (
            "dossiers.accept_class" if given.accepts else "dossiers.keep_class",
            "venue",
            str(row.pk),
            {"class": row.class_code, "tags": row.tags, "rules": row.rules, "reason": given.reason},
        )
        for given, row in done
    ]
    audit.record(entries, actor=actor, at=at)


def _change(given: ClassDecisionIn, row: Classing, before: str, actor: Actor, at: datetime) -> Change:
    told = [before, row.class_code or before]
    return Change(
        venue_id=row.pk,
        sort=Sort.CLASS.value,
        entry_id=row.pk,
        kind="",
        deed=(Deed.ACCEPTED if given.accepts else Deed.KEPT).value,
        version=row.version,
        at=at,
        by_id=actor.user_id,
        reason=given.reason,
        fields={"class": told} | ({"tags": ["", "、".join(row.tags)]} if row.tags else {}),
    )
