"""Every change of a place marks the tile of level 14 in which it lies (MP-2)."""

from django.db import migrations

TILE = """
CREATE FUNCTION console_tile(lon float8, lat float8) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN least(greatest(floor((lon + 180) / 360 * 16384), 0), 16383)::bigint * 16384
     + least(greatest(floor((1 - asinh(tand(least(greatest(lat, -85.05), 85.05))) / pi()) / 2 * 16384), 0), 16383)::bigint;
"""
# Of a change only what the map shows counts: a visit of a place does not draw it anew.
MARKS = """
CREATE FUNCTION console_mark_map() RETURNS trigger LANGUAGE plpgsql AS $mark$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO console_mapchanged (key)
    SELECT DISTINCT tile FROM gone o JOIN fresh n ON n.id = o.id,
      LATERAL (VALUES (console_tile(o.lon, o.lat)), (console_tile(n.lon, n.lat))) t (tile)
    WHERE (o.lon, o.lat, o.grid_path, o.class_code, o.tags, o.is_open, o.is_orphan, o.merged_into_id)
      IS DISTINCT FROM
      (n.lon, n.lat, n.grid_path, n.class_code, n.tags, n.is_open, n.is_orphan, n.merged_into_id);
  ELSIF TG_OP = 'INSERT' THEN
    INSERT INTO console_mapchanged (key) SELECT DISTINCT console_tile(lon, lat) FROM fresh;
  ELSE
    INSERT INTO console_mapchanged (key) SELECT DISTINCT console_tile(lon, lat) FROM gone;
  END IF;
  RETURN NULL;
END;
$mark$;
CREATE TRIGGER console_mark_map_new AFTER INSERT ON venues_venue REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION console_mark_map();
CREATE TRIGGER console_mark_map_changed AFTER UPDATE ON venues_venue
  REFERENCING OLD TABLE AS gone NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION console_mark_map();
CREATE TRIGGER console_mark_map_gone AFTER DELETE ON venues_venue REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION console_mark_map();
INSERT INTO console_mapchanged (key) SELECT DISTINCT console_tile(lon, lat) FROM venues_venue;
ALTER TABLE console_mapsheet ALTER COLUMN points SET STORAGE EXTERNAL;
"""
BACK = """
DROP TRIGGER console_mark_map_new ON venues_venue;
DROP TRIGGER console_mark_map_changed ON venues_venue;
DROP TRIGGER console_mark_map_gone ON venues_venue;
DROP FUNCTION console_mark_map();
"""


class Migration(migrations.Migration):
    dependencies = [("console", "0003_map_sheets"), ("venues", "0009_merges")]
    operations = [
        migrations.RunSQL(TILE, "DROP FUNCTION console_tile(float8, float8);"),
        migrations.RunSQL(MARKS, BACK),
    ]
