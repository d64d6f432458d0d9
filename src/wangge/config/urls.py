"""Every address of the house."""

from django.urls import path, re_path

from wangge.config import plate_pages
from wangge.config.api import api
from wangge.config.grid_page import serve_board, serve_board_photo
from wangge.config.pages import serve_page

handler404 = "wangge.config.pages.not_found"
handler500 = "wangge.config.pages.broken"
urlpatterns = [
    path("q/plate.css", plate_pages.style),
    path("q/<str:code>", plate_pages.scan),
    path("api/", api.urls),
    path("g/<slug:code>", serve_board),
    path("g/<slug:code>/photo", serve_board_photo),
    re_path(r"^m/(?P<rest>.*)$", serve_page, {"face": "field"}),
    re_path(r"^(?!api/)(?P<rest>.*)$", serve_page, {"face": "console"}),
]
