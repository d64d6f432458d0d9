"""A kind of person may be required in places of some classes alone."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0005_drawings"),
    ]

    operations = [
        migrations.AddField(
            model_name="kind",
            name="required_in",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=32), default=list, size=None
            ),
        ),
    ]
