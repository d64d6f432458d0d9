"""Drafts that people look at, edit and adopt: one row a draft, one a community of it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from wangge.grid_drafts.rules import Phase, Source
from wangge.kernel.actor import Actor


class GridDraftQuerySet(models.QuerySet["GridDraft"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(path__startswith=actor.scope)


class GridDraft(models.Model):
    """What was asked for, and how far it has come. Adopted by people only, a community at a time (GD-11)."""

    id = models.UUIDField(primary_key=True)  # the command's id: a retry is the same draft
    path = models.CharField(max_length=64)
    layer = models.CharField(max_length=32)
    phase = models.CharField(max_length=16, default=Phase.WAITING)
    source = models.CharField(max_length=16)
    classes = models.JSONField()  # of the places that have households
    least = models.PositiveIntegerField()
    most = models.PositiveIntegerField()
    keeps = models.BooleanField()  # to the standing grids: as few households as can be change theirs
    seed = models.PositiveIntegerField(default=0)
    communities = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    notes = models.JSONField(default=list)  # where the households come from, what was left out
    failure = models.JSONField(null=True)  # code, zh, en
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    actor_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=64)

    objects = GridDraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(phase__in=[one.value for one in Phase]), name="griddraft_phase_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=[one.value for one in Source]), name="griddraft_source_known"
            ),
            models.CheckConstraint(condition=Q(path__endswith="."), name="griddraft_path_closed"),
            models.CheckConstraint(condition=Q(least__lte=models.F("most")), name="griddraft_bounds_forward"),
        ]
        indexes = [models.Index(fields=["-id"], name="griddraft_newest")]


class CommunityDraft(models.Model):
    """The proposed grids of one community: its ground in blocks, and in which grid each block lies."""

    id = models.BigAutoField(primary_key=True)
    draft = models.ForeignKey(GridDraft, models.CASCADE, related_name="parts")
    path = models.CharField(max_length=64)
    name = models.CharField(max_length=64)
    ground = models.BinaryField()
    part = models.BinaryField()  # of each block
    home = models.BinaryField()  # which standing grid each block lies in, 0 for none
    shapes = models.BinaryField()  # of the grids
    standing = models.JSONField()  # the grids that stand there: id, path and name, numbered from 1
    heirs = models.JSONField()  # number of a proposed grid → number of the standing one that it goes on with
    figures = models.JSONField()  # of each proposed grid
    reason = models.CharField(max_length=32, blank=True)  # what keeps the community from the bounds
    moved = models.PositiveIntegerField()  # households whose grid changes
    at_least = models.PositiveIntegerField(null=True)  # that have to: known of a draft that keeps
    edits = models.JSONField(default=list)  # newest last: blocks, from, to
    version = models.PositiveIntegerField(default=1)
    change_id = models.UUIDField(unique=True)  # of the change of grids that adopts it
    adopted_at = models.DateTimeField(null=True)
    adopted_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "path"], name="communitydraft_once_a_draft"),
        ]
