"""An issued document, its voiding and its print are written once (DO-7)."""

from django.db import migrations

TABLES = ("documents_document", "documents_voiding", "documents_print")
MAKE = """
CREATE FUNCTION documents_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is written once', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'document_written_once';
END $$;
""" + "".join(
    f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION documents_written_once();\n"
    for table in TABLES
)
DROP = "".join(f"DROP TRIGGER {table}_written_once ON {table};\n" for table in TABLES) + (
    "DROP FUNCTION documents_written_once();"
)


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunSQL(MAKE, DROP)]
