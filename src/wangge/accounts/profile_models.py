"""What a hirer notes of somebody: schooling, where from, and by which criteria they were taken (AC-20)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Profile(models.Model):
    """By words of the pack; only counted figures of it leave the room of whoever hires."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    education = models.CharField(max_length=32, blank=True)
    politics = models.CharField(max_length=32, blank=True)
    criteria = ArrayField(models.CharField(max_length=32), default=list)  # of the hiring list that are met
    noted_at = models.DateTimeField()
    noted_by = models.BigIntegerField()
