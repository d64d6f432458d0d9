"""The rows of the stream are the cases' own; what was told before the update goes over to them (LV-1)."""

from django.db import migrations

OVER = """
DROP TRIGGER console_tell_live ON cases_caseevent;
DROP FUNCTION console_tell_live();
INSERT INTO cases_liveevent (xid, case_id, action, before, after, grid_path, matter_code, is_restricted, at)
SELECT xid, case_id, action, before, after, grid_path, matter_code, is_restricted, at
FROM console_liveevent ORDER BY id;
UPDATE cases_forgotten SET forgotten_to = (SELECT forgotten_to FROM console_forgotten);
DROP TABLE console_forgotten;
"""


class Migration(migrations.Migration):
    dependencies = [("console", "0004_map_marks"), ("cases", "0020_live_events")]
    operations = [migrations.RunSQL(OVER), migrations.DeleteModel("LiveEvent")]
