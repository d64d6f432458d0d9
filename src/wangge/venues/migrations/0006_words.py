"""What a venue is found by: one folded text with its pinyin initials, and one index on its pairs of letters."""

from __future__ import annotations

from typing import Any

import django.contrib.postgres.indexes
from django.db import migrations, models

import wangge.kernel.terms
from wangge.kernel.initials import initials_of

AT_ONCE = 5_000


def write_initials(apps: Any, schema_editor: Any) -> None:
    venues = apps.get_model("venues", "Venue").objects
    batch: list[Any] = []
    rows = venues.only("id", "name", "keeper_name", "address").order_by("pk")
    for row in rows.iterator(chunk_size=AT_ONCE):
        row.initials = " ".join(filter(None, map(initials_of, (row.name, row.keeper_name, row.address))))
        batch.append(row)
        if len(batch) == AT_ONCE:
            venues.bulk_update(batch, ["initials"])
            batch = []
    venues.bulk_update(batch, ["initials"])


class Migration(migrations.Migration):
    atomic = False  # a table that was written is not altered in the same transaction
    dependencies = [("kernel", "0006_one_worker_for_photos"), ("venues", "0005_language")]

    operations = [
        migrations.RemoveIndex(model_name="venue", name="venue_terms"),
        migrations.AddField(
            model_name="venue",
            name="initials",
            field=models.CharField(blank=True, default="", max_length=450),
        ),
        migrations.RunPython(write_initials, migrations.RunPython.noop),
        migrations.AddField(
            model_name="venue",
            name="words",
            field=models.GeneratedField(
                db_persist=True,
                expression=wangge.kernel.terms.Folded("name", "code", "address", "keeper_name", "initials"),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="venue",
            index=django.contrib.postgres.indexes.GinIndex(
                wangge.kernel.terms.Terms("words"), name="venue_words"
            ),
        ),
        migrations.AddIndex(
            model_name="venue",
            index=django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="venue_tags"),
        ),
        migrations.AddIndex(
            model_name="venue",
            index=models.Index(
                condition=models.Q(("is_open", False)), fields=["grid_path", "id"], name="venue_ended"
            ),
        ),
    ]
