"""The end of a log-in that somebody else decides: a phone that was lost."""

from __future__ import annotations

from wangge.accounts.sessions import Session


def end_session(session_key: str) -> None:
    """End the log-in with this key from the next request on; none with it is no fault. Rule: AC-7, FD-11."""
    Session.objects.filter(session_key=session_key).delete()
