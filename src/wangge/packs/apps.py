from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "wangge.packs"
    label = "packs"
