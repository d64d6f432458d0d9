"""The rows of open cases follow a statement at a time: a batch writes them as one set (ADR 14).

And the pages of new cases keep more room free: a batch moves many of a page at once, and where there is no
room every index of a row is written anew.
"""

import importlib

from django.db import migrations

BEFORE = importlib.import_module("wangge.cases.migrations.0016_co_reporters")
NAMES = [name.strip() for name in f"{BEFORE.BEFORE}, co_reporters, words".split(",")]
ROW, FRESH = (", ".join(f"{side}.{name}" for name in NAMES) for side in ("o", "fresh"))
TRIGGERS = ("cases_keep_open_new", "cases_keep_open_changed", "cases_keep_open_gone")
DROP = "".join(f"DROP TRIGGER {name} ON cases_case;\n" for name in TRIGGERS)
BY_KEY = "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off"
# The plan that the first statement of a session makes is kept: it must suit one row as well as five hundred.
KEEP = f"""{DROP}
DROP FUNCTION cases_keep_open();

CREATE FUNCTION cases_keep_open() RETURNS trigger LANGUAGE plpgsql {BY_KEY} AS $keep$
BEGIN
  MERGE INTO cases_opencase AS o USING fresh ON o.case_id = fresh.id
  WHEN MATCHED AND fresh.closed_at IS NOT NULL THEN DELETE
  WHEN MATCHED AND ({ROW}) IS DISTINCT FROM ({FRESH}) THEN
    UPDATE SET {", ".join(f"{name} = fresh.{name}" for name in NAMES)}
  WHEN NOT MATCHED AND fresh.closed_at IS NULL THEN
    INSERT (case_id, {", ".join(NAMES)}) VALUES (fresh.id, {FRESH});
  RETURN NULL;
END;
$keep$;
CREATE FUNCTION cases_drop_open() RETURNS trigger LANGUAGE plpgsql AS $drop$
BEGIN
  DELETE FROM cases_opencase USING gone WHERE case_id = gone.id;
  RETURN NULL;
END;
$drop$;

CREATE TRIGGER cases_keep_open_new AFTER INSERT ON cases_case
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION cases_keep_open();
CREATE TRIGGER cases_keep_open_changed AFTER UPDATE ON cases_case
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION cases_keep_open();
CREATE TRIGGER cases_keep_open_gone AFTER DELETE ON cases_case
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION cases_drop_open();
"""
BACK = f"""{DROP}
DROP FUNCTION cases_keep_open();
DROP FUNCTION cases_drop_open();
CREATE FUNCTION cases_keep_open() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END; $$;
CREATE TRIGGER cases_keep_open_new AFTER INSERT ON cases_case FOR EACH ROW
  WHEN (NEW.closed_at IS NULL) EXECUTE FUNCTION cases_keep_open();
CREATE TRIGGER cases_keep_open_changed AFTER UPDATE ON cases_case FOR EACH ROW EXECUTE FUNCTION cases_keep_open();
CREATE TRIGGER cases_keep_open_gone AFTER DELETE ON cases_case FOR EACH ROW
  WHEN (OLD.closed_at IS NULL) EXECUTE FUNCTION cases_keep_open();
{BEFORE.keep(f"{BEFORE.BEFORE}, co_reporters")}
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_case_words")]

    operations = [
        migrations.RunSQL(KEEP, BACK),
        migrations.RunSQL(
            "ALTER TABLE cases_case SET (fillfactor = 60)", "ALTER TABLE cases_case SET (fillfactor = 80)"
        ),
    ]
