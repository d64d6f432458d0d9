from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "wangge.documents"
    label = "documents"
