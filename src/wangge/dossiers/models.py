"""What hangs on a place: who answers for it, what it has that runs out, and what became of each entry."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wangge.dossiers.entry_models import OfVenue, OfVenueQuerySet
from wangge.dossiers.quality_models import CopiedLog, GridFigures, Standard
from wangge.dossiers.rules import Deed, Sort, What
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
    "Person",
    "Standard",
    "Venue",
]


def _one_of(field: str, words: type[Sort | What | Deed], *more: str) -> Q:
    return Q(**{f"{field}__in": [*(word.value for word in words), *more]})


class Kind(models.Model):
    """A kind of person, facility or licence, as the pack names it (DS-1, DS-4, DS-5)."""

    id = models.BigAutoField(primary_key=True)
    sort = models.CharField(max_length=16)
    code = models.CharField(max_length=32)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    position = models.PositiveSmallIntegerField()  # in which lists show it
    answers_rank = models.PositiveSmallIntegerField(null=True)  # its place in the chain of DS-2
    is_unit = models.BooleanField(default=False)  # an organisation: its name goes out whole
    is_required = models.BooleanField(default=False)  # without one the place is on the list of DS-3
    is_single = models.BooleanField(default=False)  # one at a time
    soon_days = models.PositiveSmallIntegerField(default=0)  # so long before it is due, it is soon
    shape = models.JSONField(null=True)  # of a fact: its form, unit, bounds and words
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)
    pack_version = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sort", "code"], name="dossier_kind_once"),
            models.CheckConstraint(condition=_one_of("sort", Sort), name="dossier_kind_sort_known"),
        ]


class DueRule(models.Model):
    """After how long something of a kind is due (DS-4)."""

    code = models.CharField(max_length=32, primary_key=True)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    what = models.CharField(max_length=16)
    kinds = ArrayField(models.CharField(max_length=32))
    classes = ArrayField(models.CharField(max_length=32), default=list)
    months = models.PositiveSmallIntegerField(null=True)
    days = models.PositiveSmallIntegerField(null=True)
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)
    pack_version = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_one_of("what", What), name="due_rule_what_known"),
            models.CheckConstraint(
                condition=Q(months__gte=1, days__isnull=True) | Q(months__isnull=True, days__gte=1),
                name="due_rule_months_or_days",
            ),
        ]


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
            models.CheckConstraint(condition=_one_of("due_what", What, ""), name="holding_due_known"),
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


class ClassRule(models.Model):
    """What facts make of a place in a territory (DS-10)."""

    code = models.CharField(max_length=32, primary_key=True)
    position = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    path = models.CharField(max_length=64, blank=True)
    uses = ArrayField(models.CharField(max_length=32))
    bounds = models.JSONField(default=list)
    venue_class = models.CharField(max_length=32, blank=True)
    tag = models.CharField(max_length=32, blank=True)
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)
    pack_version = models.CharField(max_length=64)


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
            models.CheckConstraint(condition=_one_of("sort", Sort), name="dossier_change_sort_known"),
            models.CheckConstraint(condition=_one_of("deed", Deed), name="dossier_change_deed_known"),
        ]
        indexes = [models.Index(fields=["venue", "-id"], name="dossier_change_venue")]
