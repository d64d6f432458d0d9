from django.apps import AppConfig
from django.conf import settings

from wangge.kernel import calendar


class KernelConfig(AppConfig):
    name = "wangge.kernel"
    label = "kernel"

    def ready(self) -> None:
        calendar.extend_from(settings.WANGGE_CALENDAR)
