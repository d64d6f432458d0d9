from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "wangge.matters"
    label = "matters"
