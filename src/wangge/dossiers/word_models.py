"""What the pack says of dossiers: kinds of entries, intervals, rows that propose a class."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from wangge.dossiers.rules import Deed, Sort, What


def one_of(field: str, words: type[Sort | What | Deed], *more: str) -> Q:
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
    required_in = ArrayField(models.CharField(max_length=32), default=list)  # so in places of these classes
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
            models.CheckConstraint(condition=one_of("sort", Sort), name="dossier_kind_sort_known"),
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
            models.CheckConstraint(condition=one_of("what", What), name="due_rule_what_known"),
            models.CheckConstraint(
                condition=Q(months__gte=1, days__isnull=True) | Q(months__isnull=True, days__gte=1),
                name="due_rule_months_or_days",
            ),
        ]


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
