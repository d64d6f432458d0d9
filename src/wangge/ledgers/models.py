"""The sections of the ledgers, as the pack names them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from wangge.ledgers.rules import LedgerKind


class Ledger(models.Model):
    """One section: its number and name, whence its rows come, and which of them."""

    code = models.CharField(max_length=32, primary_key=True)
    number = models.CharField(max_length=8)  # 4.1
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    kind = models.CharField(max_length=16)
    classes = ArrayField(models.CharField(max_length=32), default=list)  # of places; none: every class
    tags = ArrayField(models.CharField(max_length=32), default=list)  # of places: one of them
    drawings = ArrayField(models.CharField(max_length=32), default=list)  # kinds; none: every kind
    columns = ArrayField(models.CharField(max_length=32), default=list)  # none: all that there are
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    position = models.PositiveSmallIntegerField()
    pack_version = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in LedgerKind]), name="ledger_kind_known"
            )
        ]
