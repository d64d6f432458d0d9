"""What hangs on a place: who answers for it, what it has that runs out, and what became of each entry."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wangge.dossiers.quality_models import CopiedLog, GridFigures, Standard
from wangge.dossiers.rules import Deed, Sort, What
from wangge.dossiers.word_models import ClassRule, DueRule, Kind, one_of
from wangge.kernel.actor import Actor
from wangge.venues.models import Venue

__all__ = [
    "Change",
    "ClassRule",
    "Classing",
    "CopiedLog",
    "Drawing",
    "DueRule",
    "Fact",
    "GridFigures",
    "Holding",
    "Kind",
    "OfVenue",
    "OfVenueQuerySet",
    "Person",
    "Standard",
    "Venue",
]


class OfVenueQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """An entry is seen by whoever sees its place now: the path is the venue's own, never a copy."""
        return self.filter(venue__grid_path__startswith=actor.scope)

    def standing(self) -> Self:
        return self.filter(removed_at__isnull=True)


class OfVenue(models.Model):
    """An entry of a dossier."""

    id = models.UUIDField(primary_key=True)  # made by the sender: a retry is the same row
    kind = models.CharField(max_length=32)
    source = models.CharField(max_length=64, blank=True)  # whence it is known: a register, a licence seen
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Person(OfVenue):
    """Who is responsible for a place in one way or another, in `[since_on, until_on)` (DS-1)."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField("姓名或单位名称", max_length=128)
    phone = models.BinaryField(null=True)  # encrypted; masked on the way out
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    since_on = models.DateField(null=True)  # not known: since ever
    until_on = models.DateField(null=True)

    objects = OfVenueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(since_on__isnull=True) | Q(until_on__gt=F("since_on")),
                name="dossier_person_period_forward",
            )
        ]
        indexes = [
            models.Index(
                fields=["venue", "kind"],
                include=["since_on", "until_on", "removed_at"],
                name="dossier_person",
            )
        ]


class Holding(OfVenue):
    """A facility or a licence: what a place has that runs out. `due_on` is kept by DS-4 at every write."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="+", db_index=False)
    sort = models.CharField(max_length=16)
    # of a facility
    count = models.PositiveIntegerField("数量", default=1)
    place = models.CharField("位置", max_length=64, blank=True)  # floor, room
    maker = models.CharField("生产单位", max_length=64, blank=True)
    made_on = models.DateField(null=True)
    tested_on = models.DateField(null=True)
    maintained_on = models.DateField(null=True)
    contract_until = models.DateField(null=True)
    # of a licence
    number = models.CharField("证号", max_length=64, blank=True)
    issued_by = models.CharField("发证机关", max_length=128, blank=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)  # the last day; none: without end
    photos = ArrayField(models.CharField(max_length=64), default=list)
    # by the rule
    due_on = models.DateField(null=True)
    due_what = models.CharField(max_length=16, blank=True)  # "": nothing of it ever falls due
    due_rule = models.CharField(max_length=32, blank=True)
    class_code = models.CharField(max_length=32)  # of the place, when it was reckoned

    objects = OfVenueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sort__in=[Sort.FACILITY.value, Sort.LICENCE.value]), name="holding_sort_known"
            ),
            models.CheckConstraint(condition=one_of("due_what", What, ""), name="holding_due_known"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True, due_what__in=["", What.UNKNOWN.value])
                | Q(due_on__isnull=False) & ~Q(due_what__in=["", What.UNKNOWN.value]),
                name="holding_due_whole",
            ),
            models.CheckConstraint(condition=Q(count__gte=1), name="holding_counts"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="holding_period_forward",
            ),
        ]
        indexes = [
            models.Index(fields=["venue", "due_on"], name="holding_venue"),
            models.Index(
                fields=["due_on", "id"],
                include=["venue", "sort"],
                condition=Q(removed_at__isnull=True, due_on__isnull=False),
                name="holding_due",
            ),
            models.Index(
                fields=["kind", "due_on", "id"],
                include=["venue", "sort"],
                condition=Q(removed_at__isnull=True, due_on__isnull=False),
                name="holding_kind_due",
            ),
            models.Index(
                fields=["id"],
                include=["venue"],
                condition=Q(removed_at__isnull=True, due_what=What.UNKNOWN.value),
                name="holding_unknown",
            ),
        ]


class Fact(OfVenue):
    """What is known of a place beyond the register: `kind` is the pack's fact (DS-9)."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="+", db_index=False)
    value = models.CharField(max_length=32)  # as `read_fact` reads it

    objects = OfVenueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "kind"], condition=Q(removed_at__isnull=True), name="dossier_fact_once"
            )
        ]


class Drawing(OfVenue):
    """A plan of a place as a file: which floor, from when, and which one came after it (DS-15)."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="+", db_index=False)
    title = models.CharField("图名或楼层", max_length=64)
    file = models.CharField(max_length=64)  # sha256
    file_name = models.CharField(max_length=128)
    media_type = models.CharField(max_length=32)
    size_bytes = models.BigIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # the day on which another took its place
    replaced_by = models.UUIDField(null=True)

    objects = OfVenueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True, valid_until__isnull=True)
                | Q(replaced_by__isnull=False, valid_until__gte=F("valid_from")),
                name="drawing_replaced_whole",
            ),
        ]
        indexes = [models.Index(fields=["venue", "-valid_from"], name="drawing_venue")]


class Classing(models.Model):
    """What the facts of a place make of its class, and what a person said to it (DS-10, DS-11)."""

    venue = models.OneToOneField(Venue, models.CASCADE, primary_key=True, related_name="+")
    class_code = models.CharField(max_length=32, blank=True)
    tags = ArrayField(models.CharField(max_length=32), default=list)
    rules = ArrayField(models.CharField(max_length=32), default=list)
    is_kept = models.BooleanField(default=False)  # somebody looked at exactly this and left the class
    kept_reason = models.CharField(max_length=500, blank=True)
    differs = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    objects = OfVenueQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["venue"], condition=Q(differs=True), name="classing_differs")]


class Change(models.Model):
    """What was done to one entry: each field from what to what, who, when, whence (DS-7)."""

    id = models.BigAutoField(primary_key=True)
    venue = models.ForeignKey(Venue, models.CASCADE, related_name="+", db_index=False)
    sort = models.CharField(max_length=16)
    entry_id = models.UUIDField()
    kind = models.CharField(max_length=32)
    deed = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    source = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    fields = models.JSONField()  # {"name": ["old", "new"], "phone": []}: of a sealed one only that

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry_id", "version"], name="dossier_change_once_a_version"),
            models.CheckConstraint(condition=one_of("sort", Sort), name="dossier_change_sort_known"),
            models.CheckConstraint(condition=one_of("deed", Deed), name="dossier_change_deed_known"),
        ]
        indexes = [models.Index(fields=["venue", "-id"], name="dossier_change_venue")]
