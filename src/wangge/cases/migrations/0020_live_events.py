"""The live stream's rows are written with the events themselves, not by a trigger (LV-1)."""

from django.db import migrations, models

from wangge.kernel.transaction_ids import CurrentTransaction, TransactionId, WallClock

FORGOTTEN = """
CREATE TABLE cases_forgotten (one boolean PRIMARY KEY DEFAULT true CHECK (one), forgotten_to xid8 NOT NULL);
INSERT INTO cases_forgotten (forgotten_to) VALUES ('0');
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_sound_cases")]

    operations = [
        migrations.CreateModel(
            name="LiveEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("xid", TransactionId(db_default=CurrentTransaction())),
                ("case_id", models.UUIDField()),
                ("action", models.CharField(max_length=32)),
                ("before", models.CharField(blank=True, max_length=16)),
                ("after", models.CharField(max_length=16)),
                ("grid_path", models.CharField(max_length=64)),
                ("matter_code", models.CharField(max_length=16)),
                ("is_restricted", models.BooleanField()),
                ("at", models.DateTimeField(db_default=WallClock(), db_index=True)),
            ],
            options={"indexes": [models.Index(fields=["xid"], name="case_live_event_xid")]},
        ),
        migrations.RunSQL(FORGOTTEN, "DROP TABLE cases_forgotten"),
    ]
