"""Importing this makes Django ready: programs of the house import it before anything that has models."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangge.config.settings")
django.setup()
