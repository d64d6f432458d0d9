"""Sessions that name their person in a column, so that one statement tells who asks (AC-7)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

POST_KEY = "wangge_post"


class Session(AbstractBaseSession):
    """A browser that somebody has logged in with, until it logs out or its time is over."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    post_id = models.BigIntegerField(null=True)  # the post chosen to act in; none: the first in force (AC-2)

    @classmethod
    def get_session_store_class(cls) -> type[DatabaseStore]:
        return SessionStore


class SessionStore(DatabaseStore):
    """Django's own store in our table: the setting `SESSION_ENGINE` names this module."""

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = super().create_model_instance(data)
        assert isinstance(session, Session)
        session.user_id = data.get(SESSION_KEY)
        session.post_id = data.get(POST_KEY)
        return session
