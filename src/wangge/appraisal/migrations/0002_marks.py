"""Every change of a case or an order marks the month and grid whose counts it touches (IN-8)."""

from django.db import migrations

CASE = "date_trunc('month', {row}.reported_at AT TIME ZONE 'Asia/Shanghai')::date"
ORDER = "date_trunc('month', {row}.opens_on)::date"


def function(name, subject, month):
    def mark(rows):
        return (
            "INSERT INTO appraisal_changed (subject, month, grid_path)"
            f" SELECT DISTINCT '{subject}', {month.format(row='r')}, r.grid_path FROM {rows} r;"
        )

    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $mark$
BEGIN
  IF TG_OP = 'INSERT' THEN {mark("fresh")}
  ELSIF TG_OP = 'DELETE' THEN {mark("gone")}
  ELSE {mark("(SELECT * FROM gone UNION ALL SELECT * FROM fresh)")}
  END IF;
  RETURN NULL;
END;
$mark$;
"""


def triggers(name, table):
    return "".join(
        f"CREATE TRIGGER {name}_{kind} AFTER {verb} ON {table} REFERENCING {tables}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}();\n"
        for kind, verb, tables in (
            ("new", "INSERT", "NEW TABLE AS fresh"),
            ("changed", "UPDATE", "OLD TABLE AS gone NEW TABLE AS fresh"),
            ("gone", "DELETE", "OLD TABLE AS gone"),
        )
    )


def drop(name, table):
    kinds = ("new", "changed", "gone")
    return "".join(f"DROP TRIGGER {name}_{kind} ON {table};\n" for kind in kinds) + f"DROP FUNCTION {name}();\n"


def first(subject, month, table):
    return (
        "INSERT INTO appraisal_changed (subject, month, grid_path)"
        f" SELECT DISTINCT '{subject}', {month.format(row='r')}, r.grid_path FROM {table} r;\n"
    )


BOTH = (
    ("appraisal_mark_cases", "cases", CASE, "cases_case"),
    ("appraisal_mark_orders", "orders", ORDER, "orders_order"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("appraisal", "0001_initial"),
        ("cases", "0018_open_cases_by_statement"),
        ("orders", "0002_partition_orders"),
    ]
    operations = [
        migrations.RunSQL(
            function(name, subject, month) + triggers(name, table) + first(subject, month, table),
            drop(name, table),
        )
        for name, subject, month, table in BOTH
    ]
