from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('field', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='device',
            name='session_key',
            field=models.CharField(default='', max_length=40),
        ),
    ]
