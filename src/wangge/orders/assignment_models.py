"""Visits that are asked for beside the plan: like places, a draw, the riskiest, a campaign."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wangge.kernel.actor import Actor
from wangge.kernel.paths import ancestors
from wangge.orders.risk_rules import Signal
from wangge.orders.rules import AssignmentKind


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return what was assigned inside the actor's scope, and around it."""
        return self.filter(Q(path__startswith=actor.scope) | Q(path__in=ancestors(actor.scope)))


class Assignment(models.Model):
    """Visits that somebody asked for beside the plan, with the reason (OR-28)."""

    id = models.UUIDField(primary_key=True)  # the command's id
    kind = models.CharField(max_length=16)
    path = models.CharField(max_length=64)
    reason = models.CharField(max_length=200)
    case_id = models.UUIDField(null=True)  # the finding it began with
    class_code = models.CharField(max_length=32)
    tags = ArrayField(models.CharField(max_length=32), default=list)
    checklist_code = models.CharField(max_length=32)
    starts_on = models.DateField()
    ends_on = models.DateField()  # exclusive
    made_by = models.ForeignKey(  # None: the installation itself, each week (OR-34)
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in AssignmentKind]), name="assignment_kind_known"
            ),
            models.CheckConstraint(condition=Q(path__endswith="."), name="assignment_path_closed"),
            models.CheckConstraint(condition=Q(starts_on__lt=F("ends_on")), name="assignment_in_order"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="assignment_undone_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["-made_at", "id"], name="assignment_latest")]


class AssignedOrder(models.Model):
    """Which order was made by which assignment."""

    order_id = models.UUIDField(primary_key=True)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="+")


class Draw(models.Model):
    """What a double draw was drawn from: with it anybody can draw again (OR-33). Append-only."""

    assignment = models.OneToOneField(Assignment, models.PROTECT, primary_key=True, related_name="draw")
    seed = models.CharField(max_length=64)
    is_seed_given = models.BooleanField()  # by the person who drew; else the server made it
    count = models.PositiveIntegerField()  # of places wanted
    place_ids = ArrayField(models.UUIDField())
    place_paths = ArrayField(models.CharField(max_length=64))  # of the same places, as they lay then
    inspectors = models.JSONField()  # [{"user_id", "name", "own_paths"}]
    digest = models.CharField(max_length=64)


class RiskWeight(models.Model):
    """A row of the pack: points for what is known of a place (OR-34)."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=32)
    pack_version = models.CharField(max_length=64)
    name_zh = models.CharField(max_length=128)
    name_en = models.CharField(max_length=128)
    signal = models.CharField(max_length=16)
    of = models.CharField(max_length=32, blank=True)
    points = models.PositiveSmallIntegerField()
    most = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "pack_version"], name="risk_weight_code_once_a_version"),
            models.CheckConstraint(
                condition=Q(signal__in=[signal.value for signal in Signal]), name="risk_weight_signal_known"
            ),
        ]


class RiskScore(models.Model):
    """Why a place was one of the riskiest of its grid that week, as it was known then. Append-only."""

    order_id = models.UUIDField(primary_key=True)
    score = models.PositiveIntegerField()
    reasons = models.JSONField()  # [{"code", "count", "points"}], the most first
    pack_version = models.CharField(max_length=64)


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return what is led inside the actor's scope, and around it."""
        return self.filter(Q(path__startswith=actor.scope) | Q(path__in=ancestors(actor.scope)))


class Campaign(models.Model):
    """A campaign across grids, with phases, targets and acceptance (GQ-11)."""

    id = models.UUIDField(primary_key=True)  # the command's id
    name = models.CharField(max_length=64)
    path = models.CharField(max_length=64)
    reason = models.CharField(max_length=200)
    classes = ArrayField(models.CharField(max_length=32), default=list)  # none: every class
    tags = ArrayField(models.CharField(max_length=32), default=list)
    checklist_code = models.CharField(max_length=32)
    visited_pct = models.PositiveSmallIntegerField()  # target: of its visits, so many done
    disposed_pct = models.PositiveSmallIntegerField()  # target: of the cases it found, so many ended
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(path__endswith="."), name="campaign_path_closed"),
            models.CheckConstraint(
                condition=Q(visited_pct__lte=100, disposed_pct__lte=100), name="campaign_targets_are_shares"
            ),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True, accepted_at__isnull=True)
                | Q(accepted_by__isnull=False, accepted_at__isnull=False) & ~Q(accepted_by=F("made_by")),
                name="campaign_accepted_by_somebody_else",
            ),
        ]
        indexes = [models.Index(fields=["-made_at", "id"], name="campaign_latest")]


class CampaignPhase(models.Model):
    """A part of a campaign; with an assignment it has visits, in its own territory: a pilot, or all of it."""

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="phases")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=64)
    starts_on = models.DateField()
    ends_on = models.DateField()  # exclusive
    path = models.CharField(max_length=64)
    is_pilot = models.BooleanField(default=False)
    assignment = models.OneToOneField(Assignment, models.PROTECT, null=True, related_name="phase")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="campaign_phase_once"),
            models.CheckConstraint(condition=Q(starts_on__lt=F("ends_on")), name="campaign_phase_in_order"),
        ]


class CampaignVerdict(models.Model):
    """What somebody else judged of a campaign, with the figures of that moment. Append-only."""

    id = models.UUIDField(primary_key=True)  # the command's id
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="verdicts")
    is_accepted = models.BooleanField()
    note = models.CharField(max_length=500, blank=True)
    figures = models.JSONField()
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    judged_at = models.DateTimeField()
