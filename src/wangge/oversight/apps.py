from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "wangge.oversight"
    label = "oversight"
