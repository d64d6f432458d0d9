"""Terms of three neighbouring letters, made at half the cost (KE-30); what leans on them is built anew."""

from django.db import migrations

MAKE = r"""
CREATE OR REPLACE FUNCTION kernel_terms(given text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT COST 1000 AS $$
DECLARE
  letters text[] := string_to_array(
    regexp_replace(
      lower(normalize(given, NFKC) COLLATE "C"), E'[\\x01-/:-@\\[-`{-\u00bf\u2000-\u206f\u3000-\u303f]+', ' ', 'g'
    ) || '  ', NULL
  );
  terms text[] := '{}';
  first text;
  second text := letters[1];
  third text := letters[2];
BEGIN
  FOR place IN 3 .. array_length(letters, 1) LOOP
    first := second;
    second := third;
    third := letters[place];
    CONTINUE WHEN first = ' ';
    terms := terms || CASE
      WHEN second = ' ' THEN first
      WHEN third = ' ' THEN first || second
      ELSE first || second || third
    END;
  END LOOP;
  RETURN array_to_tsvector(terms);
END
$$;
"""
BUILD = """
DO $$
DECLARE leaning regclass;
BEGIN
  FOR leaning IN
    SELECT DISTINCT c.oid::regclass FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'i'
     WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_proc'::regclass
       AND d.refobjid = 'kernel_terms(text)'::regprocedure
  LOOP
    EXECUTE format('REINDEX INDEX %s', leaning);
  END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0006_one_worker_for_photos")]
    operations = [migrations.RunSQL(MAKE), migrations.RunSQL(BUILD)]
