"""What can be planned, one SELECT a kind: the engine of planning reads all of them alike (ADR 41).

A row is a subject: `id` is what its orders are made of; `venue_id` the place to go to, if it has one;
`subject_id` is empty for a place, which is its own subject; `class_code` and `tags` are what rules look at;
`seen_on` the day of the last visit.
"""

from __future__ import annotations

from wangge.orders.rules import SubjectKind

VENUES = """
SELECT id, id AS venue_id, NULL::uuid AS subject_id, grid_path, class_code, tags, is_open, is_orphan,
       last_visited_on AS seen_on
FROM venues_venue
"""

# A facility is planned by its kind; as tags it carries those of its place, and the class of its place.
FACILITIES = """
SELECT h.id, h.venue_id, h.id AS subject_id, p.grid_path, h.kind AS class_code,
       p.tags || p.class_code AS tags, p.is_open AND h.removed_at IS NULL AS is_open, p.is_orphan,
       s.seen_on
FROM dossiers_holding h JOIN venues_venue p ON p.id = h.venue_id
LEFT JOIN orders_subjectvisit s ON s.subject_id = h.id
WHERE h.sort = 'facility'
"""

# A person or unit that answers for a place, by its kind.
PERSONS = """
SELECT h.id, h.venue_id, h.id AS subject_id, p.grid_path, h.kind AS class_code,
       p.tags || p.class_code AS tags,
       p.is_open AND h.removed_at IS NULL AND coalesce(h.since_on <= %(today)s, true)
         AND coalesce(h.until_on > %(today)s, true) AS is_open,
       p.is_orphan, s.seen_on
FROM dossiers_person h JOIN venues_venue p ON p.id = h.venue_id
LEFT JOIN orders_subjectvisit s ON s.subject_id = h.id
"""

# A grid is planned by its tier; a dedicated one carries its scene. One that was split is open no more.
GRIDS = """
SELECT g.id, NULL::uuid AS venue_id, g.id AS subject_id, g.path AS grid_path, g.tier AS class_code,
       CASE WHEN g.scene = '' THEN ARRAY[]::varchar[] ELSE ARRAY[g.scene] END AS tags,
       g.valid_from < %(today)s::date + 1 AND coalesce(g.valid_to >= %(today)s::date + 1, true) AS is_open,
       false AS is_orphan, s.seen_on
FROM territory_grid g LEFT JOIN orders_subjectvisit s ON s.subject_id = g.id
WHERE g.layer = 'comprehensive'
"""

SUBJECTS = {
    SubjectKind.VENUE: VENUES,
    SubjectKind.FACILITY: FACILITIES,
    SubjectKind.PERSON: PERSONS,
    SubjectKind.GRID: GRIDS,
}

# How another order of the same subject is found: by an index that is there.
_AT_PLACE = "n.venue_id = {x}.venue_id AND n.subject_id = {x}.subject_id"
SAME = {
    SubjectKind.VENUE: "n.venue_id = {x}.venue_id AND n.subject_id IS NULL",
    SubjectKind.FACILITY: _AT_PLACE,
    SubjectKind.PERSON: _AT_PLACE,
    SubjectKind.GRID: "n.grid_path = {x}.grid_path AND n.subject_id = {x}.subject_id",
}

# What an order is shown as: the name of its subject, the words of its class, and where to go.
DESCRIBE = """
SELECT o.id, v.name, coalesce(c.name_zh, k.name_zh, ''), coalesce(c.name_en, k.name_en, ''),
       concat_ws(' ', nullif(v.address, ''), nullif(h.place, '')),
       v.lon, v.lat, g.name
FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[]) AS o(id, venue_id, subject_id, kind)
LEFT JOIN venues_venue v ON v.id = o.venue_id
LEFT JOIN venues_venueclass c ON o.kind = 'venue' AND c.code = v.class_code
LEFT JOIN dossiers_holding h ON o.kind = 'facility' AND h.id = o.subject_id
LEFT JOIN dossiers_person p ON o.kind = 'person' AND p.id = o.subject_id
LEFT JOIN dossiers_kind k ON k.sort = o.kind AND k.code = coalesce(h.kind, p.kind)
LEFT JOIN territory_grid g ON o.kind = 'grid' AND g.id = o.subject_id
"""
SEEN = """
INSERT INTO orders_subjectvisit (subject_id, kind, seen_on)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::date[])
ON CONFLICT (subject_id) DO UPDATE SET seen_on = greatest(orders_subjectvisit.seen_on, excluded.seen_on)
"""
