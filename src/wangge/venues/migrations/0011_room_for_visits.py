"""Room on each page: noting a visit then touches no index (HOT), of which the table has eleven."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("venues", "0010_parts")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE venues_venue SET (fillfactor = 80)", "ALTER TABLE venues_venue RESET (fillfactor)"
        )
    ]
