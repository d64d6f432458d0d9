"""What the facts make of the class of places: of one, and the list of those that differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from wangge.dossiers.answers import ClassProposalOut, ClassWhyOut, FactOut
from wangge.dossiers.list_answers import ClassPage, ClassRow
from wangge.dossiers.models import Classing, ClassRule, Fact, OfVenueQuerySet
from wangge.dossiers.rules import Sort
from wangge.dossiers.schemas import ClassFilter
from wangge.dossiers.showing import entry_out
from wangge.dossiers.vocabulary import Words
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable
from wangge.kernel.paths import is_closed
from wangge.territory.queries import make_cursor, read_cursor
from wangge.venues.queries import get_places, list_classes

READ = "venues.read"
COUNTED = 1_000
YES_NO = {"1": ("是", "Yes"), "0": ("否", "No")}
Names = Mapping[str, tuple[str, str]]


def list_differing(actor: Actor, filters: ClassFilter) -> ClassPage:
    """Return a page of open places that differ from their proposal; the total is exact up to 1,000.

    Raises: NotYourRole; Unreadable for a strange cursor.
    Rule:   DS-10, DS-11.
    """
    actor.check_can(READ)
    found = _select(actor, filters)
    some = sorted(found.order_by().values_list("pk", flat=True)[: COUNTED + 1])
    after = _read_key(filters.cursor) if filters.cursor else None
    if len(some) > COUNTED:
        later = found if after is None else found.filter(pk__gt=after)
        keys = list(later.order_by("pk").values_list("pk", flat=True)[: filters.limit + 1])
    else:
        keys = [pk for pk in some if after is None or pk > after][: filters.limit + 1]
    more, keys = len(keys) > filters.limit, keys[: filters.limit]
    places, proposals = get_places(keys), proposals_of(keys)
    return ClassPage(
        items=[
            ClassRow(**places[pk].model_dump(), proposal=proposals[pk])
            for pk in keys
            if pk in places and pk in proposals
        ],
        total=min(len(some), COUNTED),
        total_is_exact=len(some) <= COUNTED,
        next_cursor=make_cursor(str(keys[-1])) if more else None,
    )


def _select(actor: Actor, filters: ClassFilter) -> OfVenueQuerySet:
    found = Classing.objects.visible_to(actor).filter(differs=True, venue__is_open=True)
    if filters.venue_class:
        found = found.filter(venue__venue_class_id=filters.venue_class)
    if filters.grid:
        path = filters.grid if is_closed(filters.grid) else f"{filters.grid}."
        found = found.filter(venue__grid_path__startswith=path)
    return found


def proposals_of(venue_ids: Iterable[UUID]) -> dict[UUID, ClassProposalOut]:
    """Return the proposal of each of these places that has one; the caller was allowed to see them."""
    rows = list(Classing.objects.filter(pk__in=set(venue_ids)))
    rules = {
        rule.code: rule for rule in ClassRule.objects.filter(code__in={c for r in rows for c in r.rules})
    }
    names = {one.code: (one.name_zh, one.name_en) for one in list_classes()}
    return {row.pk: _shown(row, rules, names) for row in rows}


def _shown(row: Classing, rules: Mapping[str, ClassRule], names: Names) -> ClassProposalOut:
    zh, en = names.get(row.class_code, (row.class_code, row.class_code))
    return ClassProposalOut(
        class_code=row.class_code,
        class_zh=zh,
        class_en=en,
        tags=row.tags,
        why=[_why(rules[code]) for code in row.rules if code in rules],
        differs=row.differs,
        is_kept=row.is_kept,
        kept_reason=row.kept_reason,
        version=row.version,
    )


def _why(rule: ClassRule) -> ClassWhyOut:
    return ClassWhyOut(
        zh=rule.name_zh,
        en=rule.name_en,
        class_code=rule.venue_class,
        tag=rule.tag,
        source=rule.source,
        is_confirmed=rule.is_confirmed,
    )


def facts_out(rows: Iterable[Fact], words: Words) -> list[FactOut]:
    """Return facts as people read them, in the order of the pack."""
    order = {code: kind.position for (sort, code), kind in words.kinds.items() if sort == Sort.FACT}
    ordered = sorted(rows, key=lambda row: order.get(row.kind, len(order)))
    return [_fact(row, words) for row in ordered]


def _fact(row: Fact, words: Words) -> FactOut:
    zh, en = fact_words(row.kind, row.value, words)
    return FactOut(**entry_out(row, Sort.FACT.value, words), value=row.value, shown_zh=zh, shown_en=en)


def fact_words(code: str, value: str, words: Words) -> tuple[str, str]:
    """Return a value of a fact with its unit, or its word, in both languages."""
    kind = words.kinds.get((Sort.FACT.value, code))
    if kind is None or kind.shape is None:
        return value, value
    if kind.shape["form"] == "yes_no":
        return YES_NO.get(value, (value, value))
    for word in kind.shape["words"]:
        if word["code"] == value:
            return word["zh"], word["en"]
    return f"{value} {kind.shape['unit_zh']}".strip(), f"{value} {kind.shape['unit_en']}".strip()


def _read_key(cursor: str) -> UUID:
    try:
        return UUID(read_cursor(cursor))
    except ValueError:
        raise Unreadable(
            field="cursor",
            why_zh="翻页标记无效，请从第一页重新开始",
            why_en="start again from the first page",
        ) from None
