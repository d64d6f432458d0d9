"""Who does what in the background: the one place that knows the runs of every room (as ADR 21 for movers)."""

from __future__ import annotations

from collections.abc import Mapping

from wangge.accounts import queries as accounts
from wangge.dossiers import services as dossiers
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.models import FileRun
from wangge.kernel.run_work import Work
from wangge.ledgers import services as ledgers
from wangge.teams import services as teams
from wangge.territory import services as territory
from wangge.venues import services as venues

KINDS: Mapping[str, Work] = {
    venues.IMPORT: venues.work_import,
    venues.EXPORT: venues.work_export,
    dossiers.IMPORT: dossiers.work_import,
    teams.IMPORT: teams.work_import,
    ledgers.EXPORT: ledgers.work_export,
    territory.IMPORT_DIVISIONS: territory.work_division_import,
}


def find_author(run: FileRun) -> Actor | None:
    """Return who asked for a run, in the post of today; None if they hold none any more."""
    return accounts.get_actors([run.asked_by], clock.today()).get(run.asked_by)
