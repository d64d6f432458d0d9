"""Django settings. Everything a city may change comes from `WANGGE_*` in the environment."""

from __future__ import annotations

import os
from pathlib import Path

from wangge.config import embedded, secret

WANGGE_HOME = Path(os.environ.get("WANGGE_HOME", "var")).resolve()
WANGGE_FILES = Path(os.environ.get("WANGGE_FILES", WANGGE_HOME / "files"))
SECRET_KEY = secret.read_or_make(WANGGE_HOME)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("WANGGE_HOSTS", "127.0.0.1,localhost,testserver").split(",")

DATABASES = {"default": embedded.django_database(os.environ.get("WANGGE_DATABASE_URL"), WANGGE_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "wangge.kernel",
    "wangge.accounts",
    "wangge.territory",
    "wangge.venues",
    "wangge.checklists",
    "wangge.cases",
    "wangge.orders",
    "wangge.packs",
    "wangge.twin",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "wangge.config.urls"
WSGI_APPLICATION = "wangge.config.wsgi.application"

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
WANGGE_LOGIN_FAILURES = int(os.environ.get("WANGGE_LOGIN_FAILURES", "5"))  # AC-4
WANGGE_LOGIN_LOCK_MINUTES = int(os.environ.get("WANGGE_LOGIN_LOCK_MINUTES", "10"))
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "static/"
