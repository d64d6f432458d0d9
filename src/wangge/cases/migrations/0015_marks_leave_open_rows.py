"""A mark changes nothing that the row of an open case holds: then the row is left alone."""

from django.db import migrations

COLUMNS = (
    "grid_path, venue_id, matter_code, severity, is_restricted, status, reporter_id, department_id, handler_id,"
    " answerable_id, co_departments, co_waiting, handled_by, judged_by, asked, asked_by_id,"
    " reported_at, due_at, stage_started_at, stage_due_at, closed_at"
)
NAMES = [column.strip() for column in COLUMNS.split(",")]
OLD, NEW = (", ".join(f"{side}.{name}" for name in NAMES) for side in ("OLD", "NEW"))
DROP = "DROP TRIGGER cases_keep_open_changed ON cases_case;"
EVERY = f"""{DROP}
CREATE TRIGGER cases_keep_open_changed AFTER UPDATE ON cases_case FOR EACH ROW
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0014_loop'),
    ]

    operations = [
        migrations.RunSQL(
            f"{EVERY} WHEN (({OLD}) IS DISTINCT FROM ({NEW})) EXECUTE FUNCTION cases_keep_open();",
            f"{EVERY} WHEN (OLD.closed_at IS NULL OR NEW.closed_at IS NULL) EXECUTE FUNCTION cases_keep_open();",
        ),
    ]
