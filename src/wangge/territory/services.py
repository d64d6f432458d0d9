"""Writes of the territory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile

from wangge.kernel.actor import Actor
from wangge.territory.appointing import Appointment, appoint_members
from wangge.territory.change_schemas import RecodeIn, RecodeReport
from wangge.territory.changing import Done
from wangge.territory.covering import check_coverage
from wangge.territory.division_import import DivisionRow, import_divisions
from wangge.territory.exporting import export_grids
from wangge.territory.file_reading import Table, read_divisions, read_grids, read_recodings
from wangge.territory.geometry import areas_m2, metres_a_degree
from wangge.territory.grid_import import GridFeature, import_grids
from wangge.territory.installing import install_layers, install_staffing, install_tiers
from wangge.territory.late import carry_late
from wangge.territory.laying import Laid, Laying, Parish, lay_grids, list_parishes
from wangge.territory.movers import Carriage, Carried, Mover, Placed, patterns
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
from wangge.territory.schemas import DivisionImport, GridImport, ImportReport

__all__ = [
    "Appointment",
    "Carriage",
    "Carried",
    "DivisionRow",
    "Done",
    "GridFeature",
    "Laid",
    "Laying",
    "Mover",
    "Outline",
    "Parish",
    "Placed",
    "Recoding",
    "Table",
    "appoint_members",
    "areas_m2",
    "carry_late",
    "check_coverage",
    "check_places",
    "draw_grid",
    "export_grids",
    "household_bounds",
    "import_division_upload",
    "import_divisions",
    "import_grid_upload",
    "import_grids",
    "install_layers",
    "install_staffing",
    "install_tiers",
    "lay_grids",
    "list_outlines",
    "list_parishes",
    "merge_grids",
    "metres_a_degree",
    "move_border",
    "patterns",
    "read_divisions",
    "read_grids",
    "read_outline",
    "recode_divisions",
    "recode_upload",
    "redraw_grids",
    "split_grid",
    "tiers_of_layer",
    "undo_change",
]


def import_division_upload(
    file: UploadedFile[Any], options: DivisionImport, *, actor: Actor, at: datetime
) -> ImportReport:
    """Import an uploaded table. Raises: as import_divisions; Unreadable for a file that cannot be read."""
    actor.check_can("territory.write")
    problems = Problems()
    table = Table(_opened(file), file.name or "")
    return import_divisions(
        read_divisions([table], options.code_column, options.name_column, problems),
        actor=actor,
        at=at,
        file_name=table.name,
        dry_run=options.dry_run,
        problems=problems,
        within=actor.scope,
    )


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
