"""Versions of the model, which of them is asked, and what people chose."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from wangge.kernel.actor import Actor

MOST_BYTES = 32 << 20


class ModelVersion(models.Model):
    """One lesson learnt from the city's closed cases, with what later cases say of it. Never changed."""

    id = models.BigAutoField(primary_key=True)
    trained_at = models.DateTimeField()
    pack_version = models.CharField(max_length=64)
    lesson = models.CharField(max_length=64, unique=True)  # digest of the cases: one lesson is learnt once
    cases = models.PositiveIntegerField()
    figures = models.JSONField()
    history = models.JSONField(default=dict)  # who had it, how severe it was: used where it beats the rules
    is_better = models.BooleanField()  # than the majority and the nearest words, on later cases
    weights = models.BinaryField(max_length=MOST_BYTES)
    sha256 = models.CharField(max_length=64)


class InForce(models.Model):
    """Which version is asked: one row. Without a version the words alone suggest."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="+")
    chosen_by = models.ForeignKey(  # null: the newest better version is taken by itself
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="inforce_is_one")]


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(grid_path__startswith=actor.scope)


class Decision(models.Model):
    """What was suggested for a case and what the person chose instead or as well."""

    id = models.UUIDField(primary_key=True)  # the command's id
    case_id = models.UUIDField()
    stage = models.CharField(max_length=16)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    grid_path = models.CharField(max_length=64)
    channel = models.CharField(max_length=16)
    version = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="+")  # null: words
    matters: Any = ArrayField(models.CharField(max_length=16), default=list)  # suggested, the likeliest first
    confidence = models.FloatField(null=True)  # of the first
    chosen_matter = models.CharField(max_length=16)
    severity = models.CharField(max_length=16, blank=True)
    chosen_severity = models.CharField(max_length=16)
    department_id = models.BigIntegerField(null=True)
    chosen_department_id = models.BigIntegerField(null=True)
    duplicates: Any = ArrayField(models.UUIDField(), default=list)  # those that were shown
    merged_into = models.UUIDField(null=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case_id", "stage"], name="decision_once_a_stage"),
            models.CheckConstraint(condition=Q(stage__in=["report", "desk"]), name="decision_stage_known"),
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__gte=0, confidence__lte=1),
                name="decision_confidence_is_a_share",
            ),
        ]
        indexes = [models.Index(fields=["at"], name="decision_newest")]


class Reach(models.Model):
    """How far and how long ago a duplicate may lie. Installed by a pack."""

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64, unique=True)
    within_m = models.PositiveSmallIntegerField()
    within_days = models.PositiveSmallIntegerField()
    from_pct = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="reach_one_is_active"
            )
        ]
