"""Folders that PostgreSQL's own account can reach: pytest closes its temporary folders to everybody else."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def open_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="wangge-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
