"""Late cases: the ladder in force, what it reached, what people did, what reporters were promised."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wangge.accounts.models import Department
from wangge.cases.models import Case
from wangge.oversight.rules import WANTS_ANSWER, ActKind


class OversightRules(models.Model):
    """Ladder, cards and promises of a pack version. The active row is in force; a version never changes."""

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64, unique=True)
    ladder = models.JSONField()
    cards = models.JSONField()
    promises = models.JSONField()
    answer_working_days = models.PositiveSmallIntegerField()  # for a letter of supervision
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="oversight_rules_one_active"
            )
        ]


class Escalation(models.Model):
    """A rung that a clock of a case reached. Its id is that of the mark on the case."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(
        Case, models.PROTECT, related_name="+", db_index=False
    )  # the key below begins so
    grid_path = models.CharField(max_length=64)
    department_id = models.BigIntegerField(null=True)  # that had the case at the moment
    clock = models.CharField(max_length=32)
    started_at = models.DateTimeField()  # of the clock: a stage that begins again climbs again
    level = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=32)
    role = models.CharField(max_length=32)
    since = models.DateTimeField()  # when the rung was reached
    at = models.DateTimeField()  # when it was noticed

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "clock", "started_at", "level"], name="escalation_once"),
        ]
        indexes = [
            models.Index(
                fields=["grid_path", "id"],
                name="escalation_grid",
                opclasses=["varchar_pattern_ops", "uuid_ops"],
            ),
        ]


class NextRung(models.Model):
    """When a late case climbs next: until then a tick passes it by, as long as nothing it hangs on changed.

    It holds for the clocks, the ladder and the calendars that it was counted with, and for no others.
    """

    case = models.OneToOneField(
        Case, models.DO_NOTHING, primary_key=True, related_name="+", db_constraint=False
    )  # taken away at night once the case has ended
    due_at = models.DateTimeField()  # far away: the clock has no end
    stage_started_at = models.DateTimeField()
    stage_due_at = models.DateTimeField()
    basis = models.CharField(max_length=128)  # pack version and calendars
    next_at = models.DateTimeField()  # far away: no rung is left, or its year is unknown


class Act(models.Model):
    """What somebody did about a late case: urged it, sent a letter, showed a card."""

    id = models.UUIDField(primary_key=True)  # the command's id, and the mark's
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    grid_path = models.CharField(max_length=64)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=16)
    text = models.TextField(blank=True)
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=64)
    role = models.CharField(max_length=32)
    at = models.DateTimeField()
    answer_due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=64, blank=True)
    answer = models.TextField(blank=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=64, blank=True)
    lift_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in ActKind]), name="act_kind_known"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(answer=""), name="act_answer_says_something"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | ~Q(lift_reason=""), name="act_lifted_with_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["department", "kind"],
                name="act_open",
                condition=Q(lifted_at__isnull=True, kind__in=sorted(k.value for k in WANTS_ANSWER)),
            )
        ]


class Promise(models.Model):
    """What the reporter of a tip was promised, and whether it was kept."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=32)
    kept_by = models.CharField(max_length=16)
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # null: its year is unknown
    kept_at = models.DateTimeField(null=True)
    basis = models.CharField(max_length=128, blank=True)  # what `next_at` was counted with
    next_at = models.DateTimeField(null=True)  # when it climbs next; null: nobody looked yet

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "code"], name="promise_once")]
        indexes = [
            models.Index(fields=["due_at", "id"], name="promise_open", condition=Q(kept_at__isnull=True))
        ]
