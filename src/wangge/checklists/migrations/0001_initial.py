

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Checklist',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=32)),
                ('version', models.PositiveIntegerField()),
                ('name_zh', models.CharField(max_length=64)),
                ('name_en', models.CharField(max_length=64)),
                ('items', models.JSONField()),
                ('pack_version', models.CharField(max_length=64)),
                ('effective_on', models.DateField()),
                ('withdrawn_on', models.DateField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='checklist_version_once'), models.CheckConstraint(condition=models.Q(('withdrawn_on__isnull', True), ('withdrawn_on__gte', models.F('effective_on')), _connector='OR'), name='checklist_period_forward')],
            },
        ),
    ]
