"""Where files lie on the local disk: whole or not at all, also after a power cut."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class DurableStorage(FileSystemStorage):
    """Files under `settings.WANGGE_FILES`, written aside, flushed to the disk and then renamed into place.

    A name is the digest of the content, so writing a name twice writes the same bytes.
    """

    @property
    def base_location(self) -> str:
        return str(settings.WANGGE_FILES)

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: File[Any]) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".part-", delete=False) as aside:
            try:
                for chunk in content.chunks():
                    aside.write(chunk)
                aside.flush()
                os.fsync(aside.fileno())
                os.replace(aside.name, target)
            except BaseException:
                os.unlink(aside.name)
                raise
        self._flush_folders(target.parent)
        return name

    def _flush_folders(self, folder: Path) -> None:
        """The rename and the new folders must reach the disk too, not only the bytes."""
        top = Path(self.location)
        for one in (folder, *folder.parents):
            descriptor = os.open(one, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if one == top:
                return
