"""From plan rules to orders, set by set: the rules are decided on kinds of subjects, the rows are SQL's."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db import connection

from wangge.checklists import queries as checklists
from wangge.checklists.schemas import ChecklistOut
from wangge.kernel import calendars
from wangge.kernel.partitions import ensure_months
from wangge.kernel.paths import ancestors
from wangge.orders import month_tables, plan_sql, subject_sql
from wangge.orders.models import PlanRule
from wangge.orders.refusals import ChecklistMissing, TooManySpells
from wangge.orders.rules import LAYER, Anchor, SubjectKind, stamp_of
from wangge.orders.schemas import PlanOut, PlanRequest
from wangge.orders.season_rules import Spell, Turn
from wangge.orders.seasons import Lines, NamedTurn, find_spells
from wangge.territory import queries as territory

NEVER = date(1, 1, 1)  # of a subject that nobody visited, or whose rules do not ask
MOST_BITS = 62  # tags and territories that decide of a rule: one bit each in a bigint


@dataclass(slots=True)
class Plan:
    """What a planning run knows before it makes the first order."""

    kind: SubjectKind
    scope: str
    request: PlanRequest
    today: date
    pack_version: str
    tags: list[str]  # the tags that decide of a rule
    spell_paths: list[str]  # the territories of declared seasons
    mask: str  # SQL: which of the tags a subject carries and which of the territories it lies in, as bits
    anchored: list[str] | None  # classes with a rule that counts from the last visit; None: no such rule
    kinds: list[dict[str, Any]] = field(default_factory=list)
    turns: list[NamedTurn] = field(default_factory=list)
    members: dict[str, int] = field(default_factory=dict)
    without_rule: int = 0
    orphans: int = 0

    def parameters(self, turns: Sequence[NamedTurn] = ()) -> dict[str, Any]:
        starts = [turn.starts_on for _, turn in turns]
        return {
            "kind": self.kind.value,
            "today": self.today,
            "anchored": self.anchored,
            "low": month_tables.bounds(min(starts))[0] if starts else None,
            "high": month_tables.bounds(max(starts))[1] if starts else None,
            "scope": pattern(self.scope),
            "kinds": json.dumps(self.kinds),
            "periods": json.dumps([_turn(*turn) for turn in turns]),
            "spell_paths": [pattern(path) for path in self.spell_paths],
            "paths": list(self.members),
            "members": list(self.members.values()),
            "starts_on": self.request.starts_on,
            "ends_on": self.request.ends_on,
            "pack_version": self.pack_version,
            "tags": self.tags,
        }


@dataclass(slots=True)
class Tally:
    """Orders by rule, as they are made."""

    by_rule: Counter[str] = field(default_factory=Counter)
    unassigned: int = 0
    withdrawn: int = 0
    already_there: int = 0

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Count what was made; the row without a rule says how many are owed in all."""
        made = owed = 0
        for rule, count, unassigned in rows:
            if rule is None:
                owed = count
                continue
            self.by_rule[rule] += count
            self.unassigned += unassigned
            made += count
        self.already_there += max(0, owed - made)

    def again(self, rows: Iterable[Sequence[Any]]) -> None:
        """Count what a withdrawal left open and was made after all: it had been counted as there."""
        for rule, count, unassigned in rows:
            if rule is not None:
                self.by_rule[rule] += count
                self.unassigned += unassigned
                self.already_there -= count


def prepare(request: PlanRequest, scope: str, *, today: date, only_known: bool = False) -> list[Plan]:
    """Return what there is to plan in `scope`, a plan a kind of subject, with the checklists that hold today.

    `only_known` leaves out what reaches into a year that nobody knows, instead of planning nothing.
    Raises: ChecklistMissing; YearUnknown when the calendar does not reach so far; TooManySpells.
    Rule:   OR-1 (which rule wins), OR-2 (periods), OR-3, OR-6 (who is left out), OR-17 … OR-19 (seasons),
            OR-29 (kinds of subjects), OR-30 (from the last visit).
    """
    found = list(PlanRule.objects.filter(is_active=True).order_by("code"))
    version = found[0].pack_version if found else ""
    wanted = {rule.season for rule in found if rule.season}
    calendar = calendars.in_force().of(scope)
    spells = find_spells(wanted, scope, calendar, request.starts_on, request.ends_on)
    lists = checklists.in_force({rule.checklist_code for rule in found}, today)
    plans = []
    for kind in SubjectKind:
        rules = [rule for rule in found if rule.subject == kind]
        if not rules and kind is not SubjectKind.VENUE:
            continue
        plan = _plan_of(kind, rules, spells, request, scope, today, version)
        lines = Lines(rules, spells, request, calendar, today=today, only_known=only_known)
        _decide(plan, lines, lists)
        plans.append(plan)
    return plans


def _plan_of(
    kind: SubjectKind,
    rules: Sequence[PlanRule],
    spells: Sequence[Spell],
    request: PlanRequest,
    scope: str,
    today: date,
    version: str,
) -> Plan:
    """Return the plan before anything is decided. Raises: TooManySpells."""
    tags = sorted({tag for rule in rules for tag in rule.tags})
    paths = sorted({spell.path for spell in spells if spell.path})
    if len(tags) + len(paths) > MOST_BITS:
        raise TooManySpells(count=len(paths), most=MOST_BITS - len(tags))
    counted = [rule for rule in rules if rule.anchor == Anchor.VISIT]
    anchored = sorted({one for rule in counted for one in rule.classes})
    everywhere = any(not rule.classes for rule in counted)
    return Plan(
        kind=kind,
        scope=scope,
        request=request,
        today=today,
        pack_version=version,
        tags=tags,
        spell_paths=paths,
        mask=_mask(tags, paths),
        anchored=[] if everywhere else anchored or None,
    )


def _decide(plan: Plan, lines: Lines, lists: Mapping[str, ChecklistOut]) -> None:
    """Let the rules say what each kind of subject is owed. Raises: ChecklistMissing, YearUnknown."""
    for class_code, mask, anchor, count in _look_around(plan):
        inside = [path for n, path in enumerate(plan.spell_paths) if mask >> (len(plan.tags) + n) & 1]
        tags = [tag for n, tag in enumerate(plan.tags) if mask >> n & 1]
        owed = lines.of(class_code, tags, inside, None if anchor == NEVER else anchor)
        if not owed:
            plan.without_rule += count
        for line in owed:
            rule = line.rule
            if rule.checklist_code not in lists:
                raise ChecklistMissing(rule=rule.code, checklist=rule.checklist_code, on=plan.today)
            plan.kinds.append(
                {
                    "class_code": class_code,
                    "mask": mask,
                    "anchor": anchor.isoformat(),
                    "rule_code": rule.code,
                    "other_rules": line.others,
                    "season": rule.season,
                    "line": line.name,
                    "checklist_id": lists[rule.checklist_code].id,
                    "is_anchored": line.is_anchored,
                }
            )
    plan.turns = lines.turns()


def _look_around(plan: Plan) -> list[tuple[str, int, date, int]]:
    """Return the kinds of subjects with how many there are; note orphans, and who covers each grid."""
    kinds, grids = [], []
    for class_code, mask, anchor, grid, places in rows_of(plan_sql.KINDS, plan):
        if grid is not None:
            grids.append(grid)
        elif mask is not None:
            kinds.append((class_code, mask, anchor, places))
        elif class_code is not None:
            plan.orphans += places
    plan.members = members_of(grids)
    return kinds


def count(plan: Plan) -> PlanOut:
    """Return what `make` would do."""
    tally = Tally()
    for _, turns in _months(plan):
        tally.add(rows_of(plan_sql.WOULD_MAKE, plan, turns))
    return _out(plan, tally)


def make(plan: Plan) -> PlanOut:
    """Make the orders: a month that has no table yet is filled bare and indexed afterwards.

    Rule: OR-5; OR-20: what is owed no more is withdrawn, and what that leaves open again is made.
    """
    tally = Tally()
    month_tables.lock()
    may_supersede = rows_of(plan_sql.STANDS, plan)[0][0]
    for month, turns in _months(plan):
        if month_tables.is_free(month):
            name = month_tables.create_bare(month)
            with connection.cursor() as cursor:
                statement = plan_sql.INSERT.replace("{table}", name)
                cursor.execute(fill(statement, plan), plan.parameters(turns))
            tally.add(rows_of(plan_sql.MADE.replace("{table}", name), plan))
            month_tables.attach(month)
        else:
            ensure_months(month_tables.TABLE, month, month)
            tally.add(rows_of(plan_sql.ADD, plan, turns))
    tally.withdrawn = _withdraw(plan) if may_supersede else 0
    if tally.withdrawn:
        for _, turns in _months(plan):
            tally.again(rows_of(plan_sql.ADD, plan, turns))
        tally.withdrawn += _withdraw(plan)
    return _out(plan, tally)


def _withdraw(plan: Plan) -> int:
    with connection.cursor() as cursor:
        count = 0
        for statement in plan_sql.WITHDRAW:
            cursor.execute(fill(statement, plan), plan.parameters())
            count += cursor.rowcount
        lines = {kind["line"] for kind in plan.kinds if kind["is_anchored"]}
        if lines:
            turns = [one for one in plan.turns if one[0] in lines]
            cursor.execute(fill(plan_sql.WITHDRAW_STALE, plan), plan.parameters(turns))
            count += cursor.rowcount
    return count


def _out(plan: Plan, tally: Tally) -> PlanOut:
    return PlanOut(
        made=sum(tally.by_rule.values()),
        already_there=tally.already_there,
        by_rule=dict(sorted(tally.by_rule.items())),
        withdrawn=tally.withdrawn,
        unassigned=tally.unassigned,
        venues_without_rule=plan.without_rule if plan.kind is SubjectKind.VENUE else 0,
        orphans=plan.orphans if plan.kind is SubjectKind.VENUE else 0,
    )


def rows_of(statement: str, plan: Plan, turns: Sequence[NamedTurn] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a statement of planning, with what is due filled in."""
    with connection.cursor() as cursor:
        cursor.execute(fill(statement, plan), plan.parameters(turns))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def fill(statement: str, plan: Plan) -> str:
    """Return a statement of planning for the kind of subject that is planned."""
    same = subject_sql.SAME[plan.kind]
    seen = plan_sql.SEEN_BY_SHORTER
    for mark, text in (
        ("{due}", plan_sql.DUE),
        ("{seen}", seen.replace("{same}", same.format(x="d")).replace("<x>", "d")),
        ("{seen_o}", seen.replace("{same}", same.format(x="o")).replace("<x>", "o")),
        ("{same_o}", same.replace("n.", "o.").format(x="x")),
        ("{subjects}", subject_sql.SUBJECTS[plan.kind]),
        ("{mask}", plan.mask),
        ("{anchor}", _anchor(plan.anchored)),
    ):
        statement = statement.replace(mark, text)
    return statement


def _anchor(classes: list[str] | None) -> str:
    """Return the SQL of the day from which a subject's due days are counted, as far as a rule asks."""
    never = f"DATE '{NEVER}'"
    if classes is None:
        return never
    day = f"coalesce(v.seen_on, {never})"
    return (
        f"CASE WHEN v.class_code = ANY(%(anchored)s::text[]) THEN {day} ELSE {never} END" if classes else day
    )


def _months(plan: Plan) -> list[tuple[date, list[NamedTurn]]]:
    """Return the turns by the month in which they start, which is the month of their orders' ids."""
    by_start = sorted(plan.turns, key=lambda one: one[1].starts_on)
    return [
        (month, list(turns))
        for month, turns in groupby(by_start, key=lambda one: one[1].starts_on.replace(day=1))
    ]


def _turn(line: str, turn: Turn[PlanRule]) -> dict[str, Any]:
    milliseconds = int(stamp_of(turn.starts_on, is_seasonal=bool(turn.rule.season)).timestamp() * 1000)
    return {
        "line": line,
        "starts_on": turn.starts_on.isoformat(),
        "ends_on": turn.ends_on.isoformat(),
        "due_on": turn.due_on.isoformat(),
        "days": [day.isoformat() for day in turn.days],
        "stamp": f"{milliseconds:012x}",
        "under": [[day.isoformat() for day in days] for days in turn.under] or None,
    }


def members_of(paths: Iterable[str]) -> dict[str, int]:
    """Return who covers each path: the primary member of the longest path that has one (WH-07)."""
    chains = {path: ancestors(path)[::-1] for path in paths}
    known = territory.members_of({step for chain in chains.values() for step in chain}, LAYER)
    found = {
        path: next((known[step] for step in chain if step in known), None) for path, chain in chains.items()
    }
    return {path: member for path, member in found.items() if member is not None}


def _mask(tags: Sequence[str], paths: Sequence[str]) -> str:
    """Return the SQL of the bits: one for each tag carried, then one for each territory around the place."""
    wanted = "v.tags @> ARRAY[(%(tags)s::varchar[])[{}]]"
    bits = [f"CASE WHEN {wanted.format(n + 1)} THEN {1 << n} ELSE 0 END" for n in range(len(tags))]
    within = "v.grid_path LIKE (%(spell_paths)s::text[])[{}]"
    bits += [
        f"CASE WHEN {within.format(n + 1)} THEN {1 << len(tags) + n} ELSE 0 END" for n in range(len(paths))
    ]
    return f"({' + '.join(bits)})::bigint" if bits else "0::bigint"


def pattern(scope: str) -> str:
    """Return the LIKE pattern of a subtree."""
    return scope.replace("_", r"\_") + "%"


def days_ahead(today: date, days: int) -> PlanRequest:
    """Return the request for `days` days from today."""
    return PlanRequest(starts_on=today, ends_on=today + timedelta(days=days))
