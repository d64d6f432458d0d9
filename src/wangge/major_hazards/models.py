"""Editions of the standard, assessments, decisions with signatures, and hazards that are listed."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wangge.cases.models import Case
from wangge.kernel.actor import Actor
from wangge.major_hazards.rules import (
    Count,
    DecisionKind,
    Element,
    Elements,
    Exemption,
    Outcome,
    Panel,
    PlaceKind,
    Procedure,
    Suspicion,
)
from wangge.venues.models import Venue


def _one_of(field: str, words: type[Suspicion | PlaceKind | Outcome | Panel | DecisionKind]) -> Q:
    return Q(**{f"{field}__in": [word.value for word in words]})


class ElementSet(models.Model):
    """One edition of the standard. Without elements it waits for its text; `remedy` says how it gets it."""

    code = models.CharField(max_length=32, primary_key=True)
    name_zh = models.CharField(max_length=128)
    name_en = models.CharField(max_length=128)
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    remedy_zh = models.TextField(blank=True)
    remedy_en = models.TextField(blank=True)
    elements = models.JSONField(default=list)
    counts = models.JSONField(default=list)
    members = models.PositiveSmallIntegerField()  # in collective discussion, at least
    experts = models.PositiveSmallIntegerField()  # on the panel of a complex one, at least
    experts_agree = models.PositiveSmallIntegerField()  # so many …
    experts_of = models.PositiveSmallIntegerField()  # … of so many
    pack_version = models.CharField(max_length=64, blank=True)  # "": imported by hand
    imported_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(experts_agree__lte=F("experts_of"), experts_of__gte=1),
                name="element_set_share_of_experts",
            )
        ]

    def edition(self) -> Elements:
        """Return what the rules look at."""
        return Elements(
            [Element(**one | {"place_kinds": frozenset(one["place_kinds"])}) for one in self.elements],
            [
                Count(
                    **one
                    | {"place_kinds": frozenset(one["place_kinds"]), "elements": frozenset(one["elements"])}
                )
                for one in self.counts
            ],
        )


class ListingRule(models.Model):
    """Within how many working days after the decision a hazard is listed. Installed by a pack."""

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64, unique=True)
    working_days = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="listing_rule_one_is_active"
            )
        ]


class PlacedQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Scope first; a department sees those of its own cases. Fails closed."""
        if not actor.can("major_hazards.read"):
            return self.none()
        inside = self.filter(grid_path__startswith=actor.scope)
        if not actor.can("cases.handle"):
            return inside
        own = Q(case__department_id=actor.department_id, case__isnull=False)
        return inside.filter(own) if actor.department_id is not None else self.none()


class Placed(models.Model):
    """What lies somewhere: at a case, at a venue, or both."""

    id = models.UUIDField(primary_key=True)  # made by the sender: a retry is the same row
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, related_name="+")
    grid_path = models.CharField(max_length=64)

    class Meta:
        abstract = True


class Assessment(Placed):
    """The elements that people ticked at a place, and what the counting says: suspected, never more."""

    element_set = models.ForeignKey(ElementSet, models.PROTECT, related_name="+")
    place_kind = models.CharField(max_length=16)
    exemption = models.CharField(max_length=32, blank=True)
    exemption_reason = models.TextField(blank=True)
    exemption_photos = ArrayField(models.CharField(max_length=64), default=list)
    verdict = models.CharField(max_length=16)
    line_code = models.CharField(max_length=32, blank=True)
    line_zh = models.TextField(blank=True)
    line_en = models.TextField(blank=True)
    line_is_confirmed = models.BooleanField(default=False)
    counted = ArrayField(models.CharField(max_length=16), default=list)
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField()

    objects = PlacedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=False) | Q(venue__isnull=False), name="assessment_has_subject"
            ),
            models.CheckConstraint(condition=_one_of("verdict", Suspicion), name="assessment_verdict_known"),
            models.CheckConstraint(condition=_one_of("place_kind", PlaceKind), name="assessment_place_known"),
            models.CheckConstraint(
                condition=Q(exemption="")
                | Q(exemption__in=[one.value for one in Exemption], verdict=Suspicion.EXCEPTED.value),
                name="assessment_exemption_known",
            ),
        ]
        indexes = [
            models.Index(fields=["assessed_at", "id"], name="assessment_newest"),
            models.Index(fields=["case"], name="assessment_case"),
            models.Index(fields=["venue"], name="assessment_venue"),
        ]


class Tick(models.Model):
    """One element that somebody found, with what they saw."""

    id = models.BigAutoField(primary_key=True)
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="ticks")
    element = models.CharField(max_length=16)
    note = models.TextField(blank=True)
    photos = ArrayField(models.CharField(max_length=64), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "element"], name="tick_once"),
            models.CheckConstraint(condition=~Q(note="") | ~Q(photos=[]), name="tick_has_evidence"),
        ]


class MajorHazard(Placed):
    """What people decided to be major. The database refuses one without its signatures (MH-4)."""

    decided_at = models.DateTimeField()
    list_by = models.DateTimeField(null=True)  # null while the year's calendar is unknown
    list_days = models.PositiveSmallIntegerField(
        null=True
    )  # working days that the pack gave then, and whence
    list_source = models.CharField(max_length=64, blank=True)
    listed_at = models.DateTimeField(null=True)
    listed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    supervising_body = models.CharField(max_length=128, blank=True)
    notice_text = models.TextField(blank=True)
    rectify_on = models.DateField(null=True)  # the last day
    delisted_at = models.DateTimeField(null=True)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(listed_at__isnull=True)
                | Q(listed_by__isnull=False, rectify_on__isnull=False)
                & ~Q(supervising_body="")
                & ~Q(notice_text=""),
                name="major_hazard_listed_whole",
            ),
            models.CheckConstraint(
                condition=Q(delisted_at__isnull=True) | Q(listed_at__isnull=False),
                name="major_hazard_delisted_after_listing",
            ),
        ]
        indexes = [
            models.Index(fields=["decided_at", "id"], name="major_hazard_newest"),
            models.Index(fields=["case"], name="major_hazard_case"),
        ]


class Decision(models.Model):
    """What a body decides: that it is major, or that it is de-listed. Agreed only with its signatures."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=16)
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="decisions")
    hazard = models.ForeignKey(MajorHazard, models.PROTECT, null=True, related_name="decisions")
    body = models.CharField(max_length=128)  # who decides
    basis_clause = models.CharField(max_length=128)
    basis_version = models.CharField(max_length=64)
    discussed_on = models.DateField()
    summary = models.TextField()
    photos = ArrayField(models.CharField(max_length=64), default=list)
    is_complex = models.BooleanField(default=False)
    members_needed = models.PositiveSmallIntegerField()
    experts_needed = models.PositiveSmallIntegerField()
    experts_agree = models.PositiveSmallIntegerField()
    experts_of = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=16, default=Outcome.OPEN)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_one_of("kind", DecisionKind), name="decision_kind_known"),
            models.CheckConstraint(condition=_one_of("outcome", Outcome), name="decision_outcome_known"),
            models.CheckConstraint(condition=Q(members_needed__gte=1), name="decision_people_discuss"),
            models.CheckConstraint(
                condition=Q(is_complex=False) | Q(experts_needed__gte=1), name="decision_experts_advise"
            ),
            models.CheckConstraint(
                condition=~Q(kind=DecisionKind.DELIST.value) | Q(hazard__isnull=False),
                name="decision_delists_a_hazard",
            ),
            models.UniqueConstraint(
                fields=["assessment", "kind"], condition=Q(outcome="open"), name="decision_one_is_open"
            ),
        ]
        indexes = [models.Index(fields=["proposed_at", "id"], name="major_decision_newest")]

    def procedure(self) -> Procedure:
        """Return how many must sign."""
        return Procedure(self.members_needed, self.experts_needed, (self.experts_agree, self.experts_of))


class Seat(models.Model):
    """Somebody who is to sign, under their own log-in. A signature is never changed."""

    id = models.BigAutoField(primary_key=True)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    panel = models.CharField(max_length=16)
    title = models.CharField(max_length=64, blank=True)  # post or speciality
    agrees = models.BooleanField(null=True)
    opinion = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "user"], name="seat_once"),
            models.CheckConstraint(condition=_one_of("panel", Panel), name="seat_panel_known"),
            models.CheckConstraint(
                condition=Q(agrees__isnull=True, signed_at__isnull=True)
                | Q(agrees__isnull=False, signed_at__isnull=False),
                name="seat_signed_whole",
            ),
        ]
        indexes = [models.Index(fields=["user"], condition=Q(signed_at__isnull=True), name="seat_waits_for")]


class Progress(models.Model):
    """What was done since, told by those who do it."""

    id = models.UUIDField(primary_key=True)
    hazard = models.ForeignKey(MajorHazard, models.PROTECT, related_name="progress")
    text = models.TextField()
    photos = ArrayField(models.CharField(max_length=64), default=list)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    told_at = models.DateTimeField()


class Reinspection(models.Model):
    """What somebody else found."""

    id = models.UUIDField(primary_key=True)
    hazard = models.ForeignKey(MajorHazard, models.PROTECT, related_name="reinspections")
    has_passed = models.BooleanField()
    text = models.TextField()
    photos = ArrayField(models.CharField(max_length=64), default=list)
    inspected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    inspected_at = models.DateTimeField()
