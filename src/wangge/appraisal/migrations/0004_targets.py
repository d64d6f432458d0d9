"""Targets, and how many places were seen in a month; months that were counted before are marked, to have it."""

import django.contrib.postgres.fields
from django.db import migrations, models

MARK = """
INSERT INTO appraisal_changed (subject, month, grid_path)
SELECT DISTINCT 'orders', month, grid_path FROM appraisal_orderfact
"""


class Migration(migrations.Migration):
    dependencies = [("appraisal", "0003_moved_cases")]

    operations = [
        migrations.CreateModel(
            name="PlaceFact",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("month", models.DateField()),
                ("grid_path", models.CharField(max_length=64)),
                ("seen", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["month", "grid_path"], name="place_fact_month"),
                    models.Index(
                        fields=["grid_path", "month"],
                        name="place_fact_grid",
                        opclasses=["varchar_pattern_ops", "date_ops"],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=32)),
                ("path", models.CharField(blank=True, max_length=64)),
                ("place", models.PositiveSmallIntegerField(default=0)),
                ("name_zh", models.CharField(max_length=64)),
                ("name_en", models.CharField(max_length=128)),
                ("of", models.CharField(max_length=16)),
                ("indicator", models.CharField(blank=True, max_length=32)),
                ("tier", models.CharField(blank=True, max_length=32)),
                ("at_least", models.FloatField(null=True)),
                ("every", models.CharField(max_length=8)),
                ("plan", django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ("adds", models.BooleanField(default=False)),
                ("first_year", models.PositiveSmallIntegerField(null=True)),
                ("source", models.CharField(blank=True, max_length=64)),
                ("is_confirmed", models.BooleanField()),
                ("is_active", models.BooleanField(default=True)),
                ("pack_version", models.CharField(blank=True, max_length=64)),
                ("version", models.PositiveIntegerField(default=1)),
                ("set_by", models.BigIntegerField(null=True)),
                ("set_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("code", "path"), name="target_once_a_territory"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("every__in", ["month", "year"]),
                            (
                                "of__in",
                                ["figure", "nodes", "places_seen", "places_whole", "grids_covered"],
                            ),
                        ),
                        name="target_measure_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("path", ""), models.Q(("pack_version", ""), _negated=True)),
                            models.Q(("pack_version", ""), ("path__endswith", ".")),
                            _connector="OR",
                        ),
                        name="target_of_the_pack_or_a_territory",
                    ),
                ],
            },
        ),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
