"""The statements of planning. Beside each stands the pure rule it must equal; a test compares them.

Marks in braces are filled by `planning.fill`: {subjects} is the SELECT of the kind that is planned.
"""


def _starts(order: str) -> str:
    """Return the SQL of the first day of an order's period: rules.started_on."""
    stamp = f"('x' || translate(left({order}.id::text, 13), '-', ''))::bit(48)::bigint / 1000"
    return f"(to_timestamp({stamp}) AT TIME ZONE 'UTC')::date"


def _own(order: str) -> str:
    """Return whether an order's id is made of its subject; that of a merged place is not (OR-16)."""
    subject = f"coalesce({order}.subject_id, {order}.venue_id)"
    return f"substr({order}.id::text, 16, 3) = substr(md5({subject}::text), 1, 3)"


# Whether another order of the subject opens inside the period and has a shorter one: then that one sees it.
SEEN_BY_SHORTER = f"""
EXISTS (
  SELECT FROM orders_order n
  WHERE {{same}} AND n.id <> <x>.id AND n.status IN ('open', 'done')
    AND n.opens_on > %(starts_on)s::date - 366 AND {_own("n")}
    AND n.opens_on >= {_starts("<x>")} AND n.opens_on < <x>.ends_on
    AND n.ends_on - {_starts("n")} < <x>.ends_on - {_starts("<x>")}
)"""

# One row a kind (class, tags that matter, last visit where a rule counts from it) of what is open in the
# scope: rules.py says which rule wins on it. And one row a grid, from the same scan. Orphans are a kind
# without a mask, in no grid.
KINDS = """
SELECT d.class_code, d.mask, d.anchor, d.grid_path, count(*)
FROM (
  SELECT v.class_code, CASE WHEN v.is_orphan THEN NULL ELSE {mask} END AS mask, {anchor} AS anchor,
         CASE WHEN v.is_orphan THEN NULL ELSE v.grid_path END AS grid_path
  FROM ({subjects}) v
  WHERE v.grid_path LIKE %(scope)s AND v.is_open
) d
GROUP BY GROUPING SETS ((d.class_code, d.mask, d.anchor), (d.grid_path))
"""

# Whether anything stands that reaches into the range: then some of it may be owed no more.
STANDS = """
SELECT EXISTS (
  SELECT FROM orders_order o
  WHERE o.grid_path LIKE %(scope)s AND o.status = 'open' AND o.ends_on > %(starts_on)s)
"""

# Subjects with what their orders are made of: rules.opens_on and rules.order_id in SQL.
# OFFSET 0 keeps the planner from computing the digest anew wherever it is named.
_SUBJECTS = """(
  SELECT id, venue_id, subject_id, grid_path, class_code, mask, anchor, digest,
         ('x' || substr(digest, 26, 7))::bit(28)::bigint AS share
  FROM (
    SELECT v.id, v.venue_id, v.subject_id, v.grid_path, v.class_code, {mask} AS mask, {anchor} AS anchor,
           md5(v.id::text) AS digest
    FROM ({subjects}) v
    WHERE v.grid_path LIKE %(scope)s AND v.is_open AND NOT v.is_orphan
    OFFSET 0
  ) d
  OFFSET 0
) v
JOIN jsonb_to_recordset(%(kinds)s::jsonb)
     AS k(class_code text, mask bigint, anchor date, rule_code text, other_rules text[], season text,
          line text, checklist_id bigint, is_anchored bool)
  ON k.class_code = v.class_code AND k.mask = v.mask AND k.anchor = v.anchor
JOIN jsonb_to_recordset(%(periods)s::jsonb)
     AS p(line text, starts_on date, ends_on date, due_on date, days date[], stamp text, under jsonb)
  ON p.line = k.line
"""
_ID = """(p.stamp || '7' || substr(v.digest, 1, 3)
        || translate(substr(v.digest, 4, 1), '0123456789abcdef', '89ab89ab89ab89ab')
        || substr(v.digest, 5, 15))::uuid"""

# Subjects × periods that open inside the range.
DUE = f"""
SELECT {_ID} AS id, v.grid_path, v.venue_id, v.subject_id, m.user_id AS member_id,
       k.checklist_id, k.rule_code, k.other_rules, k.season,
       p.days[1 + ((v.share * cardinality(p.days)) >> 28)] AS opens_on, p.due_on, p.ends_on
FROM {_SUBJECTS}
LEFT JOIN unnest(%(paths)s::text[], %(members)s::bigint[]) AS m(path, user_id) ON m.path = v.grid_path
WHERE p.days[1 + ((v.share * cardinality(p.days)) >> 28)] >= %(starts_on)s
  AND p.days[1 + ((v.share * cardinality(p.days)) >> 28)] < %(ends_on)s
  AND (p.under IS NULL OR NOT EXISTS (
    SELECT FROM jsonb_array_elements(p.under) u,
      LATERAL (SELECT (u ->> ((v.share * jsonb_array_length(u)) >> 28)::int)::date AS seen_on) s
    WHERE s.seen_on >= p.starts_on AND s.seen_on < p.ends_on))
"""

COLUMNS = """id, grid_path, venue_id, subject_id, member_id, checklist_id, rule_code, other_rules, season,
  opens_on, due_on, ends_on, pack_version, status, findings, version, subject_kind"""
_VALUES = "d.*, %(pack_version)s, 'open', 0, 1, %(kind)s"

INSERT = f"""
INSERT INTO {{table}} ({COLUMNS})
SELECT {_VALUES} FROM ({{due}}) d
"""

# Into a table that holds orders already: what is there stays as it is; what was withdrawn is owed again.
# Whether a shorter one sees an order is asked of those alone that are not there: it costs most.
_FRESH = """
due AS MATERIALIZED ({due}),
fresh AS MATERIALIZED (
  SELECT d.* FROM due d LEFT JOIN orders_order o ON o.id = d.id AND o.id >= %(low)s AND o.id < %(high)s
  WHERE o.id IS NULL OR o.status = 'withdrawn')"""
ADD = f"""
WITH {_FRESH},
made AS (
  INSERT INTO orders_order ({COLUMNS})
  SELECT {_VALUES} FROM fresh d WHERE NOT {{seen}} ON CONFLICT (id) DO UPDATE
  SET status = 'open', version = orders_order.version + 1, grid_path = excluded.grid_path,
      member_id = excluded.member_id, checklist_id = excluded.checklist_id, rule_code = excluded.rule_code,
      other_rules = excluded.other_rules, season = excluded.season, pack_version = excluded.pack_version,
      opens_on = excluded.opens_on, due_on = excluded.due_on, ends_on = excluded.ends_on
  WHERE orders_order.status = 'withdrawn'
  RETURNING rule_code, member_id)
SELECT rule_code, count(*), count(*) FILTER (WHERE member_id IS NULL) FROM made GROUP BY rule_code
UNION ALL SELECT NULL, count(*), 0 FROM due
"""

MADE = "SELECT rule_code, count(*), count(*) FILTER (WHERE member_id IS NULL) FROM {table} GROUP BY rule_code"

WOULD_MAKE = f"""
WITH {_FRESH}
SELECT d.rule_code, count(*), count(*) FILTER (WHERE d.member_id IS NULL)
FROM fresh d WHERE NOT {{seen}} GROUP BY d.rule_code
UNION ALL SELECT NULL, count(*), 0 FROM due
"""

# Open orders that nobody has visited and that are owed no more (OR-20).
# Several statements: joined by OR they would look each order up alone.
_UNSEEN = """
WHERE o.status = 'open' AND o.subject_kind = %(kind)s AND o.grid_path LIKE %(scope)s
  AND NOT EXISTS (SELECT FROM orders_visit w WHERE w.order_id = o.id)
"""
_SET = "UPDATE orders_order o SET status = 'withdrawn', version = o.version + 1"
WITHDRAW = (
    f"""{_SET} {_UNSEEN} AND o.ends_on > %(starts_on)s AND EXISTS (
      SELECT FROM ({{subjects}}) v WHERE v.id = coalesce(o.subject_id, o.venue_id) AND NOT v.is_open)""",
    f"{_SET} {_UNSEEN} AND o.ends_on > %(starts_on)s AND {_own('o')} AND {{seen_o}}",
)
# Where a rule counts from the last visit, the turn that it is now is all that is owed (OR-31).
WITHDRAW_STALE = f"""
WITH owed AS MATERIALIZED (
  SELECT v.venue_id, v.subject_id, v.grid_path, {_ID} AS order_id FROM {_SUBJECTS} WHERE k.is_anchored
)
{_SET} FROM owed x {_UNSEEN} AND o.ends_on > %(today)s AND o.season = '' AND {_own("o")}
  AND {{same_o}} AND o.id <> x.order_id
"""

# What a range owes, beside what is planned of it, by grid (OR-21).
COVERAGE = """
SELECT d.grid_path, count(*), count(*) FILTER (WHERE (o.id IS NULL OR o.status = 'withdrawn') AND NOT {seen}),
       count(*) FILTER (WHERE d.member_id IS NULL),
       count(DISTINCT coalesce(d.subject_id, d.venue_id))
FROM ({due}) d LEFT JOIN orders_order o ON o.id = d.id
GROUP BY 1 ORDER BY 1
"""

# The load of each grid's member, and the days on which it falls (OR-22).
LOADS = """
SELECT member_id, array_agg(id ORDER BY id), array_agg(opens_on ORDER BY id), array_agg(due_on ORDER BY id),
       array_agg(season <> '' ORDER BY id)
FROM orders_order
WHERE grid_path LIKE %(scope)s AND opens_on >= %(starts_on)s AND opens_on < %(ends_on)s
  AND status = 'open' AND member_id IS NOT NULL
GROUP BY member_id
"""

MOVE_DAYS = """
UPDATE orders_order o SET opens_on = n.opens_on, version = o.version + 1
FROM unnest(%s::uuid[], %s::date[]) AS n(id, opens_on)
WHERE o.id = n.id AND o.status = 'open' AND o.opens_on <> n.opens_on
"""

CLOSE_MISSED = """
UPDATE orders_order SET status = 'missed', version = version + 1
WHERE status = 'open' AND ends_on <= %(today)s
"""

# Open orders whose list has a newer version (OR-25).
RELIST = """
UPDATE orders_order o SET checklist_id = n.new
FROM unnest(%(old)s::bigint[], %(new)s::bigint[]) AS n(old, new)
WHERE o.checklist_id = n.old AND o.status = 'open' AND o.ends_on > %(today)s
  AND NOT EXISTS (SELECT FROM orders_visit w WHERE w.order_id = o.id)
"""
