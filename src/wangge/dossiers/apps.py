from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "wangge.dossiers"
    label = "dossiers"
