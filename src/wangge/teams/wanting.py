"""What teams have, what the pack asks of their kind, and so what they lack. Rule: TM-3."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Count, Min, Sum

from wangge.teams.models import Equipment, Team, TeamKind, TeamMember
from wangge.teams.rules import Asked, Facts, TeamDuty, Want, wants_of

Kinds = Mapping[str, tuple[TeamKind, Asked]]


def asked_of(kinds: Iterable[TeamKind]) -> Kinds:
    """Return each kind with what the pack asks of it."""
    return {
        kind.code: (
            kind,
            Asked(kind.least_people, {one["code"]: one["at_least"] for one in kind.equipment}),
        )
        for kind in kinds
    }


def facts_of(team_ids: Iterable[UUID]) -> Mapping[UUID, Facts]:
    """Return what each team has, in three statements. Rule: TM-3."""
    ids = list(team_ids)
    people = dict(TeamMember.objects.filter(team_id__in=ids).values_list("team_id").annotate(Count("pk")))
    led = set(
        TeamMember.objects.filter(team_id__in=ids, duty=TeamDuty.LEADER).values_list("team_id", flat=True)
    )
    pieces: dict[UUID, dict[str, int]] = defaultdict(dict)
    due: dict[UUID, date] = {}
    grouped = Equipment.objects.filter(team_id__in=ids).values_list("team_id", "kind")
    for team_id, kind, count, first in grouped.annotate(Sum("count"), Min("next_due_on")):
        pieces[team_id][kind] = count
        if first is not None:
            due[team_id] = min(first, due.get(team_id, first))
    return {one: Facts(people.get(one, 0), one in led, pieces[one], due.get(one)) for one in ids}


def wants_of_teams(
    teams: Sequence[Team], kinds: Kinds, *, on: date
) -> Mapping[UUID, tuple[Facts, list[Want]]]:
    """Return what each team has and lacks."""
    facts = facts_of(team.pk for team in teams)
    nothing = Asked()
    return {
        team.pk: (
            facts[team.pk],
            wants_of(facts[team.pk], kinds[team.kind][1] if team.kind in kinds else nothing, on=on),
        )
        for team in teams
    }
