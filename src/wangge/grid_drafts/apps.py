from django.apps import AppConfig


class GridDraftsConfig(AppConfig):
    name = "wangge.grid_drafts"
    label = "grid_drafts"
