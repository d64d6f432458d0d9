"""Every address of the house."""

from django.urls import path

from wangge.config.api import api

urlpatterns = [path("api/", api.urls)]
