"""People who log in, the posts they hold, and the departments they work for."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from wangge.accounts.leave_models import Leave, StaffWord
from wangge.accounts.profile_models import Profile
from wangge.accounts.rules import Medium, Role
from wangge.accounts.sessions import Session

__all__ = [
    "Address",
    "Department",
    "Leave",
    "LoginAttempts",
    "Post",
    "Profile",
    "Session",
    "StaffWord",
    "User",
]


class Department(models.Model):
    """A body that handles cases: a police station, the fire brigade, a street's fire office."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=32)
    name = models.CharField("部门", max_length=64)
    kind = models.CharField(max_length=32)  # police, fire, urban_management…: what routes name
    path = models.CharField(max_length=64)  # its territory, a closed path

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="department_code_once"),
            models.CheckConstraint(condition=Q(path__endswith="."), name="department_path_closed"),
        ]
        indexes = [models.Index(fields=["kind", "path"], name="department_kind_path")]


class User(AbstractBaseUser):
    """A person who logs in."""

    id = models.BigAutoField(primary_key=True)
    username = models.CharField(max_length=64, unique=True)
    name = models.CharField("姓名", max_length=64)
    initials = models.CharField(max_length=64, blank=True, db_default="")  # of the name, as people type it
    staff_number = models.CharField(
        "工号", max_length=32, null=True, unique=True
    )  # by which a file knows them
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()


class Post(models.Model):
    """A role somebody holds in a territory, in `[starts_on, ends_on)`."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="posts")
    role = models.CharField(max_length=32)
    scope = models.CharField(max_length=64)
    scope_name = models.CharField(max_length=128, blank=True)  # as people call it; territory lies above us
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="posts")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    kind = models.CharField(max_length=32, blank=True, db_default="")  # of the five staff classes (HB-06)
    employment = models.CharField(max_length=32, blank=True, db_default="")  # by what means (WH-09)
    lent_for = models.ForeignKey(Leave, models.CASCADE, null=True, related_name="lent_posts")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "scope", "starts_on"], name="post_granted_once"),
            models.CheckConstraint(
                condition=~Q(role=Role.DEPARTMENT_HANDLER.value) | Q(department__isnull=False),
                name="post_handler_has_department",
            ),
            models.CheckConstraint(condition=Q(scope__endswith="."), name="post_scope_closed"),
            models.CheckConstraint(condition=Q(role__in=[r.value for r in Role]), name="post_role_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")), name="post_period_forward"
            ),
        ]
        indexes = [
            models.Index(fields=["scope"], name="post_scope", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["kind"], name="post_kind", condition=~Q(kind="")),
        ]


class Address(models.Model):
    """Where a person is reached outside the house: sealed, and masked on the way out (AC-8)."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    medium = models.CharField(max_length=16)
    sealed = models.BinaryField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "medium"], name="address_one_a_medium"),
            models.CheckConstraint(
                condition=Q(medium__in=[m.value for m in Medium]), name="address_medium_known"
            ),
        ]


class LoginAttempts(models.Model):
    """Failed log-ins with one username, known or not. The row goes when somebody gets in (AC-4)."""

    username_digest = models.CharField(max_length=64, primary_key=True)  # some type their password here
    failures = models.PositiveSmallIntegerField()
    last_at = models.DateTimeField(db_index=True)
