

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='PackInstall',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=32)),
                ('pack_version', models.CharField(max_length=64)),
                ('effective_on', models.DateField()),
                ('installed_at', models.DateTimeField()),
                ('installed_by', models.BigIntegerField()),
                ('digest', models.BinaryField(max_length=32)),
                ('content', models.JSONField()),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('pack_version',), name='pack_install_version_once'), models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('is_active',), name='pack_install_one_active')],
            },
        ),
    ]
