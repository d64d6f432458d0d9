"""Writes of dossiers: people, facilities, licences; what is due as a file; the pack's words."""

from __future__ import annotations

from wangge.dossiers.classing import decide_classes, reckon_classes_again, save_facts
from wangge.dossiers.doing import record_done
from wangge.dossiers.drawings import save_drawings, store_drawing
from wangge.dossiers.export import export_due
from wangge.dossiers.file_export import export_entries
from wangge.dossiers.file_running import IMPORT, ask_import, work_import, write_template
from wangge.dossiers.holdings import reckon_again, save_facilities, save_licences
from wangge.dossiers.installing import (
    COUNT_GRIDS,
    RECKON,
    RECKON_CLASSES,
    install_class_rules,
    install_due_rules,
    install_kinds,
    install_standards,
)
from wangge.dossiers.people import reveal_person, save_people
from wangge.dossiers.quality import count_grids, keep_copied_logs
from wangge.dossiers.rehousing import MERGE_MOVERS
from wangge.dossiers.removing import set_removed

__all__ = [
    "COUNT_GRIDS",
    "IMPORT",
    "MERGE_MOVERS",
    "RECKON",
    "RECKON_CLASSES",
    "ask_import",
    "count_grids",
    "decide_classes",
    "export_due",
    "export_entries",
    "install_class_rules",
    "install_due_rules",
    "install_kinds",
    "install_standards",
    "keep_copied_logs",
    "reckon_again",
    "reckon_classes_again",
    "record_done",
    "reveal_person",
    "save_drawings",
    "save_facilities",
    "save_facts",
    "save_licences",
    "save_people",
    "set_removed",
    "store_drawing",
    "work_import",
    "write_template",
]
