"""Who covers a grid, from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.kernel.paths import check_closed
from wangge.territory.models import Duty, GridMember


class Appointment(NamedTuple):
    """Somebody covers a grid from a day on."""

    path: str
    user_id: int
    layer: str = "comprehensive"
    duty: str = Duty.PRIMARY
    slot: str = ""


@transaction.atomic
def appoint_members(
    appointments: Sequence[Appointment], *, actor: Actor, starts_on: date, at: datetime
) -> int:
    """Let people cover grids; a new primary member ends the former one's time. Returns how many are new.

    Raises: NotYourRole; NotVisible for a grid outside the caller's scope.
    Rule:   TE-9 (WH-07: one primary member a grid).
    """
    actor.check_can("territory.write")
    for one in appointments:
        if not actor.covers(check_closed(one.path)):
            raise NotVisible
    wanted = {(one.layer, one.path): one.user_id for one in appointments if one.duty == Duty.PRIMARY}
    held = GridMember.objects.select_for_update().filter(
        path__in={path for _, path in wanted}, duty=Duty.PRIMARY, ends_on__isnull=True
    )
    standing = {(member.layer, member.path): member for member in held}
    ended = [m.pk for key, m in standing.items() if key in wanted and m.user_id != wanted[key]]
    GridMember.objects.filter(pk__in=ended).update(ends_on=starts_on)
    new = [one for one in appointments if not _stands(one, standing)]
    GridMember.objects.bulk_create(
        GridMember(
            path=one.path,
            layer=one.layer,
            user_id=one.user_id,
            duty=one.duty,
            slot=one.slot,
            starts_on=starts_on,
        )
        for one in new
    )
    audit.record(
        (("territory.appoint", "grid", one.path, {"user": one.user_id, "duty": one.duty}) for one in new),
        actor=actor,
        at=at,
    )
    return len(new)


def _stands(one: Appointment, standing: dict[tuple[str, str], GridMember]) -> bool:
    member = standing.get((one.layer, one.path))
    return one.duty == Duty.PRIMARY and member is not None and member.user_id == one.user_id
