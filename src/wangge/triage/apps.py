from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "wangge.triage"
    label = "triage"
