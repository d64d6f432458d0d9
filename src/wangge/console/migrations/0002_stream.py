"""Every event of a case is told to the stream, in its own transaction, with a nudge to who listens (LV-1)."""

from django.db import migrations

STREAM = """
CREATE TABLE console_forgotten (one boolean PRIMARY KEY DEFAULT true CHECK (one), forgotten_to xid8 NOT NULL);
INSERT INTO console_forgotten (forgotten_to) VALUES ('0');
CREATE FUNCTION console_tell_live() RETURNS trigger LANGUAGE plpgsql AS $tell$
BEGIN
  INSERT INTO console_liveevent
    (xid, case_id, action, before, after, grid_path, matter_code, is_restricted, at)
  SELECT pg_current_xact_id(), e.case_id, e.action, e.before, e.after, c.grid_path, c.matter_code,
         c.is_restricted, clock_timestamp()
  FROM fresh e JOIN cases_case c ON c.id = e.case_id ORDER BY e.case_id, e.seq;
  IF FOUND THEN NOTIFY wangge_live; END IF;
  RETURN NULL;
END;
$tell$;
CREATE TRIGGER console_tell_live AFTER INSERT ON cases_caseevent
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION console_tell_live();
"""
BACK = """
DROP TRIGGER console_tell_live ON cases_caseevent;
DROP FUNCTION console_tell_live();
DROP TABLE console_forgotten;
"""


class Migration(migrations.Migration):
    dependencies = [("console", "0001_initial"), ("cases", "0018_open_cases_by_statement")]
    operations = [migrations.RunSQL(STREAM, BACK)]
