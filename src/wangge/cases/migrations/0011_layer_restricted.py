"""Cases know the layer they were found in and whether only named posts see them; so does their open row."""

from django.db import migrations, models

COLUMNS = (
    "grid_path, venue_id, matter_code, severity, is_restricted, status, reporter_id, department_id, handler_id,"
    " reported_at, due_at, stage_started_at, stage_due_at"
)
BEFORE = COLUMNS.replace("is_restricted, ", "")


def keep(columns: str) -> str:
    """Return the trigger's function over these columns: what a case has, its open row has too (ADR 14)."""
    new = ", ".join(f"NEW.{column.strip()}" for column in columns.split(","))
    return f"""
CREATE OR REPLACE FUNCTION cases_keep_open() RETURNS trigger LANGUAGE plpgsql AS $keep$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.closed_at IS NOT NULL THEN
    DELETE FROM cases_opencase WHERE case_id = OLD.id;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    UPDATE cases_opencase SET ({columns}) = ROW({new}) WHERE case_id = NEW.id;
    IF FOUND THEN
      RETURN NULL;
    END IF;
  END IF;
  INSERT INTO cases_opencase (case_id, {columns}) VALUES (NEW.id, {new});
  RETURN NULL;
END;
$keep$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_saved_filters")]

    operations = [
        migrations.AddField("case", "is_restricted", models.BooleanField(default=False)),
        migrations.AddField("case", "layer", models.CharField(blank=True, default="", max_length=32)),
        migrations.AddField("opencase", "is_restricted", models.BooleanField(default=False), preserve_default=False),
        migrations.RunSQL(keep(COLUMNS), keep(BEFORE)),
    ]
