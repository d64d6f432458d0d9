"""Open cases carry the words that a search looks for: of these there are few, and they are read one by one."""

from django.db import migrations, models


COLUMNS = (
    "grid_path, venue_id, matter_code, severity, is_restricted, status, reporter_id, department_id, handler_id,"
    " reported_at, due_at, stage_started_at, stage_due_at"
)
NEW = ", ".join(f"NEW.{column.strip()}" for column in COLUMNS.split(","))
KEEP = f"""
CREATE OR REPLACE FUNCTION cases_keep_open() RETURNS trigger LANGUAGE plpgsql AS $keep$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.closed_at IS NOT NULL THEN
    DELETE FROM cases_opencase WHERE case_id = OLD.id;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    UPDATE cases_opencase SET ({COLUMNS}) = ROW({NEW}) WHERE case_id = NEW.id;
    IF FOUND THEN
      RETURN NULL;  -- text and address never change after the report
    END IF;
  END IF;
  INSERT INTO cases_opencase (case_id, words, {COLUMNS})
  VALUES (NEW.id, kernel_folded(NEW.text || ' ' || NEW.address), {NEW});
  RETURN NULL;
END;
$keep$;

UPDATE cases_opencase o SET words = kernel_folded(c.text || ' ' || c.address) FROM cases_case c
WHERE c.id = o.case_id;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0011_layer_restricted'),
    ]

    operations = [
        migrations.AddField(
            model_name='opencase',
            name='words',
            field=models.TextField(blank=True),
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
    ]
