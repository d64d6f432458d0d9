"""What somebody left behind with a post, and to whom it went: decided once, kept for ever."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Handover(models.Model):
    """A post ended, and what its person had open was given on (TE-36)."""

    id = models.UUIDField(primary_key=True)  # the command's id: a retry is the same handover
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    post_id = models.BigIntegerField()
    path = models.CharField(max_length=64)  # the post's scope
    ends_on = models.DateField()
    ended_before = models.DateField(null=True)  # the end that the post had
    successor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    orders = models.CharField(max_length=16)  # successor, or place: nobody's until somebody takes them
    cases = models.CharField(max_length=16)  # successor, or inbox: of the department
    reason = models.CharField(max_length=255)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=64)
    moved = models.JSONField(default=dict)  # how many of each kind
    members = models.JSONField(default=list)  # grid members: [ended, its end before, begun]
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(path__endswith="."), name="handover_path_closed"),
            models.CheckConstraint(
                condition=Q(orders__in=["successor", "place"], cases__in=["successor", "inbox"]),
                name="handover_says_whose",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=False) | Q(orders="place", cases="inbox"),
                name="handover_names_successor",
            ),
        ]
        indexes = [models.Index(fields=["at", "id"], name="handover_newest")]


class HandoverItem(models.Model):
    """One thing given on; while it has the version `stamp`, nobody acted on it since."""

    id = models.BigAutoField(primary_key=True)
    handover = models.ForeignKey(Handover, models.PROTECT, related_name="items")
    kind = models.CharField(max_length=16)  # order, case
    subject_id = models.UUIDField()
    user_after = models.BigIntegerField(null=True)
    stamp = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handover", "subject_id"], name="handover_item_once"),
        ]
        indexes = [models.Index(fields=["subject_id"], name="handover_of_subject")]
