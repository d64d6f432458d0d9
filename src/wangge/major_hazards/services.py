"""Writes of major hazards: assess, propose, sign, list, report progress, re-inspect, de-list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse

from wangge.cases.rules import Mark
from wangge.kernel import audit, files
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Unreadable
from wangge.kernel.fates import Fate
from wangge.major_hazards import queries
from wangge.major_hazards.assessing import assess
from wangge.major_hazards.deciding import propose, sign
from wangge.major_hazards.doing import check_stage, each, mark
from wangge.major_hazards.edition_files import import_edition, write_template
from wangge.major_hazards.installing import import_element_set, install_element_sets, install_listing_rule
from wangge.major_hazards.models import Progress, Reinspection
from wangge.major_hazards.rules import check_other_hands
from wangge.major_hazards.schemas import (
    HazardFilter,
    ListIn,
    ProgressIn,
    ReinspectIn,
)
from wangge.venues.services import TableMover

__all__ = [
    "MERGE_MOVERS",
    "assess",
    "export_ledger",
    "import_edition",
    "import_element_set",
    "install_element_sets",
    "install_listing_rule",
    "list_hazards",
    "propose",
    "reinspect",
    "report_progress",
    "sign",
    "write_template",
]

MERGE_MOVERS = (  # what hangs on a place that is merged into another (VE-18)
    TableMover(
        "assessment",
        "major_hazards_assessment",
        "份重大隐患排查",
        "major-hazard surveys",
        written="assessed_at",
    ),
    TableMover(
        "major_hazard", "major_hazards_majorhazard", "个重大隐患", "major hazards", written="decided_at"
    ),
)


def list_hazards(commands: Sequence[ListIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Put hazards on the list (挂牌): supervising body, notice, last day to rectify. A fate an item.

    Rule: MH-5.
    """

    def one(given: ListIn) -> Mapping[str, Any]:
        actor.check_can("major_hazards.list")
        hazard = queries.lock_hazard(actor, given.hazard_id)
        check_stage(hazard, "to_list")
        if given.rectify_on < at.astimezone(CHINA).date():
            raise Unreadable(field="rectify_on", why_zh="整改期限不能早于今天", why_en="the day lies behind")
        hazard.listed_at, hazard.listed_by_id = at, actor.user_id
        hazard.supervising_body, hazard.notice_text = given.supervising_body, given.notice_text
        hazard.rectify_on = given.rectify_on
        hazard.save()
        told = {"body": given.supervising_body, "until": given.rectify_on.isoformat()}
        mark(given.id, hazard.case_id, Mark.LIST_MAJOR, told, actor=actor, at=at)
        return {"hazard_id": str(hazard.pk)}

    return each(commands, one, kind="major.list", actor=actor, at=at)


def report_progress(commands: Sequence[ProgressIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Keep what was done since a hazard was listed. A fate an item. Rule: MH-6."""

    def one(given: ProgressIn) -> Mapping[str, Any]:
        actor.check_can("major_hazards.assess")
        hazard = queries.lock_hazard(actor, given.hazard_id)
        check_stage(hazard, "listed")
        files.check_stored(given.photos)
        Progress(
            id=given.id,
            hazard=hazard,
            text=given.text,
            photos=given.photos,
            told_by_id=actor.user_id,
            told_at=at,
        ).save(force_insert=True)
        return {"hazard_id": str(hazard.pk)}

    return each(commands, one, kind="major.progress", actor=actor, at=at)


def reinspect(commands: Sequence[ReinspectIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Keep what somebody else found. A fate an item. Rule: MH-6 (DG-08)."""

    def one(given: ReinspectIn) -> Mapping[str, Any]:
        actor.check_can("major_hazards.assess")
        hazard = queries.lock_hazard(actor, given.hazard_id)
        check_stage(hazard, "listed")
        reporters = hazard.progress.values_list("told_by_id", flat=True)
        handler = hazard.case.handler_id if hazard.case else None
        check_other_hands(actor.user_id, reporters=set(reporters), handler_id=handler)
        files.check_stored(given.photos)
        Reinspection(
            id=given.id,
            hazard=hazard,
            has_passed=given.has_passed,
            text=given.text,
            photos=given.photos,
            inspected_by_id=actor.user_id,
            inspected_at=at,
        ).save(force_insert=True)
        return {"hazard_id": str(hazard.pk)}

    return each(commands, one, kind="major.reinspect", actor=actor, at=at)


def export_ledger(actor: Actor, filters: HazardFilter, suffix: str, *, at: datetime) -> StreamingHttpResponse:
    """Return the ledger as csv or xlsx, and leave an audit row. Raises: NotYourRole, Unreadable. MH-7."""
    answer = queries.export_ledger(actor, filters, suffix, at=at)
    detail = {"filters": filters.model_dump(mode="json", exclude_defaults=True), "suffix": suffix}
    audit.record([("major.export", "major_hazard", "", detail)], actor=actor, at=at)
    return answer
