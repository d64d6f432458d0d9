from django.db import migrations


class Migration(migrations.Migration):
    """A search for photos that look alike reads a few hundred rows: starting a second worker costs ten times that (KE-20)."""

    dependencies = [
        ('kernel', '0005_terms'),
    ]

    operations = [
        migrations.RunSQL(
            'ALTER TABLE kernel_storedfile SET (parallel_workers = 0)',
            'ALTER TABLE kernel_storedfile RESET (parallel_workers)',
        ),
    ]
