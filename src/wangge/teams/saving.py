"""Teams written whole: a fate each. Rule: TM-1, TM-2, TM-4, TM-5, TM-7."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from wangge.accounts import queries as accounts
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.batches import apply_once
from wangge.kernel.clock import CHINA
from wangge.kernel.datum import check_position
from wangge.kernel.errors import NotVisible, Refused, VersionConflict
from wangge.kernel.fates import Fate
from wangge.kernel.paths import is_within
from wangge.kernel.secrets import encrypt
from wangge.teams.models import Equipment, Team, TeamChange, TeamKind, TeamMember
from wangge.teams.queries import phone_of, shown_name
from wangge.teams.rules import NotARightTeam, TeamDuty, check_phone, is_masked, next_due
from wangge.teams.schemas import EquipmentIn, TeamIn, TeamMemberIn

WRITE = "teams.write"
TEAM_FIELDS = ("kind", "name", "path", "lon", "lat", "address", "radius_m", "areas")


@dataclass(slots=True)
class Ground:
    """What the teams of one batch are judged by, and what will be written."""

    actor: Actor
    at: datetime
    standing: dict[UUID, Team]  # visible and locked
    hidden: set[UUID]
    kinds: frozenset[str]
    people: Mapping[int, str]  # whom the caller may name → where they act
    members: dict[UUID, TeamMember]
    pieces: dict[UUID, Equipment]
    codes: dict[str, UUID]  # whose they are
    teams: dict[UUID, Team] = field(default_factory=dict)
    new_members: list[TeamMember] = field(default_factory=list)
    new_pieces: list[Equipment] = field(default_factory=list)


def save_teams(teams: Sequence[TeamIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Add or change teams with their people and equipment, one fate an item, in order.

    Shape:  len(fates) == len(teams); a repeated command id gives the fate of its first time.
    Raises: NotYourRole, TooMany; for a single item nothing: a refusal is a fate.
    Rule:   TM-1, TM-2, TM-4, TM-5.
    """
    actor.check_can(WRITE)

    def settle(fresh: Sequence[TeamIn]) -> dict[UUID, Fate]:
        ground = _ground(fresh, actor, at)
        fates = {one.id: _save(one, ground) for one in fresh}
        _write(ground)
        return fates

    return apply_once(teams, settle, kind="teams.save", actor=actor, at=at)


def _ground(teams: Sequence[TeamIn], actor: Actor, at: datetime) -> Ground:
    ids = {one.team_id for one in teams}
    standing = Team.objects.owned_by(actor).filter(pk__in=ids).select_for_update().order_by("pk").in_bulk()
    named = {m.user_id for one in teams for m in one.members if m.user_id is not None}
    acting = accounts.get_actors(sorted(named), at.astimezone(CHINA).date())
    member_ids = {m.id for one in teams for m in one.members}
    piece_ids = {e.id for one in teams for e in one.equipment}
    return Ground(
        actor=actor,
        at=at,
        standing=standing,
        hidden=set(Team.objects.filter(pk__in=ids).values_list("pk", flat=True)) - standing.keys(),
        kinds=frozenset(TeamKind.objects.values_list("code", flat=True)),
        people={key: one.scope for key, one in acting.items()},
        members=TeamMember.objects.select_related("user").in_bulk(member_ids),
        pieces=Equipment.objects.in_bulk(piece_ids),
        codes=dict(
            Team.objects.filter(code__in={one.code for one in teams} - {None, ""}).values_list("code", "pk")
        ),
    )


def _save(given: TeamIn, ground: Ground) -> Fate:
    try:
        team = _check(given, ground)
        members = [_member(one, n, team, ground) for n, one in enumerate(given.members, 1)]
        pieces = [_piece(one, team, ground) for one in given.equipment]
        _check_once(given)
    except Refused as refusal:
        return Fate.refused(given.id, refusal)
    for name in TEAM_FIELDS:
        setattr(team, name, getattr(given, name))
    if given.code is not None:
        team.code = given.code
        ground.codes[team.code] = team.pk
    if not is_masked(given.duty_phone) and given.duty_phone != phone_of(team.sealed_duty_phone):
        team.sealed_duty_phone = encrypt(given.duty_phone) if given.duty_phone else None
    team.version += 1
    team.updated_at = ground.at
    ground.standing[team.pk] = ground.teams[team.pk] = team
    ground.new_members = [one for one in ground.new_members if one.team_id != team.pk] + members
    ground.new_pieces = [one for one in ground.new_pieces if one.team_id != team.pk] + pieces
    return Fate.applied(given.id, team_id=str(team.pk), version=team.version)


def _check(given: TeamIn, ground: Ground) -> Team:
    """Return the team as it stands. Raises: NotVisible, VersionConflict, NotARightTeam, Unreadable."""
    if given.team_id in ground.hidden or not ground.actor.covers(given.path):
        raise NotVisible()
    if not all(ground.actor.covers(area) for area in given.areas):
        raise NotVisible()
    team = ground.standing.get(given.team_id)
    version = team.version if team else 0
    if version != given.base_version:
        raise VersionConflict(current=version, given=given.base_version)
    check_position(given.lon, given.lat)
    check_phone("" if is_masked(given.duty_phone) else given.duty_phone)
    if given.kind not in ground.kinds and (team is None or team.kind != given.kind):
        raise NotARightTeam(why_zh="规则包中没有这种队伍类型。", why_en="The pack has no such kind of team.")
    if given.code and ground.codes.get(given.code, given.team_id) != given.team_id:
        raise NotARightTeam(why_zh="编号已被另一支队伍使用。", why_en="Another team has this code.")
    return team or Team(id=given.team_id, created_at=ground.at, version=0)


def _check_once(given: TeamIn) -> None:
    """Raises: NotARightTeam of two leaders, or one person twice. Rule: TM-5."""
    if sum(one.duty is TeamDuty.LEADER for one in given.members) > 1:
        raise NotARightTeam(why_zh="一支队伍只有一名队长。", why_en="A team has one leader.")
    users = [one.user_id for one in given.members if one.user_id is not None]
    ids = [one.id for one in given.members] + [one.id for one in given.equipment]
    if len(set(users)) < len(users) or len(set(ids)) < len(ids):
        raise NotARightTeam(why_zh="同一人或同一器材出现了两次。", why_en="Somebody stands twice.")


def _member(given: TeamMemberIn, position: int, team: Team, ground: Ground) -> TeamMember:
    known = ground.members.get(given.id)
    if known is not None and known.team_id != team.pk:
        raise NotVisible()
    member = TeamMember(id=given.id, team=team, duty=given.duty.value, position=position)
    if given.user_id is not None:
        if known is None or known.user_id != given.user_id:
            _check_may_name(given.user_id, ground)
        member.user_id = given.user_id
    elif known is not None and is_masked(given.name):
        if given.name != shown_name(known) or known.user_id is not None:
            raise NotARightTeam(why_zh="姓名不能含有星号。", why_en="A name holds no star.")
        member.name = known.name
    elif given.name and not is_masked(given.name):
        member.name = given.name
    else:
        raise NotARightTeam(why_zh="请写明队员姓名。", why_en="Name the member of the team.")
    if is_masked(given.phone):
        member.sealed_phone = known.sealed_phone if known else None
    elif check_phone(given.phone):
        member.sealed_phone = encrypt(given.phone)
    return member


def _check_may_name(user_id: int, ground: Ground) -> None:
    """Raises: NotVisible for somebody whose post lies neither in the caller's territory nor around it."""
    scope = ground.people.get(user_id)
    mine = ground.actor.scope
    if scope is None or not (is_within(scope, mine) or is_within(mine, scope)):
        raise NotVisible()


def _piece(given: EquipmentIn, team: Team, ground: Ground) -> Equipment:
    known = ground.pieces.get(given.id)
    if known is not None and known.team_id != team.pk:
        raise NotVisible()
    last_on = given.last_on or (known.last_on if known else None)
    kept = known is not None and (known.interval_days, known.last_on) == (given.interval_days, last_on)
    due = next_due(last_on, given.interval_days, on=ground.at.astimezone(CHINA).date())
    return Equipment(
        **given.model_dump(exclude={"last_on"}),
        team=team,
        last_on=last_on,
        next_due_on=known.next_due_on if known and kept else due,
    )


def _write(ground: Ground) -> None:
    teams = list(ground.teams.values())
    new = [team for team in teams if team._state.adding]
    Team.objects.bulk_create(new)
    fields = [*TEAM_FIELDS, "code", "sealed_duty_phone", "version", "updated_at"]
    Team.objects.bulk_update([team for team in teams if team not in new], fields)
    TeamMember.objects.filter(team__in=teams).delete()
    TeamMember.objects.bulk_create(ground.new_members)
    Equipment.objects.filter(team__in=teams).delete()
    Equipment.objects.bulk_create(ground.new_pieces)
    note([(team, "saved", {"version": str(team.version)}) for team in teams], ground.actor, ground.at)


def note(lines: Iterable[tuple[Team, str, Mapping[str, str]]], actor: Actor, at: datetime) -> None:
    """Write what became of teams into their history and the audit trail. Rule: TM-7."""
    given = list(lines)
    TeamChange.objects.bulk_create(
        TeamChange(team=team, at=at, by_id=actor.user_id, what=what, detail=dict(detail))
        for team, what, detail in given
    )
    audit.record(
        ((f"teams.{what}", "team", str(team.pk), detail) for team, what, detail in given), actor=actor, at=at
    )
