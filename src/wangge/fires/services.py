"""Writes of fires."""

from wangge.fires.file_import import export_fires, import_fires
from wangge.fires.installing import install_words
from wangge.fires.recording import report_fires, take_fire_steps
from wangge.fires.regridding import MERGED, FireMover

__all__ = [
    "MERGED",
    "FireMover",
    "export_fires",
    "import_fires",
    "install_words",
    "report_fires",
    "take_fire_steps",
]
