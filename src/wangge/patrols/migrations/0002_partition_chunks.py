"""Points by month of their UUIDv7: the table is empty here, so it is made anew as a partitioned one."""

from django.db import migrations

from wangge.kernel.partitions import make_partitioned


def partition(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        make_partitioned(cursor, "patrols_trackchunk")
        # What arrived lately, and what is old enough to go: both lie together on disk.
        cursor.execute("CREATE INDEX track_chunk_brin ON patrols_trackchunk USING brin (received_at, last_at)")
        # A hundred points are 1.5 kB of what looks random: kept in the row, and not tried to be made smaller.
        cursor.execute("ALTER TABLE patrols_trackchunk ALTER points SET STORAGE EXTERNAL")


class Migration(migrations.Migration):
    dependencies = [("patrols", "0001_initial")]
    operations = [migrations.RunPython(partition, migrations.RunPython.noop)]
