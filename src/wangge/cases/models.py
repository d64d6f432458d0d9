"""One matter, followed until somebody else has verified that it is fixed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import ExpressionWrapper, F, Q

from wangge.accounts.models import Department
from wangge.cases.deadlines import STILL
from wangge.cases.rules import Channel, Light, Status
from wangge.kernel.actor import Actor
from wangge.venues.models import Venue


def _share(start: str, end: str, pct: int) -> ExpressionWrapper[Any]:
    """Return the moment at which a clock turns yellow, as SQL."""
    spell = ExpressionWrapper(F(end) - F(start), output_field=models.DurationField())
    part = ExpressionWrapper(spell * (pct / 100), output_field=models.DurationField())
    return ExpressionWrapper(F(start) + part, output_field=models.DateTimeField())


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, actor: Actor) -> Self:
        """Scope first; a citizen sees the own reports, a department its own cases. Fails closed."""
        cases = self.filter(grid_path__startswith=actor.scope)
        if actor.can("cases.handle"):
            return cases.filter(department_id=actor.department_id) if actor.department_id else cases.none()
        if actor.role == "citizen":
            return cases.filter(reporter_id=actor.user_id)
        return cases if actor.can("cases.read") else cases.none()

    def with_light(self, light: Light, at: datetime, *, yellow_at_pct: int) -> Self:
        """Return the cases that show `light` at the moment: the same as `deadlines.light` (CS-6)."""
        runs = ~Q(status__in=[status.value for status in STILL])
        has_clock = Q(due_at__isnull=False) | Q(stage_due_at__isnull=False)
        red = Q(due_at__lte=at) | Q(stage_due_at__lte=at)
        yellow = Q(due_at__isnull=False, _yellow_at__lte=at) | Q(
            stage_due_at__isnull=False, _stage_yellow_at__lte=at
        )
        wanted = {
            Light.RED: runs & red,
            Light.YELLOW: runs & yellow & ~red,
            Light.GREEN: runs & has_clock & ~red & ~yellow,
            Light.NONE: ~runs | ~has_clock,
        }[light]
        return self.alias(
            _yellow_at=_share("reported_at", "due_at", yellow_at_pct),
            _stage_yellow_at=_share("stage_started_at", "stage_due_at", yellow_at_pct),
        ).filter(wanted)


class Case(models.Model):
    """One matter, followed until somebody else has verified it."""

    id = models.UUIDField(primary_key=True)  # made where the fact is made: a retry is the same row
    grid_path = models.CharField(max_length=64)
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, related_name="+")
    order_id = models.UUIDField(
        null=True
    )  # the order whose failed item this is; a plain id, orders live above
    channel = models.CharField(max_length=16)
    matter_code = models.CharField(max_length=16)
    severity = models.CharField(max_length=16)
    text = models.TextField(blank=True)
    address = models.CharField(max_length=255, blank=True)
    lon = models.FloatField()  # WGS-84
    lat = models.FloatField()
    photos = ArrayField(models.CharField(max_length=64), default=list)  # sha256, what the reporter saw
    pack_version = models.CharField(max_length=64)

    status = models.CharField(max_length=16, default=Status.REPORTED)
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    handler = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verifier = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    reported_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # the business clock; null while its year's calendar is unknown
    stage_started_at = models.DateTimeField()
    stage_due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # set while closed, rejected or merged
    rework = models.PositiveSmallIntegerField(default=0)
    fixed_on_spot = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    event_count = models.PositiveIntegerField(default=1)
    chain_head = models.BinaryField(max_length=32)  # hash of the last event

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in Status]), name="case_status_known"
            ),
            models.CheckConstraint(condition=Q(grid_path__endswith="."), name="case_grid_path_closed"),
            models.CheckConstraint(
                condition=Q(channel__in=[c.value for c in Channel]), name="case_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(handler__isnull=True) | ~Q(handler=F("reporter")),
                name="case_reporter_is_not_handler",
            ),
            models.CheckConstraint(
                condition=Q(verifier__isnull=True) | ~Q(verifier=F("reporter")),
                name="case_reporter_is_not_verifier",
            ),
            models.CheckConstraint(
                condition=Q(verifier__isnull=True) | Q(handler__isnull=True) | ~Q(verifier=F("handler")),
                name="case_handler_is_not_verifier",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False, status__in=["closed", "rejected", "merged"])
                | Q(closed_at__isnull=True) & ~Q(status__in=["closed", "rejected", "merged"]),
                name="case_closed_at_iff_ended",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CLOSED) | Q(fixed_on_spot=True) | Q(verifier__isnull=False),
                name="case_closed_by_another",
            ),
        ]
        indexes = [
            models.Index(
                fields=["grid_path", "id"], name="case_grid", opclasses=["varchar_pattern_ops", "uuid_ops"]
            ),
            models.Index(
                fields=["reported_at"], name="case_open", condition=Q(closed_at__isnull=True)
            ),  # status is in no index: a step stays a HOT update
            models.Index(fields=["reported_at", "id"], name="case_newest"),  # the list as it opens
            models.Index(fields=["venue", "reported_at"], name="case_venue"),
        ]


class CaseEvent(models.Model):
    """One immutable step or mark, chained by hash to the one before. Partitioned by month on its UUIDv7."""

    id = models.UUIDField(primary_key=True)  # the command's id
    case_id = models.UUIDField()
    seq = models.PositiveIntegerField()  # 1 is the report
    action = models.CharField(max_length=32)  # a step or a mark
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16)
    actor_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=64)
    role = models.CharField(max_length=32)
    at = models.DateTimeField()
    detail = models.JSONField(
        default=dict
    )  # reason, photos, department, position, deadline: whatever the step carried
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["case_id", "seq"], name="case_event_of_case")]
