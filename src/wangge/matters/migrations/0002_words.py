from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0001_initial")]

    operations = [
        migrations.AddField("matter", "words_zh", ArrayField(models.CharField(max_length=16), default=list)),
    ]
