"""Django settings. Everything a city may change comes from `WANGGE_*` in the environment."""

from __future__ import annotations

import os
from pathlib import Path

from wangge.config import embedded, faces, secret

WANGGE_HOME = Path(os.environ.get("WANGGE_HOME", "var")).resolve()
WANGGE_FILES = Path(os.environ.get("WANGGE_FILES", WANGGE_HOME / "files"))
WANGGE_MAX_FILE_BYTES = int(os.environ.get("WANGGE_MAX_FILE_MB", "20")) << 20
WANGGE_SIGNING = Path(os.environ.get("WANGGE_SIGNING", WANGGE_HOME / "signing"))  # the city's keys (EV-9)
WANGGE_FONT = os.environ.get("WANGGE_FONT", "")  # for watermarks; "": the first that the system has
WANGGE_CALENDAR = Path(os.environ.get("WANGGE_CALENDAR", WANGGE_HOME / "calendar"))  # <year>.json (KE-2)
WANGGE_LIVE_PATH = os.environ.get("WANGGE_LIVE_PATH", "")  # where a proxy hands on the stream (LV-5)
WANGGE_LIVE_PORT = int(os.environ.get("WANGGE_LIVE_PORT", "0")) or None
WANGGE_TIANDITU_KEY = os.environ.get("WANGGE_TIANDITU_KEY", "")  # the state's map as ground (MP-8)
SECRET_KEY = secret.read_or_make(WANGGE_HOME)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("WANGGE_HOSTS", "127.0.0.1,localhost,testserver").split(",")

DATABASES = {"default": embedded.django_database(os.environ.get("WANGGE_DATABASE_URL"), WANGGE_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "wangge.kernel",
    "wangge.accounts",
    "wangge.territory",
    "wangge.venues",
    "wangge.teams",
    "wangge.dossiers",
    "wangge.checklists",
    "wangge.documents",
    "wangge.grid_drafts",
    "wangge.plates",
    "wangge.census",
    "wangge.notices",
    "wangge.matters",
    "wangge.cases",
    "wangge.oversight",
    "wangge.major_hazards",
    "wangge.evidence",
    "wangge.triage",
    "wangge.orders",
    "wangge.patrols",
    "wangge.rechecks",
    "wangge.visits",
    "wangge.fires",
    "wangge.field",
    "wangge.appraisal",
    "wangge.ledgers",
    "wangge.console",
    "wangge.bulletins",
    "wangge.packs",
    "wangge.twin",
]
MIDDLEWARE = [
    "wangge.config.guard.GuardMiddleware",
    "wangge.config.rush.RushMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "wangge.config.pages.FacesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
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
WANGGE_OPEN_PER_MINUTE = int(os.environ.get("WANGGE_OPEN_PER_MINUTE", "60"))  # KE-45
WANGGE_OPEN_TOTAL_PER_MINUTE = int(os.environ.get("WANGGE_OPEN_TOTAL_PER_MINUTE", "3000"))
HTTPS = os.environ.get("WANGGE_HTTPS", "") not in {"", "0"}  # set it behind a proxy that ends TLS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
WANGGE_BEHIND_PROXY = HTTPS  # the last address of X-Forwarded-For is the one the proxy saw
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_ENGINE = "wangge.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/assets/"
WHITENOISE_INDEX_FILE = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_IMMUTABLE_FILE_TEST = faces.is_immutable
WHITENOISE_ADD_HEADERS_FUNCTION = faces.add_headers
WHITENOISE_MIMETYPES = faces.MIME_TYPES
DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000_000  # 500 reports with their answers; files are not counted

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},  # a refusal is an answer, not news
        "apprise": {"handlers": ["nowhere"], "level": "WARNING", "propagate": False},  # it may name addresses
    },
}
STORAGES = {
    "default": {"BACKEND": "wangge.kernel.storage.DurableStorage"},
    "files": {"BACKEND": os.environ.get("WANGGE_FILES_BACKEND", "wangge.kernel.storage.DurableStorage")},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
