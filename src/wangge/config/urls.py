"""Every address of the house."""

from django.urls import path, re_path

from wangge.config.api import api
from wangge.config.pages import serve_page

urlpatterns = [
    path("api/", api.urls),
    re_path(r"^m/(?P<rest>.*)$", serve_page, {"face": "field"}),
    re_path(r"^(?!api/)(?P<rest>.*)$", serve_page, {"face": "console"}),
]
