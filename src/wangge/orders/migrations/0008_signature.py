from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0007_beside_the_plan"),
    ]

    operations = [
        migrations.AddField(
            model_name="visit",
            name="signature",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="visit",
            name="unsigned",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(("unsigned__in", ["", "refused", "nobody", "unable"])),
                name="visit_unsigned_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(("signature", ""), ("unsigned", ""), _connector="OR"),
                name="visit_signed_or_why_not",
            ),
        ),
    ]
