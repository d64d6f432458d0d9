"""Teams with their people and equipment, the bodies of the territory, and notice boards of grids."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wangge.accounts.models import Department
from wangge.kernel.actor import Actor
from wangge.kernel.paths import ancestors
from wangge.teams.rules import TeamDuty
from wangge.territory.models import Named


class TeamKind(Named):
    """A kind of team: what it must have, and in what time it should be there (TM-1)."""

    least_people = models.PositiveSmallIntegerField()
    most_people = models.PositiveSmallIntegerField(null=True)
    target_minutes = models.PositiveSmallIntegerField(null=True)  # from the call to the place, as promised
    comes = models.BooleanField()  # it can be called to a place
    equipment = models.JSONField(default=list)  # [{code, zh, en, at_least, interval_days}]
    position = models.PositiveSmallIntegerField()


class BodyKind(Named):
    """A committee, working group or head that every node of a level must or may have (TM-10)."""

    tier = models.CharField(max_length=32)
    level = models.PositiveSmallIntegerField()
    is_required = models.BooleanField()
    position = models.PositiveSmallIntegerField()


class BoardRule(Named):
    """What the notice page of a layer's grids may show; "" as code: of every other layer (TM-21)."""

    fields = ArrayField(models.CharField(max_length=32))


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of the own territory, and of the territories around it: they come here too."""
        return self.filter(Q(path__startswith=actor.scope) | Q(path__in=ancestors(actor.scope)))

    def owned_by(self, actor: Actor) -> Self:
        return self.filter(path__startswith=actor.scope)


class Team(models.Model):
    """People who come together: a mobile team, volunteers, a micro fire station, a rescue station."""

    id = models.UUIDField(primary_key=True)
    code = models.CharField("编号", max_length=32, blank=True)  # by which a file knows it
    kind = models.CharField(max_length=32)  # of the pack: a row of it may go, the team stays
    name = models.CharField("队伍", max_length=64)
    path = models.CharField(max_length=64)  # the territory whose team it is
    lon = models.FloatField()  # WGS-84
    lat = models.FloatField()
    address = models.CharField(max_length=128, blank=True)
    radius_m = models.PositiveIntegerField(null=True)
    areas = ArrayField(models.CharField(max_length=64), default=list)
    sealed_duty_phone = models.BinaryField(null=True)
    is_standing = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = TeamQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(path__endswith="."), name="team_path_closed"),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="team_code_once"),
            models.CheckConstraint(
                condition=Q(lon__range=(-180, 180), lat__range=(-90, 90)), name="team_on_earth"
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="team_subtree", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["lat", "lon"], name="team_on_map", condition=Q(is_standing=True)),
            models.Index(fields=["name", "id"], name="team_by_name"),
        ]


class TeamMember(models.Model):
    """Somebody in a team, in the order in which they are called (TM-5)."""

    id = models.UUIDField(primary_key=True)
    team = models.ForeignKey(Team, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=64, blank=True)  # of somebody without an account; goes out masked
    sealed_phone = models.BinaryField(null=True)
    duty = models.CharField(max_length=16)
    position = models.PositiveSmallIntegerField()  # who is called first

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, name="") | (Q(user__isnull=True) & ~Q(name="")),
                name="team_member_is_somebody",
            ),
            models.CheckConstraint(
                condition=Q(duty__in=[duty.value for duty in TeamDuty]), name="team_member_duty_known"
            ),
            models.UniqueConstraint(
                fields=["team"], condition=Q(duty=TeamDuty.LEADER.value), name="team_member_one_leader"
            ),
            models.UniqueConstraint(
                fields=["team", "position"],
                name="team_member_called_in_order",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]


class Equipment(models.Model):
    """Pieces of a team, where they lie, and when they are looked after next (TM-4)."""

    id = models.UUIDField(primary_key=True)
    team = models.ForeignKey(Team, models.CASCADE, related_name="equipment")
    kind = models.CharField(max_length=32, blank=True)  # of what the pack asks for; "": something else
    name = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    serial = models.CharField(max_length=64, blank=True)
    storage = models.CharField(max_length=128, blank=True)
    interval_days = models.PositiveSmallIntegerField(null=True)
    last_on = models.DateField(null=True)
    next_due_on = models.DateField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(interval_days__isnull=True) | Q(next_due_on__isnull=False),
                name="equipment_with_interval_is_due",
            )
        ]


class TeamChange(models.Model):
    """What became of a team: saved, ended, equipment looked after; without a word about people (TM-7)."""

    id = models.BigAutoField(primary_key=True)
    team = models.ForeignKey(Team, models.CASCADE, related_name="changes", db_index=False)
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    what = models.CharField(max_length=16)  # saved, ended, maintained
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["team", "-id"], name="team_change_newest")]


class BodyQuerySet(models.QuerySet["Body"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(path__startswith=actor.scope)


class Body(models.Model):
    """A committee or group of one node of the territory, in `[since_on, until_on)` (TM-11)."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=32)
    path = models.CharField(max_length=64)
    name = models.CharField("机构", max_length=64)
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    chair_title = models.CharField(max_length=64, blank=True)  # 街道主任
    since_on = models.DateField()
    until_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = BodyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(path__endswith="."), name="body_path_closed"),
            models.UniqueConstraint(
                fields=["kind", "path"], condition=Q(until_on__isnull=True), name="body_once_a_node"
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gt=F("since_on")), name="body_period_forward"
            ),
        ]
        indexes = [models.Index(fields=["path"], name="body_subtree", opclasses=["varchar_pattern_ops"])]


class BodyMember(models.Model):
    """A department in a body, a person, or a post by its title."""

    id = models.BigAutoField(primary_key=True)
    body = models.ForeignKey(Body, models.CASCADE, related_name="members")
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=64, blank=True)
    position = models.PositiveSmallIntegerField()


class Meeting(models.Model):
    """A meeting of a body, written down once and never changed (TM-12)."""

    id = models.UUIDField(primary_key=True)  # the command's
    body = models.ForeignKey(Body, models.PROTECT, related_name="meetings", db_index=False)
    held_on = models.DateField()
    topic = models.CharField(max_length=128)
    decision = models.TextField(blank=True)
    photos = ArrayField(models.CharField(max_length=64), default=list)  # pages of the minutes
    at = models.DateTimeField()
    by_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["body", "-held_on", "-id"], name="meeting_newest")]


class Board(models.Model):
    """What is written down of a grid in order to be published (TM-21)."""

    id = models.BigAutoField(primary_key=True)
    layer = models.CharField(max_length=32)
    path = models.CharField(max_length=64)
    range_text = models.CharField(max_length=255, blank=True)
    member_phone = models.CharField(max_length=32, blank=True)
    supervisor_name = models.CharField(max_length=64, blank=True)
    supervisor_phone = models.CharField(max_length=32, blank=True)
    report_phone = models.CharField(max_length=32, blank=True)
    photo = models.CharField(max_length=64, blank=True)  # sha256; given with the member's consent
    is_published = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["layer", "path"], name="board_once_a_grid"),
            models.CheckConstraint(condition=Q(path__endswith="."), name="board_path_closed"),
        ]
