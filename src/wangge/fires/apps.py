from django.apps import AppConfig


class FiresConfig(AppConfig):
    name = "wangge.fires"
    label = "fires"
