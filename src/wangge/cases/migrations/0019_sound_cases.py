"""What every case holds to is one function of its row: plain checks are read anew by every statement (ADR 37)."""

from django.db import migrations, models

from wangge.cases.soundness import RULES, drop_function, make_function, sound

# The counts were checked by their fields; the function does that too.
CHECKED = {
    "absorbed": models.IntegerField(db_default=0),
    "asked_days": models.SmallIntegerField(null=True),
    "event_count": models.IntegerField(default=1),
    "extensions": models.SmallIntegerField(db_default=0),
    "fed_back_m": models.IntegerField(null=True),
    "rework": models.SmallIntegerField(default=0),
    "suspensions": models.SmallIntegerField(db_default=0),
    "version": models.IntegerField(default=1),
}


class Migration(migrations.Migration):
    dependencies = [("cases", "0018_open_cases_by_statement")]

    operations = [
        migrations.RunSQL([(make_function(), None)], [(drop_function(), None)]),
        migrations.AddConstraint("case", models.CheckConstraint(condition=sound(), name="case_is_sound")),
        *(migrations.RemoveConstraint("case", name) for name in RULES if name != "case_counts_whole"),
        *(migrations.AlterField("case", name, field) for name, field in CHECKED.items()),
    ]
