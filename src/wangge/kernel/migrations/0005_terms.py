"""Functions of nothing but their text, so that an index may lean on them (KE-30). `kernel/terms.py` is the twin."""

from django.db import migrations

MAKE = r"""
CREATE FUNCTION kernel_folded(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT COST 100
RETURN lower(normalize(given, NFKC) COLLATE "C");

CREATE FUNCTION kernel_terms(given text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT COST 1000
BEGIN ATOMIC
SELECT array_to_tsvector(array_agg(DISTINCT letter || coalesce(nullif(following, ' '), '')))
FROM (
  SELECT letter, lead(letter) OVER (ORDER BY place) AS following
  FROM unnest(string_to_array(
    regexp_replace(
      kernel_folded(given), E'[\\x01-/:-@\\[-`{-\u00bf\u2000-\u206f\u3000-\u303f]+', ' ', 'g'
    ), NULL
  )) WITH ORDINALITY AS letters(letter, place)
) pairs
WHERE letter <> ' ';
END;
"""
DROP = "DROP FUNCTION kernel_terms(text); DROP FUNCTION kernel_folded(text);"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_longer_media_type")]
    operations = [migrations.RunSQL(MAKE, DROP)]
