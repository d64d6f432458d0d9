from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "wangge.evidence"
    label = "evidence"
