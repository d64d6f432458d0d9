from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "wangge.teams"
    label = "teams"
