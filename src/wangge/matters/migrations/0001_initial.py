from django.db import migrations, models

NAMES = ("matter", "route", "stageclock", "stagename", "timing")


class Migration(migrations.Migration):
    """The catalogue moves out of cases: the tables stay what they are and get the name of their room."""

    initial = True

    dependencies = [("cases", "0004_newest")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"ALTER TABLE cases_{name} RENAME TO matters_{name}",
                    f"ALTER TABLE matters_{name} RENAME TO cases_{name}",
                )
                for name in NAMES
            ],
            state_operations=[
                migrations.CreateModel(
                    name='Matter',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('code', models.CharField(max_length=16)),
                        ('pack_version', models.CharField(max_length=64)),
                        ('group_code', models.CharField(max_length=16)),
                        ('group_zh', models.CharField(max_length=64)),
                        ('group_en', models.CharField(max_length=128)),
                        ('name_zh', models.CharField(max_length=64)),
                        ('name_en', models.CharField(max_length=128)),
                        ('basis', models.CharField(max_length=128)),
                        ('severity', models.CharField(max_length=16)),
                        ('fix_days', models.PositiveSmallIntegerField()),
                        ('fix_hours', models.PositiveSmallIntegerField(null=True)),
                        ('department_kind', models.CharField(max_length=32)),
                        ('is_confirmed', models.BooleanField()),
                        ('is_active', models.BooleanField(default=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('code', 'pack_version'), name='matter_code_once_a_version'), models.CheckConstraint(condition=models.Q(('severity__in', ['general', 'larger', 'suspected_major', 'urgent'])), name='matter_severity_known')],
                    },
                ),
                migrations.CreateModel(
                    name='Route',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('pack_version', models.CharField(max_length=64)),
                        ('matter_prefix', models.CharField(max_length=16)),
                        ('path', models.CharField(blank=True, max_length=64)),
                        ('department_kind', models.CharField(max_length=32)),
                        ('is_active', models.BooleanField(default=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='StageClock',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('pack_version', models.CharField(max_length=64)),
                        ('status', models.CharField(max_length=16)),
                        ('working_days', models.PositiveSmallIntegerField(null=True)),
                        ('hours', models.PositiveSmallIntegerField(null=True)),
                        ('source', models.CharField(max_length=64)),
                        ('is_confirmed', models.BooleanField()),
                        ('is_active', models.BooleanField(default=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='StageName',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('pack_version', models.CharField(max_length=64)),
                        ('status', models.CharField(max_length=16)),
                        ('name_zh', models.CharField(max_length=64)),
                        ('name_en', models.CharField(max_length=128)),
                        ('is_active', models.BooleanField(default=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='Timing',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('pack_version', models.CharField(max_length=64, unique=True)),
                        ('yellow_at_pct', models.PositiveSmallIntegerField()),
                        ('at_once_hours', models.PositiveSmallIntegerField()),
                        ('is_active', models.BooleanField(default=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('is_active',), name='timing_one_is_active')],
                    },
                ),
            ],
        )
    ]
