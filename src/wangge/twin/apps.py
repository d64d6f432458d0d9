from django.apps import AppConfig


class TwinConfig(AppConfig):
    name = "wangge.twin"
    label = "twin"
