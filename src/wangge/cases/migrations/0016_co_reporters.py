"""Who reported the cases that were merged into one: they do not verify it (CS-3).

Cases that were merged before are not told again: their marks do not name the reporters.
"""

import django.contrib.postgres.fields
import django.db.models.expressions
import wangge.cases.vocabulary
from django.conf import settings
from django.db import migrations, models

BEFORE = (
    "grid_path, venue_id, matter_code, severity, is_restricted, status, reporter_id, department_id, handler_id,"
    " answerable_id, co_departments, co_waiting, handled_by, judged_by, asked, asked_by_id,"
    " reported_at, due_at, stage_started_at, stage_due_at"
)


def keep(columns: str) -> str:
    """Return the trigger that keeps the rows of open cases, and its function."""
    names = [column.strip() for column in columns.split(",")]
    old, new = (", ".join(f"{side}.{name}" for name in names) for side in ("OLD", "NEW"))
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
  INSERT INTO cases_opencase (case_id, words, {columns})
  VALUES (NEW.id, kernel_folded(NEW.text || ' ' || NEW.address), {new});
  RETURN NULL;
END;
$keep$;
DROP TRIGGER cases_keep_open_changed ON cases_case;
CREATE TRIGGER cases_keep_open_changed AFTER UPDATE ON cases_case FOR EACH ROW
  WHEN (({old}, OLD.closed_at) IS DISTINCT FROM ({new}, NEW.closed_at)) EXECUTE FUNCTION cases_keep_open();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_address"),
        ("cases", "0015_marks_leave_open_rows"),
        ("venues", "0004_contact"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="co_reporters",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                db_default=django.db.models.expressions.RawSQL("'{}'::bigint[]", ()),
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="opencase",
            name="co_reporters",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                db_default=django.db.models.expressions.RawSQL("'{}'::bigint[]", ()),
                size=None,
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "co_reporters__contains",
                        models.Func(
                            models.F("verifier"),
                            function="ARRAY",
                            output_field=django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), size=None
                            ),
                            template="%(function)s[%(expressions)s]",
                        ),
                    ),
                    ("status", wangge.cases.vocabulary.Status["CLOSED"]),
                    ("verifier__isnull", False),
                    _negated=True,
                ),
                name="case_closed_by_no_co_reporter",
            ),
        ),
        migrations.RunSQL(keep(f"{BEFORE}, co_reporters"), keep(BEFORE)),
    ]
