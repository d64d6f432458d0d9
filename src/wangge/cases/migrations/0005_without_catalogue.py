from django.db import migrations


class Migration(migrations.Migration):
    """The catalogue lives in `matters` now; its tables were renamed there."""

    dependencies = [("cases", "0004_newest"), ("matters", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name=name)
                for name in ("Matter", "Route", "StageClock", "StageName", "Timing")
            ]
        )
    ]
