from django.db import migrations


class Migration(migrations.Migration):
    """Photos of cases and of their steps can be asked for by digest (CS-9). No step changes what is indexed."""

    dependencies = [
        ('cases', '0006_marks'),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX case_photos ON cases_case USING gin (photos) WHERE photos <> '{}'",
            'DROP INDEX case_photos',
        ),
        migrations.RunSQL(
            "CREATE INDEX case_event_photos ON cases_caseevent USING gin ((detail -> 'photos')) WHERE detail ? 'photos'",
            'DROP INDEX case_event_photos',
        ),
    ]
