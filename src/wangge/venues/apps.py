from django.apps import AppConfig


class VenuesConfig(AppConfig):
    name = "wangge.venues"
    label = "venues"
