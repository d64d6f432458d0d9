"""The installation's secret: from the environment, or made once and kept in a file only its owner reads."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def read_or_make(home: Path) -> str:
    """Return the secret. `WANGGE_SECRET` wins; else `<home>/secret`, made on the first call with mode 600."""
    if given := os.environ.get("WANGGE_SECRET"):
        return given
    path = home / "secret"
    home.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text()
