from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "wangge.orders"
    label = "orders"
