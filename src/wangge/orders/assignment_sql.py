"""The statements of assigning. rules.assigned_id says the same of an id; a test compares them."""

# Open places of these classes with all of the tags, and whether one beside the plan is open for them already.
_LIKE = """
SELECT v.id, v.grid_path, md5(v.id::text) AS own, md5(%(assignment)s || v.id::text) AS both, EXISTS (
    SELECT FROM orders_order o JOIN orders_assignedorder a ON a.order_id = o.id
    JOIN orders_assignment s ON s.id = a.assignment_id AND s.kind = %(kind)s
    WHERE o.venue_id = v.id AND o.status = 'open' AND o.ends_on > %(starts_on)s) AS is_there
FROM venues_venue v
WHERE v.grid_path LIKE %(path)s AND v.grid_path LIKE %(scope)s AND v.is_open AND NOT v.is_orphan
  AND (%(classes)s::varchar[] = '{}' OR v.class_code = ANY(%(classes)s::varchar[]))
  AND v.tags @> %(tags)s::varchar[]
  AND v.id IS DISTINCT FROM %(origin)s::uuid
"""

COUNT = f"""
SELECT l.grid_path, count(*) FILTER (WHERE NOT l.is_there), count(*) FILTER (WHERE l.is_there)
FROM ({_LIKE}) l GROUP BY 1
"""

# An order a row of `l` (id, grid_path, own, both), with its member.
_INSERT = """
  INSERT INTO orders_order (id, grid_path, venue_id, member_id, checklist_id, rule_code, other_rules, season,
    opens_on, due_on, ends_on, pack_version, status, findings, version)
  SELECT (%(stamp)s || '7' || translate(substr(l.own, 1, 3), '0123456789abcdef', 'fedcba9876543210')
          || translate(substr(l.both, 4, 1), '0123456789abcdef', '89ab89ab89ab89ab')
          || substr(l.both, 5, 15))::uuid,
         l.grid_path, l.id, m.user_id, %(checklist_id)s, %(rule_code)s, '{}', '',
         (%(days)s::date[])[1 + ((('x' || substr(l.own, 26, 7))::bit(28)::bigint
                                  * cardinality(%(days)s::date[])) >> 28)],
         %(due_on)s, %(ends_on)s, %(pack_version)s, 'open', 0, 1
"""
_KEPT = """
  ON CONFLICT (id) DO NOTHING
  RETURNING id, venue_id),
kept AS (INSERT INTO orders_assignedorder (order_id, assignment_id) SELECT id, %(assignment)s::uuid FROM made)
"""
MAKE = f"""
WITH made AS (
  {_INSERT}
  FROM ({_LIKE}) l
  LEFT JOIN unnest(%(paths)s::text[], %(members)s::bigint[]) AS m(path, user_id) ON m.path = l.grid_path
  WHERE NOT l.is_there
  {_KEPT}
SELECT count(*) FROM made
"""

# Places that were picked one by one, each with its member.
MAKE_PICKED = f"""
WITH m AS (SELECT * FROM unnest(%(venues)s::uuid[], %(members)s::bigint[]) AS m(venue_id, user_id)),
made AS (
  {_INSERT}
  FROM (SELECT v.id, v.grid_path, md5(v.id::text) AS own, md5(%(assignment)s || v.id::text) AS both
        FROM venues_venue v) l
  JOIN m ON m.venue_id = l.id
  {_KEPT}
SELECT id, venue_id FROM made
"""

# What lies in the drum of a draw: open places without such a visit open already.
POOL = f"SELECT l.id, l.grid_path FROM ({_LIKE}) l WHERE NOT l.is_there ORDER BY l.id"

UNDO = """
UPDATE orders_order o SET status = 'withdrawn', version = o.version + 1
FROM orders_assignedorder a
WHERE a.assignment_id = %(assignment)s AND o.id = a.order_id AND o.status = 'open'
  AND NOT EXISTS (SELECT FROM orders_visit w WHERE w.order_id = o.id)
"""

# How the orders of some assignments stand; what nobody did in its time is missed (OR-9).
STAND = """
SELECT a.assignment_id,
       CASE WHEN o.status = 'open' AND o.ends_on <= %(today)s THEN 'missed' ELSE o.status END,
       count(*), count(*) FILTER (WHERE o.findings > 0)
FROM orders_assignedorder a JOIN orders_order o ON o.id = a.order_id
WHERE a.assignment_id = ANY(%(ids)s) GROUP BY 1, 2
"""

# How the orders of some assignments stand by grid.
STAND_BY_GRID = """
SELECT o.grid_path, count(*) FILTER (WHERE o.status <> 'withdrawn'),
       count(*) FILTER (WHERE o.status = 'done'),
       count(*) FILTER (WHERE o.status = 'missed' OR o.status = 'open' AND o.ends_on <= %(today)s),
       count(*) FILTER (WHERE o.findings > 0)
FROM orders_assignedorder a JOIN orders_order o ON o.id = a.order_id
WHERE a.assignment_id = ANY(%(ids)s) AND o.grid_path LIKE %(scope)s GROUP BY 1 ORDER BY 1
"""

# What became of the cases that the orders of some assignments found.
CASES = """
SELECT count(*), count(*) FILTER (WHERE c.closed_at IS NOT NULL OR c.status IN ('rejected', 'merged'))
FROM orders_assignedorder a JOIN orders_visit w ON w.order_id = a.order_id
CROSS JOIN LATERAL jsonb_array_elements(w.answers) AS answer
JOIN cases_case c ON c.id = (answer ->> 'case_id')::uuid
WHERE a.assignment_id = ANY(%(ids)s) AND answer ->> 'case_id' IS NOT NULL
"""
