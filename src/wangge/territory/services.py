"""Writes of the territory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile

from wangge.kernel.actor import Actor
from wangge.territory.absences import list_uncovered
from wangge.territory.appointing import Appointment, appoint_members
from wangge.territory.around import list_touched
from wangge.territory.candidates import Led as Led
from wangge.territory.change_plan import Done
from wangge.territory.change_schemas import RecodeIn, RecodeReport
from wangge.territory.covering import check_coverage
from wangge.territory.division_import import DivisionRow, import_divisions
from wangge.territory.exporting import export_grids
from wangge.territory.file_reading import Table, read_divisions, read_grids, read_recodings
from wangge.territory.geometry import areas_m2, metres_a_degree
from wangge.territory.grid_import import GridFeature, import_grids
from wangge.territory.installing import install_layers, install_staffing, install_tiers
from wangge.territory.keepers import Given, Giving, Keeper, Leaver, OpenThing
from wangge.territory.late import carry_late
from wangge.territory.laying import Laid, Laying, Parish, lay_grids, list_parishes
from wangge.territory.movers import Carriage, Carried, Mover, Placed, patterns
from wangge.territory.nodes import NODES, StandingGrid, get_standing, tiers_of
from wangge.territory.outline_checks import check_places, read_outline
from wangge.territory.outlines import Outline, household_bounds, list_outlines, tiers_of_layer
from wangge.territory.recoding import Recoding, recode_divisions
from wangge.territory.regridding import (
    draw_grid,
    merge_grids,
    move_border,
    redraw_grids,
    split_grid,
    undo_change,
)
from wangge.territory.rules import Problems
from wangge.territory.running import (
    IMPORT_DIVISIONS,
    ask_division_import,
    outcome_of,
    work_division_import,
)
from wangge.territory.schemas import GridImport, ImportReport
from wangge.territory.staffing import get_tree, list_shortages
from wangge.territory.standing_in import offer_of, take_leave

__all__ = [
    "IMPORT_DIVISIONS",
    "NODES",
    "Appointment",
    "Carriage",
    "Carried",
    "DivisionRow",
    "Done",
    "Given",
    "Giving",
    "GridFeature",
    "Keeper",
    "Laid",
    "Laying",
    "Leaver",
    "Mover",
    "OpenThing",
    "Outline",
    "Parish",
    "Placed",
    "Recoding",
    "StandingGrid",
    "Table",
    "appoint_members",
    "areas_m2",
    "ask_division_import",
    "carry_late",
    "check_coverage",
    "check_places",
    "draw_grid",
    "export_grids",
    "get_standing",
    "get_tree",
    "household_bounds",
    "import_divisions",
    "import_grid_upload",
    "import_grids",
    "install_layers",
    "install_staffing",
    "install_tiers",
    "lay_grids",
    "list_outlines",
    "list_parishes",
    "list_shortages",
    "list_touched",
    "list_uncovered",
    "merge_grids",
    "metres_a_degree",
    "move_border",
    "offer_of",
    "outcome_of",
    "patterns",
    "read_divisions",
    "read_grids",
    "read_outline",
    "recode_divisions",
    "recode_upload",
    "redraw_grids",
    "split_grid",
    "take_leave",
    "tiers_of",
    "tiers_of_layer",
    "undo_change",
    "work_division_import",
]


def recode_upload(
    file: UploadedFile[Any], options: RecodeIn, *, movers: Sequence[Mover], actor: Actor, at: datetime
) -> RecodeReport:
    """Recode by an uploaded table. Raises: as recode_divisions; Unreadable for a file that cannot be read."""
    actor.check_can("territory.write")
    problems = Problems()
    rows = list(read_recodings(Table(_opened(file), file.name or ""), options, problems))
    return recode_divisions(
        options.id, rows, reason=options.reason, movers=movers, actor=actor, at=at,
        dry_run=options.dry_run, problems=problems,
    )  # fmt: skip


def import_grid_upload(
    file: UploadedFile[Any], options: GridImport, *, actor: Actor, at: datetime
) -> ImportReport:
    """Import an uploaded file of polygons. Raises: as import_grids; Unreadable for a file that is none."""
    actor.check_can("territory.write")
    problems = Problems()
    return import_grids(
        read_grids(_opened(file), options, problems, file.name or ""),
        options=options,
        actor=actor,
        at=at,
        file_name=file.name or "",
        problems=problems,
    )


def _opened(file: UploadedFile[Any]) -> IO[bytes]:
    if file.file is None:
        raise ValueError("an upload without a file")
    opened: IO[bytes] = file.file
    return opened
