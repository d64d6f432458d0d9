"""Writes of the kinds of cases: a pack installs them, a city admits its own."""

from __future__ import annotations

from wangge.matters.admissions import bring_into_force, draft_matter, move_admission
from wangge.matters.exporting import export_matters
from wangge.matters.importing import import_proposals, import_upload, write_template
from wangge.matters.installing import (
    install_clocks,
    install_loop,
    install_matters,
    install_powers,
    install_routes,
    install_stages,
    install_terms,
    install_timing,
    install_upgrades,
)

__all__ = [
    "bring_into_force",
    "draft_matter",
    "export_matters",
    "import_proposals",
    "import_upload",
    "install_clocks",
    "install_loop",
    "install_matters",
    "install_powers",
    "install_routes",
    "install_stages",
    "install_terms",
    "install_timing",
    "install_upgrades",
    "move_admission",
    "write_template",
]
BRING_INTO_FORCE = "matters.bring_into_force"
