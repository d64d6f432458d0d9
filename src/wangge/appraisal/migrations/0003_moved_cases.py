"""A step marks the month and grid of its case once; the one that a case left is marked by its move alone (IN-8)."""

import importlib

from django.db import migrations

BEFORE = importlib.import_module("wangge.appraisal.migrations.0002_marks")
MONTH = BEFORE.CASE.format(row="r")
MOVED = f"""
CREATE OR REPLACE FUNCTION appraisal_mark_cases() RETURNS trigger LANGUAGE plpgsql AS $mark$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO appraisal_changed (subject, month, grid_path)
    SELECT DISTINCT 'cases', {MONTH}, r.grid_path FROM gone r;
  ELSE
    INSERT INTO appraisal_changed (subject, month, grid_path)
    SELECT DISTINCT 'cases', {MONTH}, r.grid_path FROM fresh r;
  END IF;
  RETURN NULL;
END;
$mark$;
CREATE FUNCTION appraisal_mark_left() RETURNS trigger LANGUAGE plpgsql AS $mark$
BEGIN
  INSERT INTO appraisal_changed (subject, month, grid_path)
  VALUES ('cases', {BEFORE.CASE.format(row="OLD")}, OLD.grid_path);
  RETURN NULL;
END;
$mark$;
CREATE TRIGGER appraisal_mark_left AFTER UPDATE OF grid_path, reported_at ON cases_case FOR EACH ROW
  WHEN (OLD.grid_path <> NEW.grid_path OR OLD.reported_at <> NEW.reported_at)
  EXECUTE FUNCTION appraisal_mark_left();
DROP TRIGGER appraisal_mark_cases_changed ON cases_case;
CREATE TRIGGER appraisal_mark_cases_changed AFTER UPDATE ON cases_case REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION appraisal_mark_cases();
"""
BACK = f"""
DROP TRIGGER appraisal_mark_left ON cases_case;
DROP FUNCTION appraisal_mark_left();
{BEFORE.drop("appraisal_mark_cases", "cases_case")}
{BEFORE.function("appraisal_mark_cases", "cases", BEFORE.CASE)}
{BEFORE.triggers("appraisal_mark_cases", "cases_case")}
"""


class Migration(migrations.Migration):
    dependencies = [("appraisal", "0002_marks"), ("cases", "0019_sound_cases")]
    operations = [migrations.RunSQL(MOVED, BACK)]
