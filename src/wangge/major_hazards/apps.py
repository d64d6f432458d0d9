from django.apps import AppConfig


class MajorHazardsConfig(AppConfig):
    name = "wangge.major_hazards"
    label = "major_hazards"
