from django.db import migrations, models

PARTS = range(4)


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='storedfile',
            name='facts',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='storedfile',
            name='looks',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name='storedfile',
            index=models.Index(condition=models.Q(('facts__isnull', True), ('media_type__startswith', 'image/')), fields=['sha256'], name='file_not_looked_at'),
        ),
        migrations.RunSQL(
            [
                f'CREATE INDEX file_looks_{part} ON kernel_storedfile (((looks >> {16 * part} & 65535)::int)) WHERE looks IS NOT NULL'
                for part in PARTS
            ],
            [f'DROP INDEX file_looks_{part}' for part in PARTS],
        ),
    ]
