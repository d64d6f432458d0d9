"""What was installed, and what of it holds now."""

from django.db import models
from django.db.models import Q


class PackInstall(models.Model):
    """A version of a pack as it was when installed. One is active; older ones stay, with their content."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=32)
    pack_version = models.CharField(max_length=64)  # dongguan@2026.11
    effective_on = models.DateField()
    installed_at = models.DateTimeField()
    installed_by = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)  # of the content: the same version never holds two contents
    content = models.JSONField()  # the whole pack: tiers, ladder, duties… are read from here
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack_version"], name="pack_install_version_once"),
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="pack_install_one_active"
            ),
        ]
