from django.apps import AppConfig


class PlatesConfig(AppConfig):
    name = "wangge.plates"
    label = "plates"
