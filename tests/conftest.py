"""A real PostgreSQL for every test: the embedded one of this run's home, or the one of WANGGE_DATABASE_URL."""

from __future__ import annotations

import os

import pytest
from django.conf import settings

from wangge.config import embedded


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Start the embedded server before the test database is made; it goes on for the next run."""
    if not os.environ.get("WANGGE_DATABASE_URL"):
        embedded.start(settings.WANGGE_HOME)
