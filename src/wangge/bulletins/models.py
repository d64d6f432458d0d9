"""Bulletins that were made: of which territory, of which days, and their document."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from wangge.bulletins.rules import BulletinKind
from wangge.documents.models import Document
from wangge.kernel.actor import Actor


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(path__startswith=actor.scope)


class Bulletin(models.Model):
    """The bulletin of a week or month of a territory; its figures are the facts of its document."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=8)
    path = models.CharField(max_length=64)
    starts_on = models.DateField()
    ends_on = models.DateField()  # the first day that is not told of
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    is_scheduled = models.BooleanField()  # False: somebody asked for it
    made_at = models.DateTimeField()

    objects = BulletinQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in BulletinKind]), name="bulletin_kind_known"
            ),
            models.CheckConstraint(condition=Q(path__endswith="."), name="bulletin_path_closed"),
            models.UniqueConstraint(fields=["kind", "path", "starts_on"], name="bulletin_once_a_period"),
        ]
        indexes = [
            models.Index(fields=["-starts_on", "path", "id"], name="bulletin_newest"),
            models.Index(fields=["path"], name="bulletin_subtree", opclasses=["varchar_pattern_ops"]),
        ]
