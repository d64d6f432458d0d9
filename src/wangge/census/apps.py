from django.apps import AppConfig


class CensusConfig(AppConfig):
    name = "wangge.census"
    label = "census"
