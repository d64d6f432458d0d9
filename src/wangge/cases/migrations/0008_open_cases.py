"""Open cases in a narrow table of their own, kept by PostgreSQL as it keeps an index (ADR 14)."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import wangge.kernel.terms
from django.conf import settings
from django.db import migrations, models

COLUMNS = (
    "grid_path, venue_id, matter_code, severity, status, reporter_id, department_id, handler_id,"
    " reported_at, due_at, stage_started_at, stage_due_at"
)
NEW = ", ".join(f"NEW.{column.strip()}" for column in COLUMNS.split(","))
KEEP = f"""
ALTER TABLE cases_opencase SET (fillfactor = 70);

CREATE FUNCTION cases_keep_open() RETURNS trigger LANGUAGE plpgsql AS $keep$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.closed_at IS NOT NULL THEN
    DELETE FROM cases_opencase WHERE case_id = OLD.id;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    UPDATE cases_opencase SET ({COLUMNS}) = ROW({NEW}) WHERE case_id = NEW.id;
    IF FOUND THEN
      RETURN NULL;
    END IF;
  END IF;
  INSERT INTO cases_opencase (case_id, {COLUMNS}) VALUES (NEW.id, {NEW});
  RETURN NULL;
END;
$keep$;

CREATE TRIGGER cases_keep_open_new AFTER INSERT ON cases_case FOR EACH ROW
  WHEN (NEW.closed_at IS NULL) EXECUTE FUNCTION cases_keep_open();
CREATE TRIGGER cases_keep_open_changed AFTER UPDATE ON cases_case FOR EACH ROW
  WHEN (OLD.closed_at IS NULL OR NEW.closed_at IS NULL) EXECUTE FUNCTION cases_keep_open();
CREATE TRIGGER cases_keep_open_gone AFTER DELETE ON cases_case FOR EACH ROW
  WHEN (OLD.closed_at IS NULL) EXECUTE FUNCTION cases_keep_open();

INSERT INTO cases_opencase (case_id, {COLUMNS})
SELECT id, {COLUMNS} FROM cases_case WHERE closed_at IS NULL;
"""
DROP = """
DROP TRIGGER cases_keep_open_new ON cases_case;
DROP TRIGGER cases_keep_open_changed ON cases_case;
DROP TRIGGER cases_keep_open_gone ON cases_case;
DROP FUNCTION cases_keep_open();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_session'),
        ('cases', '0007_photo_uses'),
        ('kernel', '0005_terms'),
        ('venues', '0002_orphans'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OpenCase',
            fields=[
                ('case', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='open', serialize=False, to='cases.case')),
                ('grid_path', models.CharField(max_length=64)),
                ('venue_id', models.UUIDField(null=True)),
                ('matter_code', models.CharField(max_length=16)),
                ('severity', models.CharField(max_length=16)),
                ('status', models.CharField(max_length=16)),
                ('reporter_id', models.BigIntegerField()),
                ('department_id', models.BigIntegerField(null=True)),
                ('handler_id', models.BigIntegerField(null=True)),
                ('reported_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('stage_started_at', models.DateTimeField()),
                ('stage_due_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='case_open',
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['matter_code', 'reported_at'], name='case_matter'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=django.contrib.postgres.indexes.GinIndex(wangge.kernel.terms.Terms('text', 'address'), name='case_terms'),
        ),
        migrations.AddIndex(
            model_name='opencase',
            index=models.Index(fields=['grid_path'], name='open_case_grid', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='opencase',
            index=models.Index(fields=['department_id'], name='open_case_department'),
        ),
        migrations.AddConstraint(
            model_name='opencase',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['closed', 'rejected', 'merged']), _negated=True), name='open_case_is_open'),
        ),
        migrations.AlterField(
            model_name='case',
            name='department',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department'),
        ),
        migrations.AlterField(
            model_name='case',
            name='handler',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='case',
            name='venue',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='venues.venue'),
        ),
        migrations.AlterField(
            model_name='case',
            name='verifier',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['department', 'reported_at'], name='case_department'),
        ),
        migrations.RunSQL(KEEP, DROP),
    ]
