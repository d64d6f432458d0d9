"""Versioned checklists: an order remembers the version that it was done with."""

from django.db import models
from django.db.models import F, Q


class Checklist(models.Model):
    """One version of a list of items. Never edited once in use: a change is a new version."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=32)
    version = models.PositiveIntegerField()
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=64)
    items = models.JSONField()  # list of checklists.schemas.Item
    pack_version = models.CharField(max_length=64)
    effective_on = models.DateField()
    withdrawn_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="checklist_version_once"),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("effective_on")),
                name="checklist_period_forward",
            ),
        ]
