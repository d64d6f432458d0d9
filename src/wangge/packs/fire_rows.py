"""Words for fires in a pack. Rule: FR-5."""

from __future__ import annotations

from wangge.packs.entry import Entry


class FireCause(Entry):
    """Why it burnt, as the local register sorts it."""


class FirePlace(Entry):
    """What kind of place burnt."""
