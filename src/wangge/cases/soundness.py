"""What every case holds to, whoever writes it: the database asks one function of its row (ADR 37)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import BooleanField, Func

# What the function is told of a row, and of which type. Frozen with the migration that makes it.
TOLD: Mapping[str, str] = {
    "grid_path": "text",
    "channel": "text",
    "status": "text",
    "came_from": "text",
    "asked": "text",
    "closed_at": "timestamptz",
    "reporter_id": "bigint",
    "handler_id": "bigint",
    "verifier_id": "bigint",
    "department_id": "bigint",
    "merged_into_id": "uuid",
    "asked_by_id": "bigint",
    "approver_id": "bigint",
    "resumed_by_id": "bigint",
    "co_reporters": "bigint[]",
    "handled_by": "bigint[]",
    "judged_by": "bigint[]",
    "co_departments": "bigint[]",
    "co_waiting": "bigint[]",
    "fixed_on_spot": "boolean",
    "stops_operation": "boolean",
    "absorbed": "int",
    "asked_days": "int",
    "suspensions": "int",
    "extensions": "int",
    "fed_back_m": "int",
    "rework": "int",
    "version": "int",
    "event_count": "int",
}
ENDED = "status IN ('closed', 'rejected', 'merged')"
RULES: Mapping[str, str] = {  # name -> what holds; null is no breach, as with any check
    "case_status_known": (
        "status IN ('reported', 'accepted', 'dispatched', 'handling', 'verifying', 'closed', 'rejected',"
        " 'merged', 'suspended', 'transferred')"
    ),
    "case_channel_known": "channel IN ('inspection', 'patrol', 'citizen', 'hotline', 'other')",
    "case_grid_path_closed": "grid_path LIKE '%.'",
    "case_reporter_is_not_handler": "handler_id <> reporter_id",
    "case_reporter_is_not_verifier": "verifier_id <> reporter_id",
    "case_handler_is_not_verifier": "verifier_id <> handler_id",
    "case_three_people_for_ever": (
        "NOT handled_by && judged_by AND NOT handled_by @> ARRAY[reporter_id]"
        " AND NOT judged_by @> ARRAY[reporter_id]"
    ),
    "case_closed_at_iff_ended": f"(closed_at IS NOT NULL) = ({ENDED})",
    "case_closed_by_another": "status <> 'closed' OR fixed_on_spot OR verifier_id IS NOT NULL",
    "case_closed_by_no_co_reporter": (
        "status <> 'closed' OR verifier_id IS NULL OR NOT co_reporters @> ARRAY[verifier_id]"
    ),
    "case_closed_when_resumed": "status <> 'closed' OR NOT stops_operation OR resumed_by_id IS NOT NULL",
    "case_waiting_is_invited": "co_departments @> co_waiting",
    "case_lead_is_not_co_handling": "department_id IS NULL OR NOT co_departments @> ARRAY[department_id]",
    "case_fed_back_by_all": "status NOT IN ('verifying', 'closed') OR co_waiting = '{}'",
    "case_asked_by_somebody": (
        "asked = '' OR asked IN ('suspension', 'extension')"
        " AND asked_by_id IS NOT NULL AND approver_id IS NULL"
    ),
    "case_approver_did_not_ask": (
        "approver_id IS NULL OR asked_by_id IS NOT NULL AND approver_id <> asked_by_id"
    ),
    "case_merged_iff_into_another": (
        "(status = 'merged') = (merged_into_id IS NOT NULL) AND (status = 'merged' OR came_from = '')"
    ),
    "case_merged_one_deep": "merged_into_id IS NULL OR absorbed = 0",
    "case_counts_whole": (
        "least(absorbed, asked_days, suspensions, extensions, fed_back_m, rework, version, event_count) >= 0"
    ),
}


class Sound(Func):
    """Whether a row holds to all the rules; the function names the first that it breaks instead."""

    function = "cases_is_sound"
    output_field = BooleanField()


def sound() -> Sound:
    """Return the check of a case's row."""
    return Sound(*TOLD)


def make_function() -> str:
    """Return the SQL that makes the function.

    All rules are one expression: PostgreSQL keeps it ready in a session. Plain checks are read from the
    catalogue and planned anew by every statement, which was a fifth of a step's cost. Only a row that breaks
    a rule has them asked one by one.
    """
    given = ", ".join(f"{name} {kind}" for name, kind in TOLD.items())
    whole = "\n    AND ".join(f"coalesce({rule}, true)" for rule in RULES.values())
    one_by_one = "\n".join(
        f"""  IF NOT coalesce({rule}, true) THEN
    RAISE check_violation USING CONSTRAINT = '{name}', TABLE = 'cases_case',
      MESSAGE = 'new row for relation "cases_case" violates check constraint "{name}"';
  END IF;"""
        for name, rule in RULES.items()
    )
    return f"""
CREATE FUNCTION cases_is_sound({given}) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $sound$
BEGIN
  IF {whole} THEN
    RETURN true;
  END IF;
{one_by_one}
  RETURN false;
END;
$sound$"""


def drop_function() -> str:
    """Return the SQL that takes it away."""
    return f"DROP FUNCTION cases_is_sound({', '.join(TOLD.values())})"
