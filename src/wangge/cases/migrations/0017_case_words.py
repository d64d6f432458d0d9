"""Every case keeps its words as a search compares them: to fold them anew costs more than to find them (KE-30)."""

from django.db import migrations, models

import wangge.kernel.terms


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_co_reporters"), ("kernel", "0005_terms")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="words",
            field=models.GeneratedField(
                db_persist=True,
                expression=wangge.kernel.terms.Folded("text", "address"),
                output_field=models.TextField(),
            ),
        ),
    ]
