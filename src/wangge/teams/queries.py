"""Reads of teams. Every one starts from visible_to(actor)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from wangge.accounts import queries as accounts
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.kernel.secrets import decrypt, mask_name, mask_phone
from wangge.teams.models import Team, TeamChange, TeamKind, TeamMember, TeamQuerySet
from wangge.teams.rules import Asked, Facts, TeamDuty, Want
from wangge.teams.schemas import (
    EquipmentAsked,
    EquipmentOut,
    TeamChangeOut,
    TeamDetail,
    TeamFilter,
    TeamKindOut,
    TeamMemberOut,
    TeamPage,
    TeamPersonOut,
    TeamPoint,
    TeamRow,
)
from wangge.teams.wanting import asked_of, wants_of_teams
from wangge.territory import queries as territory

READ = "teams.read"
COUNTED = 10_000
CHUNK = 500
CHANGES = 50
POINTS = 2_000


def list_kinds(actor: Actor) -> list[TeamKindOut]:
    """Return the kinds of teams of the active pack, with what each must have. Rule: TM-1."""
    actor.check_can(READ)
    rows = TeamKind.objects.order_by("position", "code")
    return [TeamKindOut.model_validate(row, from_attributes=True) for row in rows]


def list_teams(actor: Actor, filters: TeamFilter, *, on: date) -> TeamPage:
    """Return a page of teams by name; `only_wanting`: those that lack something.

    Raises: NotYourRole. Rule: TM-2, TM-3.
    """
    actor.check_can(READ)
    teams = _filtered(Team.objects.visible_to(actor), filters)
    after = territory.read_cursor(filters.cursor) if filters.cursor else ""
    rest = _after(teams, after)
    if filters.only_wanting:
        found, total = _wanting(actor, teams, after, filters.limit + 1, on)
    else:
        found = rows_of(actor, list(rest[: filters.limit + 1]), on=on)
        total = teams.order_by()[: COUNTED + 1].count()
    more, found = len(found) > filters.limit, found[: filters.limit]
    return TeamPage(
        items=found,
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=territory.make_cursor(f"{found[-1].name}\n{found[-1].id}") if more else None,
    )


def list_points(actor: Actor, box: tuple[float, float, float, float]) -> list[TeamPoint]:
    """Return the standing teams in a box (west, south, east, north; WGS-84), at most 2,000.

    Raises: NotYourRole.
    """
    actor.check_can(READ)
    west, south, east, north = box
    inside = Team.objects.visible_to(actor).filter(
        is_standing=True, lat__range=(south, north), lon__range=(west, east)
    )
    kinds = {row.code: row for row in TeamKind.objects.all()}
    rows = inside.order_by("name", "id").values_list("id", "name", "kind", "lon", "lat")
    return [
        TeamPoint(
            id=pk,
            name=name,
            kind_zh=kinds[kind].name_zh if kind in kinds else kind,
            kind_en=kinds[kind].name_en if kind in kinds else kind,
            lon=lon,
            lat=lat,
        )
        for pk, name, kind, lon, lat in rows[:POINTS]
    ]


def _filtered(teams: TeamQuerySet, filters: TeamFilter) -> TeamQuerySet:
    teams = teams.filter(is_standing=True)
    if filters.q:
        teams = teams.filter(Q(name__contains=filters.q.strip()) | Q(address__contains=filters.q.strip()))
    if filters.kind:
        teams = teams.filter(kind=filters.kind)
    if filters.within:
        teams = teams.filter(path__startswith=filters.within)
    return teams


def _after(teams: TeamQuerySet, after: str) -> TeamQuerySet:
    if after:
        name, _, key = after.rpartition("\n")
        teams = teams.filter(Q(name__gt=name) | Q(name=name, pk__gt=key))
    return teams.order_by("name", "pk")


def _wanting(
    actor: Actor, teams: TeamQuerySet, after: str, count: int, on: date
) -> tuple[list[TeamRow], int]:
    """Return the first `count` teams after `after` that lack something, and how many do in all."""
    found: list[TeamRow] = []
    total = 0
    begins = tuple(after.rpartition("\n")[::2]) if after else ("", "")
    for start in range(0, COUNTED, CHUNK):
        chunk = list(teams.order_by("name", "pk")[start : start + CHUNK])
        lacking = [row for row in rows_of(actor, chunk, on=on) if row.wants]
        total += len(lacking)
        found += [row for row in lacking if (row.name, str(row.id)) > begins][: count - len(found)]
        if len(chunk) < CHUNK:
            break
    return found, total


def rows_of(actor: Actor, teams: Sequence[Team], *, on: date) -> list[TeamRow]:
    """Return teams as a list shows them, in a fixed number of statements."""
    if not teams:
        return []
    kinds = asked_of(TeamKind.objects.all())
    known = wants_of_teams(teams, kinds, on=on)
    places = territory.names_of({team.path for team in teams})
    leaders = TeamMember.objects.filter(team__in=teams, duty=TeamDuty.LEADER).select_related("user")
    led = {one.team_id: shown_name(one) for one in leaders}
    return [
        _row(actor, team, kinds.get(team.kind), *known[team.pk], places.get(team.path, team.path), led)
        for team in teams
    ]


def _row(
    actor: Actor,
    team: Team,
    kind: tuple[TeamKind, Asked] | None,
    facts: Facts,
    wants: list[Want],
    place: str,
    led: Mapping[UUID, str],
) -> TeamRow:
    return TeamRow(
        id=team.pk,
        code=team.code,
        kind=team.kind,
        kind_zh=kind[0].name_zh if kind else team.kind,
        kind_en=kind[0].name_en if kind else team.kind,
        name=team.name,
        path=team.path,
        place_name=place,
        lon=team.lon,
        lat=team.lat,
        address=team.address,
        is_standing=team.is_standing,
        is_own=actor.covers(team.path),
        people=facts.people,
        least_people=kind[1].least_people if kind else 0,
        leader_name=led.get(team.pk, ""),
        next_due_on=facts.first_due_on,
        wants=wants,
        is_confirmed=kind[0].is_confirmed if kind else True,
        version=team.version,
    )


def get_team(actor: Actor, team_id: UUID, *, on: date) -> TeamDetail:
    """Return a team with its people in the order of calling, its equipment and what became of it.

    Raises: NotYourRole, NotVisible. Rule: TM-2, TM-5, TM-7.
    """
    actor.check_can(READ)
    team = Team.objects.visible_to(actor).filter(pk=team_id).first()
    if team is None:
        raise NotVisible()
    [row] = rows_of(actor, [team], on=on)
    members = team.members.select_related("user").order_by("position")
    pieces = team.equipment.order_by("storage", "name", "pk")
    names = territory.names_of(team.areas)
    kind = TeamKind.objects.filter(pk=team.kind).first()
    return TeamDetail(
        **row.model_dump(),
        radius_m=team.radius_m,
        areas=team.areas,
        area_names=[names.get(path, path) for path in team.areas],
        duty_phone=phone_of(team.sealed_duty_phone),
        members=[
            TeamMemberOut(
                id=one.pk,
                user_id=one.user_id,
                name=shown_name(one),
                phone=mask_phone(phone_of(one.sealed_phone)),
                duty=TeamDuty(one.duty),
            )
            for one in members
        ],
        equipment=[EquipmentOut.model_validate(one, from_attributes=True) for one in pieces],
        asked=[EquipmentAsked(**one) for one in kind.equipment] if kind else [],
        changes=_changes_of(team),
        updated_at=team.updated_at,
    )


def _changes_of(team: Team) -> list[TeamChangeOut]:
    rows = list(TeamChange.objects.filter(team=team).order_by("-pk")[:CHANGES])
    names = accounts.names_of([row.by_id for row in rows])
    return [
        TeamChangeOut.model_validate(
            {"at": row.at, "by": names.get(row.by_id, ""), "what": row.what, "detail": row.detail}
        )
        for row in rows
    ]


def phone_of(sealed: bytes | memoryview | None) -> str:
    """Return the phone inside, "" of none."""
    return decrypt(sealed) if sealed else ""


def shown_name(member: TeamMember) -> str:
    """Return the name of staff as it is, that of an outside person masked. Rule: TM-5."""
    return member.user.name if member.user else mask_name(member.name)


def find_people(actor: Actor, q: str, *, on: date) -> list[TeamPersonOut]:
    """Return people with a post inside or above the caller's territory whose name begins so. Rule: AC-2."""
    actor.check_can("teams.write")
    found = accounts.find_people(q, around=actor.scope, on=on)
    return [
        TeamPersonOut(id=one.id, name=one.name, role=one.role, department_name=one.department_name)
        for one in found
    ]


class CallableTeam(NamedTuple):
    """A team that can be called to a place."""

    name: str
    target_minutes: int | None


def callable_teams(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, CallableTeam]:
    """Return those of the teams that stand, that the actor sees, and whose kind comes. Rule: TM-6, CS-45."""
    kinds = {one.code: one.target_minutes for one in TeamKind.objects.filter(comes=True)}
    found = Team.objects.visible_to(actor).filter(pk__in=set(ids), is_standing=True, kind__in=kinds)
    return {pk: CallableTeam(name, kinds[kind]) for pk, name, kind in found.values_list("pk", "name", "kind")}


def target_minutes_of(ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return the pack's minutes for each team, for rows that the caller was already allowed to see."""
    rows = TeamKind.objects.values_list("code", "target_minutes")
    minutes = {code: n for code, n in rows if n is not None}
    found = Team.objects.filter(pk__in=set(ids), kind__in=minutes).values_list("pk", "kind")
    return {pk: minutes[kind] for pk, kind in found}
