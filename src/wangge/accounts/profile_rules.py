"""What teams are made of, in figures. Source: docs/rules/accounts.md, AC-20 (TZ-09)."""

from __future__ import annotations

FEWEST = 5  # people: of fewer a figure would tell what somebody is


def share_pct(n: int, of: int) -> float:
    """Return the share in per cent with two digits, as the source gives it (37.56 %); 0 of nobody."""
    return round(100 * n / of, 2) if of else 0.0


def is_told(noted: int) -> bool:
    """Return whether so many were noted that a figure tells of none of them. Rule: AC-20."""
    return noted >= FEWEST
