from django.apps import AppConfig


class BulletinsConfig(AppConfig):
    name = "wangge.bulletins"
    label = "bulletins"
