"""Orders by month of their UUIDv7: the table is empty here, so it is made anew as a partitioned one."""

from django.db import migrations

from wangge.kernel.partitions import make_partitioned


def partition(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        make_partitioned(cursor, "orders_order")


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [migrations.RunPython(partition, migrations.RunPython.noop)]
