"""Templates, number series, and the documents that were issued."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from wangge.documents.rules import DocumentKind
from wangge.kernel.actor import Actor
from wangge.kernel.models import StoredFile
from wangge.kernel.terms import Terms

SEARCHED = ("number_text", "recipient", "issued_by_name")
KINDS = [kind.value for kind in DocumentKind]


class Template(models.Model):
    """A Word file with placeholders, uploaded by an administrator. Without one the shipped serves."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=32)
    version = models.PositiveIntegerField()
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(max_length=128)  # of the uploaded file
    uploaded_by = models.BigIntegerField()
    uploaded_by_name = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="template_version_once"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(is_active=True), name="template_one_is_active"
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="template_kind_known"),
        ]


class NumberFormat(models.Model):
    """How the numbers of a kind look: from the pack for all, or set by hand for one organisation."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=32)
    organisation = models.CharField(max_length=80, blank=True)  # Organisation.key; "" is everybody
    organisation_name = models.CharField(max_length=128, blank=True)
    pattern = models.CharField(max_length=64)
    pack_version = models.CharField(max_length=64, blank=True)  # "": set by hand
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "organisation"],
                condition=Q(is_active=True),
                name="number_format_one_is_active",
            ),
            models.UniqueConstraint(
                fields=["kind", "organisation", "pack_version"], name="number_format_once_a_version"
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="number_format_kind_known"),
        ]


class Series(models.Model):
    """The last number given, of a kind in an organisation and year. Its row is the lock (DO-4)."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=32)
    organisation = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "organisation", "year"], name="series_once_a_year")
        ]


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, actor: Actor) -> Self:
        """Scope first; a department sees what it issued or what concerns its own cases. Fails closed."""
        if not actor.can("documents.read"):
            return self.none()
        inside = self.filter(grid_path__startswith=actor.scope)
        if not actor.can("cases.handle"):
            return inside
        if actor.department_id is None:
            return self.none()
        own = Q(department_id=actor.department_id) | Q(organisation=f"department:{actor.department_id}")
        return inside.filter(own)


class Document(models.Model):
    """A notice or record as it left the house. The database refuses to change or delete the row (DO-7)."""

    id = models.UUIDField(primary_key=True)  # made by the sender: a retry is the same document
    kind = models.CharField(max_length=32)
    organisation = models.CharField(max_length=80)
    organisation_name = models.CharField(max_length=128)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    number_text = models.CharField(max_length=160)
    subject_type = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    grid_path = models.CharField(max_length=64)
    department_id = models.BigIntegerField(null=True)  # that had the subject when it was issued
    recipient = models.CharField(max_length=255, blank=True)
    template_name = models.CharField(max_length=160)
    facts = models.JSONField(default=dict)  # as printed
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    holds_personal = models.BooleanField(default=False)
    issued_by = models.BigIntegerField()
    issued_by_name = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "organisation", "year", "number"], name="document_number_once"
            ),
            models.UniqueConstraint(fields=["number_text"], name="document_number_text_once"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="document_kind_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="document_number_from_one"),
            models.CheckConstraint(condition=Q(grid_path__endswith="."), name="document_grid_path_closed"),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="document_subject"),
            models.Index(fields=["issued_at", "id"], name="document_newest"),
            GinIndex(Terms(*SEARCHED), name="document_terms"),
            models.Index(
                fields=["grid_path", "issued_at"],
                name="document_grid",
                opclasses=["varchar_pattern_ops", "timestamptz_ops"],
            ),
        ]


class Voiding(models.Model):
    """A document that no longer holds, and why. Its number is not given again."""

    document = models.OneToOneField(Document, models.PROTECT, primary_key=True, related_name="voiding")
    reason = models.TextField()
    voided_by = models.BigIntegerField()
    voided_by_name = models.CharField(max_length=64)
    voided_at = models.DateTimeField()


class Print(models.Model):
    """The PDF of a document, made once from its Word file."""

    document = models.OneToOneField(Document, models.PROTECT, primary_key=True, related_name="print")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
