"""The city's own matters come into force and go out of it by editions, one writer at a time."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet

from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Unreadable
from wangge.matters.models import Admission, Timing
from wangge.matters.rules import Stage


def lock_catalogue() -> Timing:
    """Let one writer at a time number matters and begin editions. Raises: Unreadable without a pack."""
    with connection.cursor() as cursor:  # not on the row: the next edition has another one
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('matters.catalogue', 0))")
    timing = Timing.objects.filter(is_active=True).first()
    if timing is None:
        raise Unreadable(field="pack", why_zh="尚未安装规则包", why_en="no pack is installed")
    return timing


@transaction.atomic
def bring_into_force(*, at: datetime) -> bool:
    """Begin the next edition if a day has come for a matter of the city; False if none has. Rule: MA-8."""
    lock_catalogue()
    return switch(at.astimezone(CHINA).date())


def switch(today: date) -> bool:
    """Switch versions in and out in three statements; a case reads the edition with its next statement."""
    timing = Timing.objects.filter(is_active=True).first()
    in_force = Admission.objects.filter(edition_from__isnull=False, edition_to__isnull=True)
    coming = list(_due_in(today))
    newest = {row.code: row.pk for row in coming}
    going = in_force.filter(Q(withdrawn_on__lte=today) | Q(code__in=newest))
    if timing is None or not (newest or going.exists()):
        return False
    edition = (Timing.objects.aggregate(last=Max("edition"))["last"] or 0) + 1
    going.update(edition_to=edition)
    overtaken = [row.pk for row in coming if newest[row.code] != row.pk]
    Admission.objects.filter(pk__in=newest.values()).update(edition_from=edition)
    Admission.objects.filter(pk__in=overtaken).update(edition_from=edition, edition_to=edition)
    Timing.objects.filter(pk=timing.pk).update(is_active=False)
    timing.pk, timing.edition, timing.is_active = None, edition, True
    timing.save(force_insert=True)
    return True


def _due_in(today: date) -> QuerySet[Admission]:
    """Return versions whose day has come, by code and then by number: of two the later one holds."""
    due = Admission.objects.filter(
        Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=today),
        stage__in=[Stage.ADMITTED, Stage.WITHDRAWN],
        edition_from__isnull=True,
        effective_on__lte=today,
    )
    return due.order_by("code", "number")
