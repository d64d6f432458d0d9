"""Figures of the pack against which visits are checked (OR-26)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_seasons")]

    operations = [
        migrations.CreateModel(
            name="VisitLimit",
            fields=[
                ("code", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("value", models.FloatField()),
                ("source", models.CharField(max_length=64)),
                ("is_confirmed", models.BooleanField()),
                ("pack_version", models.CharField(max_length=64)),
            ],
        ),
    ]
