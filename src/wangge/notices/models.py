"""What people are told: the pack's rules, the messages, the inbox, and the outbox with its channels."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wangge.accounts.rules import Language, Medium
from wangge.kernel.actor import Actor
from wangge.notices.rules import WAITING, State


class NoticeTopic(models.Model):
    """Something people may be told of, by the name of its step or mark. Installed by a pack."""

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64)
    code = models.CharField(max_length=32)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    is_active = models.BooleanField(default=True)


class NoticeRule(models.Model):
    """Who is told of what, when and by what (NT-1). Installed by a pack."""

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64)
    code = models.CharField(max_length=32)
    name_zh = models.CharField(max_length=64)  # also the title of the message
    name_en = models.CharField(max_length=128)
    topic = models.CharField(max_length=32)
    matters = ArrayField(models.CharField(max_length=16), default=list)  # prefixes; none: every matter
    severities = ArrayField(models.CharField(max_length=16), default=list)
    channels = ArrayField(models.CharField(max_length=16), default=list)
    statuses = ArrayField(models.CharField(max_length=16), default=list)
    levels = ArrayField(models.CharField(max_length=32), default=list)  # rungs of an escalation
    recipients = ArrayField(models.CharField(max_length=32))
    media = ArrayField(models.CharField(max_length=16))
    delay_minutes = models.PositiveIntegerField()
    only_if_open = models.BooleanField()
    levels_up = models.PositiveSmallIntegerField()  # how far around "nearby" reaches
    is_urgent = models.BooleanField()  # breaks quiet hours
    is_duty = models.BooleanField()  # cannot be muted
    is_digest = models.BooleanField()  # outside the house it waits for the morning
    text_zh = models.CharField(max_length=255)
    text_en = models.CharField(max_length=500)
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)


class NoticeHours(models.Model):
    """When nobody is disturbed, and when the digest leaves. Installed by a pack."""

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64)
    quiet_from = models.TimeField()
    quiet_to = models.TimeField()
    digest_at = models.TimeField()
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)


class Preference(models.Model):
    """What a person chose: own quiet hours, a digest instead of single messages, topics not wanted."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    quiet_from = models.TimeField(null=True)  # null: the pack's
    quiet_to = models.TimeField(null=True)
    wants_digest = models.BooleanField(default=False)
    muted = ArrayField(models.CharField(max_length=32), default=list)
    language = models.CharField(max_length=8, default=Language.ZH)  # of what leaves the house

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(language__in=[one.value for one in Language]), name="preference_language_known"
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="preference_quiet_hours_whole",
            ),
        ]


class Message(models.Model):
    """One text to many people. Told twice under one key, it is one message."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=128)
    topic = models.CharField(max_length=32)
    rule_code = models.CharField(max_length=32)
    path = models.CharField(max_length=64)  # where it belongs: a closed path
    case_id = models.UUIDField(null=True)  # what it links to; a plain id, cases live above
    title_zh = models.CharField(max_length=64)
    title_en = models.CharField(max_length=128)
    text_zh = models.TextField()
    text_en = models.TextField()
    is_urgent = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="message_told_once"),
            models.CheckConstraint(condition=Q(path__endswith="."), name="message_path_closed"),
        ]
        indexes = [models.Index(fields=["case_id"], name="message_of_case")]


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody reads the own inbox and no other."""
        return self.filter(user_id=actor.user_id)


class Notice(models.Model):
    """A message in somebody's inbox."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="notice_told_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_newest"),
            models.Index(fields=["user", "-id"], condition=Q(read_at__isnull=True), name="notice_unread"),
        ]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever runs the channels sees the deliveries of the own territory. Fails closed."""
        if not actor.can("notices.manage"):
            return self.none()
        return self.filter(message__path__startswith=actor.scope)


class Delivery(models.Model):
    """One message on its way to one recipient outside the house (NT-5)."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries", db_index=False)
    medium = models.CharField(max_length=16)
    recipient = models.CharField(max_length=32)  # u12, a contact's c34, a venue's keeper, or a whole group
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", db_index=False
    )
    sealed = models.BinaryField(null=True)  # of a contact; a person's address is looked up when it is sent
    is_urgent = models.BooleanField()
    is_digest = models.BooleanField()
    language = models.CharField(max_length=8, default=Language.ZH)  # the text that goes out
    state = models.CharField(max_length=16, default=State.QUEUED)
    due_at = models.DateTimeField()  # when somebody looks at it next
    attempts = models.PositiveSmallIntegerField(default=0)
    may_be_double = models.BooleanField(default=False)  # a sender died between sending and noting it
    reason = models.CharField(max_length=255, blank=True)  # why it failed, without secrets
    sent_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "medium", "recipient"], name="delivery_once_a_recipient"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="delivery_state_known"
            ),
            models.CheckConstraint(
                condition=Q(medium__in=[medium.value for medium in Medium]), name="delivery_medium_known"
            ),
            models.CheckConstraint(
                condition=Q(language__in=[one.value for one in Language]), name="delivery_language_known"
            ),
            models.CheckConstraint(
                condition=Q(state=State.SENT, sent_at__isnull=False)
                | ~Q(state=State.SENT) & Q(sent_at__isnull=True),
                name="delivery_sent_at_iff_sent",
            ),
        ]
        indexes = [
            models.Index(
                F("is_urgent").desc(),
                "due_at",
                name="delivery_waiting",
                condition=Q(state__in=[state.value for state in WAITING]),
            ),
            models.Index(fields=["-id"], name="delivery_given_up", condition=Q(state=State.GIVEN_UP)),
            models.Index(fields=["sent_at"], name="delivery_sent", condition=Q(sent_at__isnull=False)),
        ]


class MediumChannel(models.Model):
    """How the city reaches a medium: one address with its secrets, sealed (NT-7)."""

    medium = models.CharField(max_length=16, primary_key=True)
    sealed_url = models.BinaryField()
    is_on = models.BooleanField(default=True)
    is_group = models.BooleanField()  # one group hears everything, nobody is addressed
    updated_at = models.DateTimeField()
    tested_at = models.DateTimeField(null=True)
    test_reason = models.CharField(max_length=255, blank=True)  # empty: the test arrived

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(medium__in=[medium.value for medium in Medium]), name="channel_medium_known"
            )
        ]
