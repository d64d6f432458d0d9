from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('console', '0002_stream'),
    ]

    operations = [
        migrations.CreateModel(
            name='MapSheet',
            fields=[
                ('key', models.BigIntegerField(primary_key=True, serialize=False)),
                ('edition', models.BigIntegerField(db_index=True)),
                ('points', models.BinaryField()),
                ('words', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='MapChanged',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('key', models.BigIntegerField()),
            ],
        ),
    ]
