"""How long and how many are data: the hazard keeps its working days, the procedure stays as asked (MH-4)."""

from django.conf import settings
from django.db import migrations, models


KEEP = """
CREATE FUNCTION major_hazards_keep_procedure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.is_complex, NEW.members_needed, NEW.experts_needed, NEW.experts_agree, NEW.experts_of)
       IS DISTINCT FROM
       (OLD.is_complex, OLD.members_needed, OLD.experts_needed, OLD.experts_agree, OLD.experts_of) THEN
        RAISE EXCEPTION 'how many must sign stays as it was asked'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decision_procedure_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decision_procedure_kept BEFORE UPDATE ON major_hazards_decision
    FOR EACH ROW EXECUTE FUNCTION major_hazards_keep_procedure();
"""
DROP = """
DROP TRIGGER decision_procedure_kept ON major_hazards_decision;
DROP FUNCTION major_hazards_keep_procedure();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('major_hazards', '0002_signatures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='decision',
            name='decision_three_discuss',
        ),
        migrations.RemoveConstraint(
            model_name='decision',
            name='decision_seven_experts',
        ),
        migrations.AddField(
            model_name='majorhazard',
            name='list_days',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='majorhazard',
            name='list_source',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('members_needed__gte', 1)), name='decision_people_discuss'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('is_complex', False), ('experts_needed__gte', 1), _connector='OR'), name='decision_experts_advise'),
        ),
        migrations.RunSQL(KEEP, DROP),
    ]
