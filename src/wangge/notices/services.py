"""Writes of notices: telling, sending, reading, and the channels."""

from __future__ import annotations

from wangge.notices.channels import forget_old, save_channel, send_test, try_again
from wangge.notices.inbox import choose, mark_read
from wangge.notices.installing import install_hours, install_rules, install_topics
from wangge.notices.sending import send_due
from wangge.notices.telling import SEND_DUE, Contact, Telling, tell

__all__ = [
    "SEND_DUE",
    "Contact",
    "Telling",
    "choose",
    "forget_old",
    "install_hours",
    "install_rules",
    "install_topics",
    "mark_read",
    "save_channel",
    "send_due",
    "send_test",
    "tell",
    "try_again",
]
