"""Plan rules, and the orders that send a person to a place."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wangge.checklists.models import Checklist
from wangge.kernel.actor import Actor
from wangge.kernel.paths import ancestors
from wangge.orders.assignment_models import (
    AssignedOrder,
    Assignment,
    Campaign,
    CampaignPhase,
    CampaignVerdict,
    Draw,
    RiskScore,
    RiskWeight,
)
from wangge.orders.rules import (
    Anchor,
    Interval,
    OrderStatus,
    SeasonKind,
    SubjectKind,
    Unsigned,
    VisitOutcome,
)
from wangge.venues.models import Venue

__all__ = [
    "AssignedOrder",
    "Assignment",
    "Campaign",
    "CampaignPhase",
    "CampaignVerdict",
    "Draw",
    "Order",
    "OrderQuerySet",
    "PlanCapacity",
    "PlanRule",
    "PlanSeason",
    "RiskScore",
    "RiskWeight",
    "SeasonSpell",
    "SubjectVisit",
    "Visit",
    "VisitLimit",
]


class PlanRule(models.Model):
    """How often a kind of subject must be seen. Installed by a pack, never typed into code."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=32)
    pack_version = models.CharField(max_length=64)
    name_zh = models.CharField(max_length=128)
    name_en = models.CharField(max_length=128)
    classes = ArrayField(models.CharField(max_length=32), default=list, blank=True)  # empty: every class
    tags = ArrayField(models.CharField(max_length=32), default=list, blank=True)  # empty: whatever the tags
    subject = models.CharField(max_length=16, default=SubjectKind.VENUE.value, db_default="venue")
    interval = models.CharField(max_length=32)
    anchor = models.CharField(max_length=16, default=Anchor.PERIOD.value, db_default="period")
    window_days = models.PositiveSmallIntegerField(default=0, db_default=0)  # of `visit`: before the due day
    tolerance_days = models.PositiveSmallIntegerField(default=0, db_default=0)  # and after it
    checklist_code = models.CharField(max_length=32)
    season = models.CharField(max_length=32, default="", blank=True)  # holds in this season only; "": always
    source = models.CharField(max_length=64)  # the row of requirements.md or the law
    is_confirmed = models.BooleanField()  # False: an unconfirmed preset, and the screen says so
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "pack_version"], name="plan_rule_code_once_a_version"),
            models.CheckConstraint(
                condition=Q(interval__in=[i.value for i in Interval]), name="plan_rule_interval_known"
            ),
            models.CheckConstraint(
                condition=Q(subject__in=[kind.value for kind in SubjectKind]), name="plan_rule_subject_known"
            ),
            models.CheckConstraint(
                condition=Q(anchor=Anchor.VISIT.value, season="")
                | Q(anchor=Anchor.PERIOD.value, window_days=0, tolerance_days=0),
                name="plan_rule_anchor_whole",
            ),
        ]


class PlanSeason(models.Model):
    """A kind of intensified period, as the pack says it falls."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=32)
    pack_version = models.CharField(max_length=64)
    name_zh = models.CharField(max_length=128)
    name_en = models.CharField(max_length=128)
    kind = models.CharField(max_length=16)
    first = models.CharField(max_length=5, blank=True)  # MM-DD, of dates
    last = models.CharField(max_length=5, blank=True)
    before_days = models.PositiveSmallIntegerField(default=0)  # of holidays
    least_days = models.PositiveSmallIntegerField(default=0)
    works_holidays = models.BooleanField(default=False)  # its orders open on days off too
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "pack_version"], name="plan_season_code_once_a_version"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in SeasonKind]), name="plan_season_kind_known"
            ),
        ]


class PlanCapacity(models.Model):
    """How many visits a member makes on a day, as the pack says (OR-23)."""

    pack_version = models.CharField(max_length=64, primary_key=True)
    visits_a_day = models.PositiveSmallIntegerField()
    riskiest_a_grid = models.PositiveSmallIntegerField(default=0, db_default=0)  # each week (OR-34); 0: none
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(visits_a_day__gte=1), name="plan_capacity_above_zero")
        ]


class VisitLimit(models.Model):
    """A figure of `rules.VisitLimits` as the pack says it (OR-26)."""

    code = models.CharField(max_length=32, primary_key=True)
    value = models.FloatField()
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    pack_version = models.CharField(max_length=64)


class SeasonSpellQuerySet(models.QuerySet["SeasonSpell"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return what holds inside the actor's scope, and what holds around it."""
        around = Q(path__in=ancestors(actor.scope))
        return self.filter(Q(path__startswith=actor.scope) | around)


class SeasonSpell(models.Model):
    """An intensified period that somebody declared for a territory (FQ-14)."""

    id = models.UUIDField(primary_key=True)  # the command's id
    season_code = models.CharField(max_length=32)
    path = models.CharField(max_length=64)
    starts_on = models.DateField()
    ends_on = models.DateField()  # exclusive; ended early: the day it ended
    reason = models.CharField(max_length=200)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = SeasonSpellQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(path__endswith="."), name="season_spell_path_closed"),
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="season_spell_in_order"),
        ]
        indexes = [
            models.Index(
                fields=["path", "starts_on"],
                name="season_spell_path",
                opclasses=["varchar_pattern_ops", "date_ops"],
            )
        ]


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(grid_path__startswith=actor.scope)

    def given_to(self, actor: Actor) -> Self:
        """Return what the actor sees, and the own orders elsewhere: who was drawn goes there (OR-33)."""
        return self.filter(Q(grid_path__startswith=actor.scope) | Q(member_id=actor.user_id))


class Order(models.Model):
    """One visit that is owed. Partitioned by month on its UUIDv7, made of subject and period (OR-5)."""

    id = models.UUIDField(primary_key=True)
    grid_path = models.CharField(max_length=64)
    # Planning copies these three from rows it reads in the same statement, and none of them is ever deleted.
    # A check per row would halve the speed of planning; an index per key would halve it again.
    venue = models.ForeignKey(  # where to go; a grid has no such place
        Venue, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    subject_kind = models.CharField(max_length=16, default=SubjectKind.VENUE.value, db_default="venue")
    subject_id = models.UUIDField(null=True)  # of a facility, a person, a grid; a place is its own subject
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    checklist = models.ForeignKey(
        Checklist, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    rule_code = models.CharField(max_length=32)  # the rule that won
    other_rules = ArrayField(models.CharField(max_length=32), default=list)  # the rules it won against
    season = models.CharField(max_length=32, default="")  # the intensified period it is owed in; "": none
    pack_version = models.CharField(max_length=64)
    opens_on = models.DateField()  # the day it is levelled to
    due_on = models.DateField()  # the last working day of its period
    ends_on = models.DateField()  # the first day after its period: from here on it is missed
    status = models.CharField(max_length=16, default=OrderStatus.OPEN.value)
    outcome = models.CharField(max_length=16, null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    findings = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(grid_path__endswith="."), name="order_grid_path_closed"),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in OrderStatus]), name="order_status_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True) | Q(outcome__in=[o.value for o in VisitOutcome]),
                name="order_outcome_known",
            ),
            models.CheckConstraint(condition=Q(opens_on__lte=F("due_on")), name="order_opens_before_due"),
            models.CheckConstraint(
                condition=Q(
                    subject_kind=SubjectKind.VENUE.value, venue__isnull=False, subject_id__isnull=True
                )
                | Q(
                    subject_kind__in=[SubjectKind.FACILITY.value, SubjectKind.PERSON.value],
                    venue__isnull=False,
                    subject_id__isnull=False,
                )
                | Q(subject_kind=SubjectKind.GRID.value, venue__isnull=True, subject_id__isnull=False),
                name="order_subject_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status=OrderStatus.DONE.value) | Q(done_at__isnull=False, done_by__isnull=False),
                name="order_done_by_somebody",
            ),
            models.CheckConstraint(condition=Q(due_on__lt=F("ends_on")), name="order_due_inside_period"),
        ]
        indexes = [  # status is in none of them: doing an order stays a HOT update
            models.Index(
                fields=["grid_path", "opens_on"],
                name="order_grid",
                opclasses=["varchar_pattern_ops", "date_ops"],
            ),
            models.Index(fields=["member", "opens_on"], name="order_member"),
            models.Index(fields=["venue"], name="order_venue"),
        ]


class SubjectVisit(models.Model):
    """The day a facility, a person or a grid was last seen; a place keeps its own (VE-9). Rule: OR-30."""

    subject_id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=16)
    seen_on = models.DateField()


class Visit(models.Model):
    """What a member answered at the place. Append-only."""

    id = models.UUIDField(primary_key=True)  # the command's id
    order_id = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField()
    outcome = models.CharField(max_length=16)
    answers = models.JSONField(default=list)
    score = models.FloatField(null=True)
    lon = models.FloatField(null=True)  # WGS-84
    lat = models.FloatField(null=True)
    note = models.TextField(blank=True)
    # Of whoever was visited, as a file by its digest; else why there is none (OR-37).
    signature = models.CharField(max_length=64, default="", db_default="", blank=True)
    unsigned = models.CharField(max_length=16, default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unsigned__in=["", *(one.value for one in Unsigned)]), name="visit_unsigned_known"
            ),
            models.CheckConstraint(
                condition=Q(signature="") | Q(unsigned=""), name="visit_signed_or_why_not"
            ),
        ]
