"""Equipment looked after, teams that end, people shown unmasked. Rule: TM-4, TM-5, TM-7."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.batches import apply_once
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Refused, VersionConflict
from wangge.kernel.fates import Fate
from wangge.teams.models import Equipment, Team, TeamMember
from wangge.teams.queries import phone_of
from wangge.teams.rules import NotARightTeam, next_due
from wangge.teams.saving import WRITE, note
from wangge.teams.schemas import MaintainIn, RevealedPerson, TeamEndIn


def record_maintenance(done: Sequence[MaintainIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Note that pieces were looked after, one fate an item; the next time is counted from the latest day.

    Raises: NotYourRole, TooMany. Rule: TM-4 (GQ-08).
    """
    actor.check_can(WRITE)
    today = at.astimezone(CHINA).date()

    def settle(fresh: Sequence[MaintainIn]) -> dict[UUID, Fate]:
        own = Equipment.objects.filter(pk__in={one.equipment_id for one in fresh})
        own = own.filter(team__path__startswith=actor.scope).select_related("team")
        pieces = own.select_for_update(of=("self",)).order_by("pk").in_bulk()
        fates, lines = {}, []
        for one in fresh:
            piece = pieces.get(one.equipment_id)
            if piece is None:
                fates[one.id] = Fate.refused(one.id, NotVisible())
            elif one.done_on > today:
                late = NotARightTeam(why_zh="日期不能晚于今天。", why_en="The day lies in the future.")
                fates[one.id] = Fate.refused(one.id, late)
            else:
                piece.last_on = max(one.done_on, piece.last_on or one.done_on)
                piece.next_due_on = next_due(piece.last_on, piece.interval_days, on=today)
                detail = {"name": piece.name, "on": one.done_on.isoformat(), "note": one.note}
                lines.append((piece.team, "maintained", detail))
                fates[one.id] = Fate.applied(
                    one.id, next_due_on=piece.next_due_on.isoformat() if piece.next_due_on else None
                )
        Equipment.objects.bulk_update(pieces.values(), ["last_on", "next_due_on"])
        note(lines, actor, at)
        return fates

    return apply_once(done, settle, kind="teams.maintain", actor=actor, at=at)


def end_teams(given: Sequence[TeamEndIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """End teams, or let them stand again, with a reason; one fate an item.

    Raises: NotYourRole, TooMany. Rule: TM-7.
    """
    actor.check_can(WRITE)

    def settle(fresh: Sequence[TeamEndIn]) -> dict[UUID, Fate]:
        own = Team.objects.owned_by(actor).filter(pk__in={one.team_id for one in fresh})
        teams = own.select_for_update().order_by("pk").in_bulk()
        fates, lines = {}, []
        for one in fresh:
            try:
                team = _turned(teams.get(one.team_id), one, at)
            except Refused as refusal:
                fates[one.id] = Fate.refused(one.id, refusal)
                continue
            lines.append((team, "stands" if one.is_standing else "ended", {"reason": one.reason}))
            fates[one.id] = Fate.applied(one.id, version=team.version)
        Team.objects.bulk_update(teams.values(), ["is_standing", "version", "updated_at"])
        note(lines, actor, at)
        return fates

    return apply_once(given, settle, kind="teams.end", actor=actor, at=at)


def _turned(team: Team | None, given: TeamEndIn, at: datetime) -> Team:
    if team is None:
        raise NotVisible()
    if team.version != given.base_version:
        raise VersionConflict(current=team.version, given=given.base_version)
    team.is_standing = given.is_standing
    team.version += 1
    team.updated_at = at
    return team


@transaction.atomic
def reveal_member(member_id: UUID, reason: str, *, actor: Actor, at: datetime) -> RevealedPerson:
    """Return the name and phone of a member as they are, and leave an audit row with the reason.

    Raises: NotYourRole, NotVisible. Rule: TM-5 (domain.md §2.15).
    """
    actor.check_can("teams.reveal")
    teams = Team.objects.visible_to(actor)
    member = TeamMember.objects.filter(team__in=teams, pk=member_id).select_related("user").first()
    if member is None:
        raise NotVisible()
    audit.record([("teams.reveal", "team_member", str(member.pk), {"reason": reason})], actor=actor, at=at)
    name = member.user.name if member.user else member.name
    return RevealedPerson(name=name, address=phone_of(member.sealed_phone))
