"""Events by month of their UUIDv7; cases leave room in their pages, so that a step stays a HOT update."""

from django.db import migrations

from wangge.kernel.partitions import make_partitioned


def partition(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        make_partitioned(cursor, "cases_caseevent")


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [
        migrations.RunPython(partition, migrations.RunPython.noop),
        migrations.RunSQL("ALTER TABLE cases_case SET (fillfactor = 80)", migrations.RunSQL.noop),
    ]
