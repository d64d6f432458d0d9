"""Which place is a part of which: a shop of its mall, a workshop of its factory."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class PartLink(models.Model):
    """`part` belongs to `whole` in `[since_on, until_on)`; of a place one link stands at a time (VE-22)."""

    id = models.UUIDField(primary_key=True)
    part = models.ForeignKey("venues.Venue", models.CASCADE, related_name="+", db_index=False)
    whole = models.ForeignKey("venues.Venue", models.CASCADE, related_name="+", db_index=False)
    since_on = models.DateField(null=True)  # not known: since ever
    until_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    by_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(part=F("whole")), name="part_of_another"),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(since_on__isnull=True) | Q(until_on__gt=F("since_on")),
                name="part_period_forward",
            ),
            models.UniqueConstraint(
                fields=["part"], condition=Q(until_on__isnull=True), name="part_of_one_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["part"], name="part_link_part"),
            models.Index(fields=["whole", "part"], name="part_link_whole"),
        ]
