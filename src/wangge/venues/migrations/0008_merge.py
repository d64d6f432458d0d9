import django.contrib.postgres.indexes
import django.db.models.deletion
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import F, Q

import wangge.kernel.terms


class Migration(migrations.Migration):

    dependencies = [
        ("venues", "0007_history"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="venue", name="venue_words"),
        migrations.RemoveField(model_name="venue", name="words"),
        migrations.AddField(
            model_name="venue", name="former", field=models.TextField(blank=True, db_default="")
        ),
        migrations.AddField(
            model_name="venue",
            name="words",
            field=models.GeneratedField(
                db_persist=True,
                expression=wangge.kernel.terms.Folded(
                    "name", "code", "address", "keeper_name", "initials", "former"
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="venue",
            index=django.contrib.postgres.indexes.GinIndex(
                wangge.kernel.terms.Terms("words"), name="venue_words"
            ),
        ),
    ]
