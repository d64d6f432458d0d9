"""The house's settings with Django REST framework and one address more: the peer of `benchmarks.tracks`."""

from wangge.config.settings import *  # noqa: F403
from wangge.config.settings import INSTALLED_APPS as _OURS

INSTALLED_APPS = [*_OURS, "rest_framework"]
ROOT_URLCONF = "benchmarks.drf_peer"
