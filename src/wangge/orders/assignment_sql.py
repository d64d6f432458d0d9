"""The statements of assigning. rules.assigned_id says the same of an id; a test compares them."""

# Open places of a class with all of the tags, and whether one of this kind is open for them already.
_LIKE = """
SELECT v.id, v.grid_path, md5(v.id::text) AS own, md5(%(assignment)s || v.id::text) AS both, EXISTS (
    SELECT FROM orders_order o JOIN orders_assignedorder a ON a.order_id = o.id
    WHERE o.venue_id = v.id AND o.status = 'open' AND o.ends_on > %(starts_on)s) AS is_there
FROM venues_venue v
WHERE v.grid_path LIKE %(path)s AND v.grid_path LIKE %(scope)s AND v.is_open AND NOT v.is_orphan
  AND v.class_code = %(class_code)s AND v.tags @> %(tags)s::varchar[]
  AND v.id IS DISTINCT FROM %(origin)s::uuid
"""

COUNT = f"""
SELECT l.grid_path, count(*) FILTER (WHERE NOT l.is_there), count(*) FILTER (WHERE l.is_there)
FROM ({_LIKE}) l GROUP BY 1
"""

MAKE = f"""
WITH made AS (
  INSERT INTO orders_order (id, grid_path, venue_id, member_id, checklist_id, rule_code, other_rules, season,
    opens_on, due_on, ends_on, pack_version, status, findings, version)
  SELECT (%(stamp)s || '7' || translate(substr(l.own, 1, 3), '0123456789abcdef', 'fedcba9876543210')
          || translate(substr(l.both, 4, 1), '0123456789abcdef', '89ab89ab89ab89ab')
          || substr(l.both, 5, 15))::uuid,
         l.grid_path, l.id, m.user_id, %(checklist_id)s, %(rule_code)s, '{{}}', '',
         (%(days)s::date[])[1 + ((('x' || substr(l.own, 26, 7))::bit(28)::bigint
                                  * cardinality(%(days)s::date[])) >> 28)],
         %(due_on)s, %(ends_on)s, %(pack_version)s, 'open', 0, 1
  FROM ({_LIKE}) l
  LEFT JOIN unnest(%(paths)s::text[], %(members)s::bigint[]) AS m(path, user_id) ON m.path = l.grid_path
  WHERE NOT l.is_there
  ON CONFLICT (id) DO NOTHING
  RETURNING id),
kept AS (INSERT INTO orders_assignedorder (order_id, assignment_id) SELECT id, %(assignment)s::uuid FROM made)
SELECT count(*) FROM made
"""

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
