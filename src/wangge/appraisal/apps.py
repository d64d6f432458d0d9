from django.apps import AppConfig


class AppraisalConfig(AppConfig):
    name = "wangge.appraisal"
    label = "appraisal"
