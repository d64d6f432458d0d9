"""One matter, followed until somebody else has verified that it is fixed."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Floor

from wangge.accounts.models import Department
from wangge.cases.rules import CoState, Status
from wangge.cases.soundness import sound
from wangge.cases.work import WorkQuerySet
from wangge.kernel.terms import Folded, Terms
from wangge.kernel.transaction_ids import CurrentTransaction, TransactionId, WallClock
from wangge.venues.models import Venue

CELLS_A_DEGREE = 500.0
BIGINTS = ArrayField(models.BigIntegerField())
NOBODY = RawSQL("'{}'::bigint[]", ())


class CaseQuerySet(WorkQuerySet["Case"]):
    pass


class Case(models.Model):
    """One matter, followed until somebody else has verified it."""

    id = models.UUIDField(primary_key=True)  # made where the fact is made: a retry is the same row
    grid_path = models.CharField(max_length=64)
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, related_name="+", db_index=False)
    order_id = models.UUIDField(
        null=True
    )  # the order whose failed item this is; a plain id, orders live above
    channel = models.CharField(max_length=16)
    matter_code = models.CharField(max_length=16)
    severity = models.CharField(max_length=16)  # changed only by an event that says why
    layer = models.CharField(max_length=32, blank=True, default="")  # of grids, in which it was found
    is_restricted = models.BooleanField(default=False)  # by its matter: seen by named posts only
    text = models.TextField(blank=True)
    address = models.CharField(max_length=255, blank=True)
    words = models.GeneratedField(  # text and address as a search compares them
        expression=Folded("text", "address"), output_field=models.TextField(), db_persist=True
    )
    lon = models.FloatField()  # WGS-84
    lat = models.FloatField()
    photos = ArrayField(models.CharField(max_length=64), default=list)  # sha256, what the reporter saw
    pack_version = models.CharField(max_length=64)

    status = models.CharField(max_length=16, default=Status.REPORTED)
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", db_index=False)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    verifier = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    stops_operation = models.BooleanField(db_default=False)  # closed only when somebody lets it run again
    answerable = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    came_from = models.CharField(max_length=16, db_default="")  # the status before it was merged
    absorbed = models.IntegerField(db_default=0)  # cases merged into this one
    co_reporters = ArrayField(models.BigIntegerField(), db_default=NOBODY)  # who reported those, once a case
    handled_by = ArrayField(models.BigIntegerField(), db_default=NOBODY)  # whoever did a handler's work
    judged_by = ArrayField(models.BigIntegerField(), db_default=NOBODY)
    co_departments = ArrayField(models.BigIntegerField(), db_default=NOBODY)
    co_waiting = ArrayField(models.BigIntegerField(), db_default=NOBODY)  # have not countersigned
    asked = models.CharField(max_length=16, db_default="")  # a request that waits for its answer
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    asked_days = models.SmallIntegerField(null=True)
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    suspensions = models.SmallIntegerField(db_default=0)
    extensions = models.SmallIntegerField(db_default=0)
    fed_back_m = models.IntegerField(null=True)  # from the reported point; null: not known
    resumed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    reported_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # the business clock; null while its year's calendar is unknown
    stage_started_at = models.DateTimeField()
    stage_due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # set while closed, rejected or merged
    rework = models.SmallIntegerField(default=0)
    fixed_on_spot = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    event_count = models.IntegerField(default=1)
    chain_head = models.BinaryField(max_length=32)  # hash of the last event

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=sound(), name="case_is_sound")]
        indexes = [
            models.Index(
                fields=["grid_path", "id"], name="case_grid", opclasses=["varchar_pattern_ops", "uuid_ops"]
            ),
            models.Index(fields=["reported_at", "id"], name="case_newest"),  # the list as it opens
            models.Index(fields=["venue", "reported_at"], name="case_venue"),
            GinIndex(fields=["co_departments"], name="case_co_departments", condition=~Q(co_departments=[])),
            models.Index(fields=["department", "reported_at"], name="case_department"),
            models.Index(fields=["matter_code", "reported_at"], name="case_matter"),
            GinIndex(Terms("text", "address"), name="case_terms"),
            models.Index(  # cells of about 200 m: who has reported the same thing here lately
                Floor(F("lat") * Value(CELLS_A_DEGREE)),
                Floor(F("lon") * Value(CELLS_A_DEGREE)),
                "reported_at",
                name="case_near",
            ),
        ]  # of what steps change only the department, at its dispatch: every other step stays a HOT update


class OpenCaseQuerySet(WorkQuerySet["OpenCase"]):
    pass


class OpenCase(models.Model):
    """A case that goes on: the narrow row that work lists and counts read. Kept by a trigger on `Case`."""

    case = models.OneToOneField(
        Case, models.DO_NOTHING, primary_key=True, related_name="open", db_constraint=False
    )  # the trigger takes the row away with the case
    grid_path = models.CharField(max_length=64)
    venue_id = models.UUIDField(null=True)
    matter_code = models.CharField(max_length=16)
    severity = models.CharField(max_length=16)
    is_restricted = models.BooleanField()
    status = models.CharField(max_length=16)
    reporter_id = models.BigIntegerField()
    department_id = models.BigIntegerField(null=True)
    handler_id = models.BigIntegerField(null=True)
    answerable_id = models.BigIntegerField(null=True)
    co_departments = ArrayField(models.BigIntegerField(), db_default=NOBODY)
    co_waiting = ArrayField(models.BigIntegerField(), db_default=NOBODY)
    handled_by = ArrayField(models.BigIntegerField(), db_default=NOBODY)
    judged_by = ArrayField(models.BigIntegerField(), db_default=NOBODY)
    co_reporters = ArrayField(models.BigIntegerField(), db_default=NOBODY)
    asked = models.CharField(max_length=16, db_default="")
    asked_by_id = models.BigIntegerField(null=True)
    reported_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    stage_started_at = models.DateTimeField()
    stage_due_at = models.DateTimeField(null=True)
    words = models.TextField(blank=True)  # text and address, folded for the search

    objects = OpenCaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["closed", "rejected", "merged"]), name="open_case_is_open"
            )
        ]
        indexes = [
            models.Index(fields=["grid_path"], name="open_case_grid", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["department_id"], name="open_case_department"),
        ]


class SavedFilter(models.Model):
    """A list that somebody keeps under a name; the office is the post's territory and department."""

    id = models.UUIDField(primary_key=True)  # made by the sender
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    scope = models.CharField(max_length=64)
    department = models.ForeignKey(Department, models.CASCADE, null=True, related_name="+", db_index=False)
    name = models.CharField(max_length=32)
    query = models.CharField(max_length=500)  # as in the address of the list
    is_shared = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_name_once"),
            models.CheckConstraint(condition=Q(scope__endswith="."), name="saved_filter_scope_closed"),
        ]
        indexes = [
            models.Index(fields=["scope"], condition=Q(is_shared=True), name="saved_filter_shared"),
        ]


class CoHandler(models.Model):
    """A department that handles a case together with the lead, and what became of it."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    state = models.CharField(max_length=16)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()  # of the state

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "department"], name="co_handler_once_a_case"),
            models.CheckConstraint(
                condition=Q(state=CoState.WAITING, person__isnull=True)
                | Q(state__in=[CoState.COUNTERSIGNED, CoState.RELEASED], person__isnull=False),
                name="co_handler_state_and_person",
            ),
        ]


class CaseEvent(models.Model):
    """One immutable step or mark, chained by hash to the one before. Partitioned by month on its UUIDv7."""

    id = models.UUIDField(primary_key=True)  # the command's id
    case_id = models.UUIDField()
    seq = models.PositiveIntegerField()  # 1 is the report
    action = models.CharField(max_length=32)  # a step or a mark
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16)
    actor_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=64)
    role = models.CharField(max_length=32)
    at = models.DateTimeField()
    detail = models.JSONField(
        default=dict
    )  # reason, photos, department, position, deadline: whatever the step carried
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["case_id", "seq"], name="case_event_of_case")]


class LiveEvent(models.Model):
    """An event for the live stream, with the transaction that wrote it; kept for a day (LV-1, LV-3)."""

    id = models.BigAutoField(primary_key=True)
    xid = TransactionId(db_default=CurrentTransaction())
    case_id = models.UUIDField()
    action = models.CharField(max_length=32)
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16)
    grid_path = models.CharField(max_length=64)
    matter_code = models.CharField(max_length=16)
    is_restricted = models.BooleanField()
    at = models.DateTimeField(db_index=True, db_default=WallClock())

    class Meta:
        indexes = [models.Index(fields=["xid"], name="case_live_event_xid")]


class News(models.Model):
    """An event that somebody may have to be told of; gone once it was looked at (NT-10)."""

    id = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField()
    case_id = models.UUIDField()
    rule_code = models.CharField(max_length=32, blank=True)  # only this rule, which waited its time
    due_at = models.DateTimeField(db_index=True)
