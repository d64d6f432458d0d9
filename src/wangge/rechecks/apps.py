from django.apps import AppConfig


class RechecksConfig(AppConfig):
    name = "wangge.rechecks"
    label = "rechecks"
