"""A number that changes with every write to a grid, so that an index in memory knows whether it still holds."""

from django.db import migrations

MAKE = """
CREATE SEQUENCE territory_gridedition_number;
CREATE TABLE territory_gridedition (id int PRIMARY KEY CHECK (id = 1), number bigint NOT NULL) WITH (fillfactor = 10);
INSERT INTO territory_gridedition VALUES (1, nextval('territory_gridedition_number'));
CREATE FUNCTION territory_next_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO territory_gridedition VALUES (1, nextval('territory_gridedition_number'))
    ON CONFLICT (id) DO UPDATE SET number = excluded.number;
  RETURN NULL;
END $$;
CREATE TRIGGER territory_grid_edition AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON territory_grid
  FOR EACH STATEMENT EXECUTE FUNCTION territory_next_edition();
"""
DROP = """
DROP TRIGGER territory_grid_edition ON territory_grid;
DROP FUNCTION territory_next_edition();
DROP TABLE territory_gridedition;
DROP SEQUENCE territory_gridedition_number;
"""


class Migration(migrations.Migration):
    dependencies = [("territory", "0001_initial")]
    operations = [migrations.RunSQL(MAKE, DROP)]
