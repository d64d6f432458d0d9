from django.apps import AppConfig


class ChecklistsConfig(AppConfig):
    name = "wangge.checklists"
    label = "checklists"
