"""A retired code is never carried by a grid again (TE-12): the database says so, whoever writes."""

from django.db import migrations

MAKE = """
CREATE FUNCTION territory_code_never_reused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM territory_retiredcode r WHERE r.layer = NEW.layer AND r.path = NEW.path) THEN
        RAISE EXCEPTION 'the code of % was retired', NEW.path
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'grid_code_never_reused';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER territory_grid_code_never_reused BEFORE INSERT OR UPDATE OF layer, path, valid_to
    ON territory_grid FOR EACH ROW WHEN (NEW.valid_to IS NULL) EXECUTE FUNCTION territory_code_never_reused();
CREATE FUNCTION territory_retire_ended_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM territory_grid g WHERE g.layer = NEW.layer AND g.path = NEW.path AND g.valid_to IS NULL
    ) THEN
        RAISE EXCEPTION 'the grid % still stands', NEW.path
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'retired_code_of_no_standing_grid';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER territory_retiredcode_ended_only BEFORE INSERT OR UPDATE
    ON territory_retiredcode FOR EACH ROW EXECUTE FUNCTION territory_retire_ended_only();
"""
DROP = """
DROP TRIGGER territory_retiredcode_ended_only ON territory_retiredcode;
DROP TRIGGER territory_grid_code_never_reused ON territory_grid;
DROP FUNCTION territory_retire_ended_only();
DROP FUNCTION territory_code_never_reused();
"""


class Migration(migrations.Migration):
    dependencies = [("territory", "0003_tiers_lineage")]
    operations = [migrations.RunSQL(MAKE, DROP)]
