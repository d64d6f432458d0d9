"""Places that are kept twice, found set by set within a territory (VE-17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wangge.kernel import audit, batches, staging
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole, Unreadable
from wangge.kernel.fates import Fate
from wangge.kernel.jobs import defer
from wangge.kernel.paths import is_closed
from wangge.venues.merge_rules import Likeness
from wangge.venues.merge_schemas import NotSameIn
from wangge.venues.models import LikeLook, LikenessRule, LikePair, NotSame, Venue

FIND = "venues.find_duplicates"
MERGE = "venues.merge"
# A cell is as wide as `near_m` wherever China lies, so what is near lies in one of nine.
CELL_M_A_DEGREE = 60_000.0
_PLACES = """
CREATE TEMP TABLE like_place ON COMMIT DROP AS
SELECT id, class_code, credit_code, lon, lat, is_open,
       translate(kernel_folded(name), ' ()·-_,.', '') AS name,
       CASE WHEN name ~ '[㐀-鿿]'
         THEN translate(left(initials, char_length(kernel_folded(name))), ' ()·-_,.', '')
         ELSE '' END AS letters,
       translate(kernel_folded(address), ' ()·-_,.', '') AS address,
       floor(lon / %(cell)s)::int AS x, floor(lat / %(cell)s)::int AS y
  FROM venues_venue WHERE starts_with(grid_path, %(path)s) AND merged_into_id IS NULL
"""
_PAIRS = """
CREATE TEMP TABLE like_new ON COMMIT DROP AS
WITH codes AS (SELECT credit_code FROM like_place WHERE credit_code <> ''
                GROUP BY 1 HAVING count(*) BETWEEN 2 AND %(code_at_most)s),
addresses AS (SELECT address FROM like_place WHERE address <> ''
               GROUP BY 1 HAVING count(*) BETWEEN 2 AND %(address_at_most)s),
sides AS (SELECT dx, dy FROM generate_series(-1, 1) AS dx CROSS JOIN generate_series(-1, 1) AS dy),
pairs AS (
  SELECT a.id AS one, b.id AS other FROM codes
    JOIN like_place a USING (credit_code) JOIN like_place b USING (credit_code) WHERE a.id < b.id
  UNION
  SELECT a.id, b.id FROM addresses
    JOIN like_place a USING (address) JOIN like_place b USING (address) WHERE a.id < b.id
  UNION
  SELECT a.id, b.id FROM (SELECT *, x + dx AS bx, y + dy AS by FROM like_place CROSS JOIN sides) a
    JOIN like_place b ON b.x = a.bx AND b.y = a.by AND a.id < b.id
     AND coalesce(nullif(b.letters, ''), b.name) = coalesce(nullif(a.letters, ''), a.name)),
seen AS (
  SELECT one, other,
         a.credit_code <> '' AND a.credit_code = b.credit_code AS same_code,
         a.name = b.name AS same_name,
         a.letters <> '' AND a.letters = b.letters AND a.name <> b.name AS same_letters,
         a.address <> '' AND a.address = b.address
           AND EXISTS (SELECT FROM addresses WHERE addresses.address = a.address) AS same_address,
         a.class_code = b.class_code AS same_class,
         111195 * sqrt(power(a.lat - b.lat, 2) + power((a.lon - b.lon) * cosd(a.lat), 2)) AS metres
    FROM pairs JOIN like_place a ON a.id = one JOIN like_place b ON b.id = other
   WHERE a.is_open OR b.is_open)
SELECT one, other, metres,
       least(100, same_code::int * %(credit_code)s + same_name::int * %(name)s
         + same_letters::int * %(initials)s + same_address::int * %(address)s
         + (metres <= %(near_m)s)::int * %(near)s + same_class::int * %(class_)s) AS score,
       array_remove(ARRAY[
         CASE WHEN same_code THEN 'credit_code' END, CASE WHEN same_name THEN 'name' END,
         CASE WHEN same_letters THEN 'initials' END, CASE WHEN same_address THEN 'address' END,
         CASE WHEN metres <= %(near_m)s THEN 'near' END, CASE WHEN same_class THEN 'class' END],
         NULL) AS reasons
  FROM seen
"""
_CUT = """
DELETE FROM like_new n WHERE score < %(from_score)s
   OR EXISTS (SELECT FROM venues_notsame s WHERE s.one_id = n.one AND s.other_id = n.other)
"""
_DROP = """
DELETE FROM venues_likepair p USING like_place a, like_place b
 WHERE p.one_id = a.id AND p.other_id = b.id
   AND NOT EXISTS (SELECT FROM like_new n WHERE n.one = p.one_id AND n.other = p.other_id)
"""
_KEEP = """
INSERT INTO venues_likepair (one_id, other_id, score, reasons, metres)
SELECT one, other, score, reasons, round(metres::numeric, 1) FROM like_new
    ON CONFLICT (one_id, other_id) DO UPDATE
   SET score = excluded.score, reasons = excluded.reasons, metres = excluded.metres
 WHERE (venues_likepair.score, venues_likepair.reasons) IS DISTINCT FROM (excluded.score, excluded.reasons)
"""
_TOP = """
SELECT DISTINCT split_part(grid_path, '.', 1) || '.' || split_part(grid_path, '.', 2) || '.' FROM venues_venue
 WHERE split_part(grid_path, '.', 2) <> ''
"""


def in_force() -> tuple[Likeness, bool]:
    """Return the pack's figures, and whether a city has confirmed them. Rule: VE-17, PK-4."""
    row = LikenessRule.objects.filter(is_active=True).first()
    return (Likeness(**row.figures), row.is_confirmed) if row else (Likeness(), False)


@transaction.atomic
def install_likeness(figures: Mapping[str, int], *, is_confirmed: bool, pack_version: str) -> None:
    """Put the pack's figures into force; what it leaves out is that of VE-17. Rule: PK-4."""
    known = {one.name for one in fields(Likeness)}
    whole = asdict(Likeness(**{name: n for name, n in figures.items() if name in known}))
    LikenessRule.objects.filter(is_active=True).exclude(pack_version=pack_version).update(is_active=False)
    LikenessRule.objects.update_or_create(
        pack_version=pack_version,
        defaults={"figures": whole, "is_confirmed": is_confirmed, "is_active": True},
    )


@transaction.atomic
def find_duplicates(path: str, *, at: datetime) -> int:
    """Look through a territory for places kept twice, and return how many pairs there are now.

    In a handful of statements whatever its size; pairs that somebody decided about stay away.
    Rule: VE-17.
    """
    figures, _ = in_force()
    given: dict[str, Any] = {
        **asdict(figures), "path": path, "cell": max(1, figures.near_m) / CELL_M_A_DEGREE
    }  # fmt: skip
    staging.lock_name(FIND)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.like_place, pg_temp.like_new")
        cursor.execute(_PLACES, given)
        cursor.execute("ANALYZE like_place")
        cursor.execute(_PAIRS, given)
        cursor.execute(_CUT, given)
        cursor.execute("CREATE INDEX ON like_place (id)")
        cursor.execute("CREATE INDEX ON like_new (one, other)")
        cursor.execute(_DROP)
        cursor.execute(_KEEP)
        cursor.execute("SELECT count(*) FROM like_new")
        [(found,)] = cursor.fetchall()
    LikeLook.objects.update_or_create(path=path, defaults={"at": at, "found": found})
    return int(found)


def find_everywhere(*, at: datetime) -> int:
    """Look through every city, one after the other; the nightly job. Rule: VE-17."""
    with connection.cursor() as cursor:
        cursor.execute(_TOP)
        paths = sorted(path for (path,) in cursor.fetchall())
    return sum(find_duplicates(path, at=at) for path in paths)


@transaction.atomic
def ask_to_look(path: str, *, actor: Actor, at: datetime) -> None:
    """Let a job look through the territory. Raises: NotYourRole, NotVisible, Unreadable."""
    actor.check_can(MERGE)
    whole = path or actor.scope
    if not is_closed(whole):
        raise Unreadable(field="path", why_zh="应为以点号结尾的路径", why_en="a closed path, as 44.03.05.")
    if not actor.covers(whole):
        raise NotVisible
    audit.record([("venues.find_duplicates", "scope", whole, {})], actor=actor, at=at)
    defer(FIND, path=whole)


def keep_apart(commands: Sequence[NotSameIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Remember that two dossiers are two places, or forget it again; one fate an item, in order.

    Shape:  len(fates) == len(commands); a repeated id gives the fate of its first time.
    Raises: TooMany; nothing for a single item: a refusal is a fate.
    Rule:   VE-17: the same pair is not asked about again.
    """

    def settle(fresh: Sequence[NotSameIn]) -> dict[UUID, Fate]:
        if not actor.can(MERGE):
            refusal = NotYourRole(capability=MERGE, role=actor.role)
            return {one.id: Fate.refused(one.id, refusal) for one in fresh}
        ids = {pk for one in fresh for pk in (one.one_id, one.other_id)}
        seen = set(Venue.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
        good = [one for one in fresh if {one.one_id, one.other_id} <= seen and one.one_id != one.other_id]
        _decide(good, actor, at)
        done = {one.id for one in good}
        refused = {one.id: Fate.refused(one.id, NotVisible()) for one in fresh if one.id not in done}
        return {one.id: Fate.applied(one.id) for one in good} | refused

    return batches.apply_once(commands, settle, kind="venues.keep_apart", actor=actor, at=at)


def _decide(commands: Sequence[NotSameIn], actor: Actor, at: datetime) -> None:
    pairs = {one.id: sorted((one.one_id, one.other_id)) for one in commands}
    apart = [one for one in commands if not one.is_withdrawn]
    NotSame.objects.bulk_create(
        (
            NotSame(
                one_id=pairs[one.id][0], other_id=pairs[one.id][1],
                reason=one.reason, by_id=actor.user_id, at=at,
            )
            for one in apart
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    _delete(LikePair._meta.db_table, [pairs[one.id] for one in apart])
    _delete(NotSame._meta.db_table, [pairs[one.id] for one in commands if one.is_withdrawn])
    audit.record(
        (
            (
                "venues.together_again" if one.is_withdrawn else "venues.keep_apart",
                "venue", str(pairs[one.id][0]), {"other": str(pairs[one.id][1]), "reason": one.reason},
            )
            for one in commands
        ),
        actor=actor,
        at=at,
    )  # fmt: skip


def _delete(table: str, pairs: Sequence[Sequence[UUID]]) -> None:
    if pairs:
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {table} t USING unnest(%s::uuid[], %s::uuid[]) AS n(one, other)"
                " WHERE t.one_id = n.one AND t.other_id = n.other",
                [[one for one, _ in pairs], [other for _, other in pairs]],
            )
