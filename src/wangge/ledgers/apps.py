from django.apps import AppConfig


class LedgersConfig(AppConfig):
    name = "wangge.ledgers"
    label = "ledgers"
