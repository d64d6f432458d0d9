"""Word to PDF by LibreOffice, where it is installed; where it is not, the house says how to get it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from wangge.kernel.errors import Refused

SECONDS = 90
NAMES = ("soffice", "libreoffice")


class NoConverter(Refused):
    code = "documents.no_converter"
    zh = (
        "本机没有安装 LibreOffice，不能生成 PDF；Word 文件可以正常下载。"
        "安装：apt-get install libreoffice-writer-nogui fonts-wqy-zenhei。"
    )
    en = (
        "LibreOffice is not installed here, so there is no PDF; the Word file is there."
        " Install it: apt-get install libreoffice-writer-nogui fonts-wqy-zenhei."
    )


class ConversionFailed(Refused):
    code = "documents.conversion_failed"
    zh = "生成 PDF 失败：{why}。Word 文件可以正常下载。"
    en = "The PDF could not be made: {why}. The Word file is there."


def converter() -> str | None:
    """Return the path of LibreOffice, None where it is not installed."""
    named = os.environ.get("WANGGE_OFFICE")
    return named or next((path for path in map(shutil.which, NAMES) if path), None)


def to_pdf(docx: bytes) -> bytes:
    """Return the Word file as PDF with its fonts embedded.

    One conversion at a time on a machine: the profile is kept, which makes every one after the first faster.
    Raises: NoConverter, ConversionFailed.
    Rule:   DO-8.
    """
    program = converter()
    if program is None:
        raise NoConverter()
    with _profile() as profile, tempfile.TemporaryDirectory(prefix="wangge-pdf-") as folder:
        source = Path(folder, "document.docx")
        source.write_bytes(docx)
        command = [
            *(program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"),
            *("--nolockcheck", "--convert-to", "pdf:writer_pdf_Export", "--outdir", folder, str(source)),
        ]
        quiet = {**os.environ, "HOME": str(profile), "SAL_USE_VCLPLUGIN": "svp"}
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, env=quiet, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ConversionFailed(why=type(error).__name__) from error
        made = source.with_suffix(".pdf")
        if done.returncode or not made.exists():
            said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
            raise ConversionFailed(why=said[-1] if said else f"exit {done.returncode}")
        return made.read_bytes()


@contextmanager
def _profile() -> Iterator[Path]:
    """Yield LibreOffice's own folder while nobody else uses it."""
    folder = Path(settings.WANGGE_HOME) / "office"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder / "profile"
