

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('checklists', '0001_initial'),
        ('venues', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('order_id', models.UUIDField(db_index=True)),
                ('at', models.DateTimeField()),
                ('actor_id', models.BigIntegerField()),
                ('outcome', models.CharField(max_length=16)),
                ('answers', models.JSONField(default=list)),
                ('score', models.FloatField(null=True)),
                ('lon', models.FloatField(null=True)),
                ('lat', models.FloatField(null=True)),
                ('note', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='PlanRule',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=32)),
                ('pack_version', models.CharField(max_length=64)),
                ('name_zh', models.CharField(max_length=128)),
                ('name_en', models.CharField(max_length=128)),
                ('classes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), blank=True, default=list, size=None)),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), blank=True, default=list, size=None)),
                ('interval', models.CharField(max_length=32)),
                ('checklist_code', models.CharField(max_length=32)),
                ('source', models.CharField(max_length=64)),
                ('is_confirmed', models.BooleanField()),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'pack_version'), name='plan_rule_code_once_a_version'), models.CheckConstraint(condition=models.Q(('interval__in', ['day', 'week', 'half_month', 'month', 'quarter', 'twice_a_month', 'three_times_a_month', 'four_times_a_month'])), name='plan_rule_interval_known')],
            },
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('grid_path', models.CharField(max_length=64)),
                ('rule_code', models.CharField(max_length=32)),
                ('other_rules', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), default=list, size=None)),
                ('pack_version', models.CharField(max_length=64)),
                ('opens_on', models.DateField()),
                ('due_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('status', models.CharField(default='open', max_length=16)),
                ('outcome', models.CharField(max_length=16, null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('findings', models.PositiveSmallIntegerField(default=0)),
                ('version', models.PositiveIntegerField(default=1)),
                ('checklist', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='checklists.checklist')),
                ('done_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('venue', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='venues.venue')),
            ],
            options={
                'indexes': [models.Index(fields=['grid_path', 'opens_on'], name='order_grid', opclasses=['varchar_pattern_ops', 'date_ops']), models.Index(fields=['member', 'opens_on'], name='order_member'), models.Index(fields=['venue'], name='order_venue')],
                'constraints': [models.CheckConstraint(condition=models.Q(('grid_path__endswith', '.')), name='order_grid_path_closed'), models.CheckConstraint(condition=models.Q(('status__in', ['open', 'done', 'missed'])), name='order_status_known'), models.CheckConstraint(condition=models.Q(('outcome__isnull', True), ('outcome__in', ['inspected', 'nobody_there', 'refused_entry', 'closed_down', 'moved_away']), _connector='OR'), name='order_outcome_known'), models.CheckConstraint(condition=models.Q(('opens_on__lte', models.F('due_on'))), name='order_opens_before_due'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'done'), _negated=True), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='order_done_by_somebody'), models.CheckConstraint(condition=models.Q(('due_on__lt', models.F('ends_on'))), name='order_due_inside_period')],
            },
        ),
    ]
