import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('field', '0002_session_of_a_device'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Burden',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone_id', models.UUIDField()),
                ('on', models.DateField()),
                ('active_s', models.PositiveIntegerField()),
                ('fields', models.PositiveIntegerField()),
                ('photos', models.PositiveIntegerField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['on', 'user'], name='burden_by_day')],
                'constraints': [models.UniqueConstraint(fields=('user', 'phone_id', 'on'), name='burden_of_a_day_once')],
            },
        ),
    ]
