"""Writes of the kinds of cases: a pack installs them, a city admits its own."""

from __future__ import annotations

from wangge.matters.drafting import draft_matter, draft_matters
from wangge.matters.editions import bring_into_force
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
from wangge.matters.regridding import MatterMover
from wangge.matters.reviewing import move_admissions

__all__ = [
    "MatterMover",
    "bring_into_force",
    "draft_matter",
    "draft_matters",
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
    "move_admissions",
    "write_template",
]
BRING_INTO_FORCE = "matters.bring_into_force"
