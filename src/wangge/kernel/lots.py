"""Lots that anybody can draw again: a seed, an id, SHA-256 and a sorted list (ADR 42)."""

from __future__ import annotations

import secrets
from hashlib import sha256


def lot(seed: str, *things: object) -> str:
    """Return the lot of something: sha256 of seed and ids, joined by `|`, as hex. The smallest lots win."""
    return sha256("|".join([seed, *map(str, things)]).encode()).hexdigest()


def new_seed() -> str:
    """Return a seed that nobody chose."""
    return secrets.token_hex(16)
