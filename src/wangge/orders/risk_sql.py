"""The statements of the riskiest places; risk_rules.reasons_of says the same, and a test compares."""

# What is known of open places: counts of cases, of missed visits, of months without anybody there.
FACTS = """
SELECT v.id, v.grid_path, v.class_code, v.tags,
       coalesce(c.open, 0) AS open_case, coalesce(c.severe, 0) AS severe_case,
       coalesce(c.year, 0) AS year_case,
       coalesce(m.missed, 0) AS missed,
       coalesce((%(today)s::date - v.last_visited_on) / 30, 1000) AS unseen_month
FROM venues_venue v
LEFT JOIN (
  SELECT venue_id, count(*) FILTER (WHERE closed_at IS NULL) AS open,
         count(*) FILTER (WHERE closed_at IS NULL AND severity <> 'general') AS severe,
         count(*) FILTER (WHERE reported_at > %(at)s - interval '365 days') AS year
  FROM cases_case
  WHERE venue_id IS NOT NULL AND status NOT IN ('rejected', 'merged')
    AND (closed_at IS NULL OR reported_at > %(at)s - interval '365 days')
  GROUP BY venue_id) c ON c.venue_id = v.id
LEFT JOIN (
  SELECT venue_id, count(*) AS missed FROM orders_order
  WHERE status = 'missed' AND subject_kind = 'venue' AND ends_on > %(today)s::date - 90
    AND id >= %(since)s
  GROUP BY venue_id) m ON m.venue_id = v.id
WHERE v.grid_path LIKE %(scope)s AND v.is_open AND NOT v.is_orphan
"""

# Points of a row for a place, and the places of each grid with the most; of equals a digest decides.
RANKED = f"""
WITH f AS MATERIALIZED ({FACTS}),
w AS (SELECT * FROM jsonb_to_recordset(%(weights)s::jsonb) AS w(signal text, of text, points int, most int)),
scored AS (
  SELECT f.id, f.grid_path, f.class_code, f.tags, f.open_case, f.severe_case, f.year_case, f.missed,
         f.unseen_month, (
    SELECT sum(least(w.most, w.points * CASE w.signal
      WHEN 'class' THEN (w.of = f.class_code)::int WHEN 'tag' THEN (w.of = ANY(f.tags))::int
      WHEN 'open_case' THEN f.open_case WHEN 'severe_case' THEN f.severe_case
      WHEN 'year_case' THEN f.year_case WHEN 'missed' THEN f.missed ELSE f.unseen_month END))
    FROM w) AS score
  FROM f)
SELECT r.id, r.grid_path, r.class_code, r.tags, r.open_case, r.severe_case, r.year_case, r.missed,
       r.unseen_month, r.score
FROM (
  SELECT s.*, row_number() OVER (
    PARTITION BY s.grid_path ORDER BY s.score DESC, md5(%(week)s || s.id::text)) AS place
  FROM scored s WHERE s.score > 0
) r
WHERE r.place <= %(most)s ORDER BY r.grid_path, r.place
"""
