"""The register of places: one dossier a venue."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from wangge.accounts.rules import Language, Medium
from wangge.kernel.actor import Actor
from wangge.kernel.terms import Folded, Terms
from wangge.venues.part_models import PartLink as PartLink
from wangge.venues.rules import ContactKind, Way


class VenueClass(models.Model):
    """A kind of place as the pack names it (易燃易爆, 人员密集, 三小, 出租屋…)."""

    code = models.CharField(max_length=32, primary_key=True)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=64)
    pack_version = models.CharField(max_length=64)


class VenueTag(models.Model):
    """A tag as the pack names it: key units, high buildings, the grades of rentals (DG-10)."""

    code = models.CharField(max_length=32, primary_key=True)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=64)
    pack_version = models.CharField(max_length=64)


class VenueQuerySet(models.QuerySet["Venue"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(grid_path__startswith=actor.scope)

    def visible_by_words(self, actor: Actor) -> Self:
        """What `visible_to` lets through, with the grid as `place`, which no index knows.

        For rare words: the planner takes a fifth of the city by its index to spare some hundred rows.
        """
        return self.alias(place=Concat(F("grid_path"), Value(""))).filter(place__startswith=actor.scope)


class Venue(models.Model):
    """One managed place and what is known of it (一户一档, WH-30)."""

    id = models.UUIDField(primary_key=True)
    code = models.CharField(
        "编号", max_length=64
    )  # the register's stable id: importing twice finds the same row
    name = models.CharField("名称", max_length=128)
    venue_class = models.ForeignKey(
        VenueClass, models.PROTECT, related_name="+", db_column="class_code", db_index=False
    )
    tags = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    grid_path = models.CharField(
        max_length=64, db_collation="C"
    )  # by bytes: one index finds a subtree and pages it
    is_orphan = models.BooleanField(
        default=False
    )  # in no grid: grid_path is then the territory it was imported for
    nearest_path = models.CharField(max_length=64, null=True)  # of an orphan
    nearest_m = models.FloatField(null=True)
    address = models.CharField("地址", max_length=255, blank=True)
    lon = models.FloatField()  # WGS-84
    lat = models.FloatField()
    area_m2 = models.FloatField(null=True)
    height_m = models.FloatField(null=True)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    keeper_name = models.CharField("负责人", max_length=64, blank=True)
    keeper_phone = models.BinaryField(null=True)  # encrypted; masked on the way out
    initials = models.CharField(max_length=450, blank=True, default="")  # of name, keeper and address
    former = models.TextField(blank=True, db_default="")  # codes of the places merged into this one (VE-18)
    words = models.GeneratedField(  # what a search finds it by, as it compares them (VE-14)
        expression=Folded("name", "code", "address", "keeper_name", "initials", "former"),
        output_field=models.TextField(),
        db_persist=True,
    )
    is_open = models.BooleanField(default=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    last_visited_on = models.DateField(null=True)
    source = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = VenueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "code"], name="venue_code_once_a_source"),
            models.CheckConstraint(condition=Q(grid_path__endswith="."), name="venue_grid_path_closed"),
            models.CheckConstraint(
                condition=Q(lon__range=(-180, 180), lat__range=(-90, 90)), name="venue_on_earth"
            ),
            models.CheckConstraint(
                condition=Q(is_orphan=False) | Q(nearest_m__isnull=False), name="venue_orphan_has_nearest"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(is_open=False), name="venue_merged_is_closed"
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="venue_merged_into_another"),
        ]
        indexes = [
            models.Index(fields=["grid_path", "id"], name="venue_grid"),
            models.Index(fields=["venue_class", "grid_path", "id"], name="venue_class_grid"),
            models.Index(fields=["lon", "lat"], name="venue_on_map"),
            models.Index(fields=["grid_path", "id"], condition=Q(is_orphan=True), name="venue_orphans"),
            GinIndex(Terms("words"), name="venue_words"),
            GinIndex(fields=["tags"], name="venue_tags"),
            models.Index(fields=["grid_path", "id"], condition=Q(is_open=False), name="venue_ended"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="venue_merged"),
            models.Index(fields=["credit_code"], condition=~Q(credit_code=""), name="venue_credit_code"),
        ]


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(Q(venue__grid_path__startswith=actor.scope) | Q(path__startswith=actor.scope))


class Contact(models.Model):
    """Somebody who is told of a place, or of every place of a territory (VE-11)."""

    id = models.BigAutoField(primary_key=True)
    venue = models.ForeignKey(Venue, models.CASCADE, null=True, related_name="contacts")
    path = models.CharField(max_length=64, blank=True)  # of a territory; empty for one place
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=64)
    medium = models.CharField(max_length=16)
    sealed = models.BinaryField()  # the address; masked on the way out
    language = models.CharField(max_length=8, default=Language.ZH)  # in which they are written to

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(venue__isnull=False, path="") | Q(venue__isnull=True, path__endswith="."),
                name="contact_of_a_place_or_a_territory",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ContactKind]), name="contact_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(medium__in=[medium.value for medium in Medium]), name="contact_medium_known"
            ),
            models.CheckConstraint(
                condition=Q(language__in=[one.value for one in Language]), name="contact_language_known"
            ),
        ]
        indexes = [models.Index(fields=["path"], name="contact_path", condition=~Q(path=""))]


class VenueChange(models.Model):
    """What one version changed: each field with before and after, who, when and by what way (VE-15)."""

    id = models.BigAutoField(primary_key=True)
    venue = models.ForeignKey(Venue, models.CASCADE, related_name="+", db_index=False)
    version = models.PositiveIntegerField()  # which the dossier had afterwards
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)  # as in an audit row; none: the installation
    way = models.CharField(max_length=16)
    source = models.CharField(max_length=64, blank=True)  # the register of an import
    reason = models.CharField(max_length=500, blank=True)
    fields = models.JSONField()  # {"name": ["old", "new"], "keeper_phone": []}: of a sealed one only that

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["venue", "version"], name="venue_change_once_a_version"),
            models.CheckConstraint(
                condition=Q(way__in=[way.value for way in Way]), name="venue_change_way_known"
            ),
        ]


class LikenessRule(models.Model):
    """By what two dossiers are taken for one place, and from which score on. Installed by a pack (VE-17)."""

    pack_version = models.CharField(max_length=64, primary_key=True)
    figures = models.JSONField()  # as `merge_rules.Likeness`
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="likeness_rule_one_is_active"
            )
        ]


class LikePair(models.Model):
    """Two dossiers that may be one place, as the last look found them."""

    id = models.BigAutoField(primary_key=True)
    one = models.ForeignKey(Venue, models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Venue, models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    reasons = ArrayField(models.CharField(max_length=16))
    metres = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="like_pair_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="like_pair_in_order"),
        ]
        indexes = [models.Index(fields=["-score", "one", "other"], name="like_pair_best")]


class LikeLook(models.Model):
    """When a territory was last looked through for one place kept twice."""

    path = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()
    found = models.PositiveIntegerField()


class NotSame(models.Model):
    """Somebody decided that two dossiers are two places: they are not asked about again."""

    id = models.BigAutoField(primary_key=True)
    one = models.ForeignKey(Venue, models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Venue, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    by_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="not_same_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="not_same_in_order"),
        ]


class VenueMerge(models.Model):
    """Two dossiers became one: which stays, what it took over, what it said before (VE-18)."""

    id = models.UUIDField(primary_key=True)  # the command's
    stay = models.ForeignKey(Venue, models.PROTECT, related_name="+")
    gone = models.ForeignKey(Venue, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    reason = models.CharField(max_length=500, blank=True)
    taken = ArrayField(
        models.CharField(max_length=16)
    )  # choices in which the one that stays follows the other
    before = models.JSONField()  # the columns that were written over; a sealed one stays sealed
    stay_version = models.PositiveIntegerField()  # afterwards
    last_contact = models.BigIntegerField()  # the newest contact of those days
    undone_at = models.DateTimeField(null=True)
    undone_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at__isnull=True), name="merge_stands_once"
            ),
            models.CheckConstraint(condition=~Q(stay=F("gone")), name="merge_of_two"),
        ]
        indexes = [models.Index(fields=["-at", "id"], name="merge_newest")]


class MergeMove(models.Model):
    """What went along with a merge, and what it said before: an undo puts back exactly this."""

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(VenueMerge, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=36)
    before = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merge", "kind", "subject_id"], name="merge_move_once")
        ]
