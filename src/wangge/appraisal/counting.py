"""The SQL of the measures: one place, used by the job, by readers, and by the way down to the rows."""

from __future__ import annotations

from collections.abc import Mapping

from wangge.appraisal.rules import Counted

ENDED = "('closed', 'rejected', 'merged')"

# IN-2. Over `cases_case c` and `orders_order o`.
CONDITIONS: Mapping[Counted, Mapping[str, str]] = {
    Counted.CASES: {
        "reported": "true",
        "valid": "c.status NOT IN ('rejected', 'merged')",
        "closed": "c.status = 'closed'",
        "timed": "c.status = 'closed' AND c.due_at IS NOT NULL",
        "on_time": "c.status = 'closed' AND c.closed_at <= c.due_at",
        "on_spot": "c.fixed_on_spot",
        "reworked": "c.rework > 0",
        "extended": "c.extensions > 0",
        "unfinished": f"c.status NOT IN {ENDED}",
    },
    Counted.ORDERS: {
        "planned": "true",
        "done": "o.status = 'done'",
        "in_time": "o.status = 'done' AND (o.done_at AT TIME ZONE 'Asia/Shanghai')::date <= o.due_on",
        "with_finding": "o.status = 'done' AND o.findings > 0",
        "inspected": "o.status = 'done' AND o.outcome = 'inspected'",
    },
}
KEYS: Mapping[Counted, tuple[str, ...]] = {
    Counted.CASES: ("month", "grid_path", "matter_code", "channel", "department_id", "is_restricted"),
    Counted.ORDERS: ("month", "grid_path", "rule_code"),
}
_OF: Mapping[Counted, str] = {
    Counted.CASES: (
        "k.month, c.grid_path, c.matter_code, c.channel, coalesce(c.department_id, 0) AS department_id,"
        " c.is_restricted"
    ),
    Counted.ORDERS: "k.month, o.grid_path, o.rule_code",
}
_FROM: Mapping[Counted, str] = {
    Counted.CASES: (
        "JOIN cases_case c ON c.grid_path = k.grid_path"
        " AND c.reported_at >= k.month::timestamp AT TIME ZONE 'Asia/Shanghai'"
        " AND c.reported_at < (k.month + interval '1 month') AT TIME ZONE 'Asia/Shanghai'"
    ),
    Counted.ORDERS: (
        "JOIN orders_order o ON o.grid_path = k.grid_path AND o.opens_on >= k.month"
        " AND o.opens_on < (k.month + interval '1 month')::date"
    ),
}
FACTS: Mapping[Counted, str] = {
    Counted.CASES: "appraisal_casefact",
    Counted.ORDERS: "appraisal_orderfact",
}
HOURS = "appraisal_casehours"
SEEN = "appraisal_placefact"
HOUR_KEYS = (*KEYS[Counted.CASES], "hours")


def count_keys(subject: Counted, keys: str) -> str:
    """Return the SELECT that counts the months and grids of the relation `keys` from the rows themselves."""
    measures = ", ".join(
        f"count(*) FILTER (WHERE {condition})::int AS {name}"
        for name, condition in CONDITIONS[subject].items()
    )
    groups = ", ".join(str(n + 1) for n in range(len(KEYS[subject])))
    return f"SELECT {_OF[subject]}, {measures} FROM {keys} k {_FROM[subject]} GROUP BY {groups}"


def count_seen(keys: str) -> str:
    """Return the SELECT of how many places had an inspection among the orders of those months. Rule: TA-3."""
    of = "k.month, o.grid_path, count(DISTINCT o.venue_id)::int AS seen"
    done = CONDITIONS[Counted.ORDERS]["inspected"]
    return f"SELECT {of} FROM {keys} k {_FROM[Counted.ORDERS]} AND {done} GROUP BY 1, 2"


def count_hours(keys: str) -> str:
    """Return the SELECT of how many cases took so many whole hours, likewise."""
    hours = "floor(extract(epoch FROM c.closed_at - c.reported_at) / 3600)::int AS hours"
    return (
        f"SELECT {_OF[Counted.CASES]}, {hours}, count(*)::int AS closed FROM {keys} k"
        f" {_FROM[Counted.CASES]} AND {CONDITIONS[Counted.CASES]['closed']} GROUP BY 1, 2, 3, 4, 5, 6, 7"
    )
