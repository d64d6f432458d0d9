"""Assessing a place: elements ticked by people, counted by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from wangge.cases.rules import Mark
from wangge.kernel import files
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.kernel.fates import Fate
from wangge.major_hazards import queries
from wangge.major_hazards.doing import each, mark
from wangge.major_hazards.models import Assessment, ElementSet, Tick
from wangge.major_hazards.refusals import (
    ElementSetEmpty,
    EvidenceMissing,
    ReasonMissing,
)
from wangge.major_hazards.rules import (
    Judgement,
    Suspicion,
    check_elements,
    judge,
)
from wangge.major_hazards.schemas import (
    AssessIn,
)


def assess(commands: Sequence[AssessIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Keep what people ticked, and what the counting says of it: suspected, never more. A fate an item.

    Rule: MH-1 … MH-3.
    """

    def one(given: AssessIn) -> Mapping[str, Any]:
        actor.check_can("major_hazards.assess")
        place = queries.place_of(actor, given.case_id, given.venue_id)
        edition = _edition(given.element_set)
        said = _judge(given, edition)
        files.check_stored([*given.exemption_photos, *(p for tick in given.ticks for p in tick.photos)])
        row = Assessment(
            id=given.id,
            case_id=place.case_id,
            venue_id=place.venue_id,
            grid_path=place.grid_path,
            element_set=edition,
            place_kind=given.place_kind,
            exemption=given.exemption or "",
            exemption_reason=given.exemption_reason,
            exemption_photos=given.exemption_photos,
            verdict=said.verdict,
            line_code=said.code,
            line_zh=said.zh,
            line_en=said.en,
            line_is_confirmed=said.is_confirmed,
            counted=list(said.counted),
            assessed_by_id=actor.user_id,
            assessed_at=at,
        )
        row.save(force_insert=True)
        Tick.objects.bulk_create(
            Tick(assessment=row, element=tick.element, note=tick.note, photos=tick.photos)
            for tick in given.ticks
        )
        if said.verdict is Suspicion.SUSPECTED:
            told = {"basis": f"{edition.code} {said.code}", "reason": said.zh}
            mark(given.id, row.case_id, Mark.SUSPECT_MAJOR, told, actor=actor, at=at)
        return {"verdict": said.verdict.value, "line_zh": said.zh, "line_en": said.en}

    return each(commands, one, kind="major.assess", actor=actor, at=at)


def _edition(code: str) -> ElementSet:
    edition = ElementSet.objects.filter(pk=code).first()
    if edition is None:
        raise NotVisible()
    if not edition.elements:
        raise ElementSetEmpty(name=edition.name_zh, remedy=edition.remedy_zh)
    return edition


def _judge(given: AssessIn, edition: ElementSet) -> Judgement:
    ticked = [tick.element for tick in given.ticks]
    check_elements(given.place_kind, ticked, edition.edition(), name=edition.name_zh)
    if bare := [tick.element for tick in given.ticks if not tick.note and not tick.photos]:
        raise EvidenceMissing(codes="、".join(bare))
    if given.exemption is None:
        return judge(given.place_kind, ticked, edition.edition())
    if not given.exemption_reason or not given.exemption_photos:
        raise ReasonMissing()
    return Judgement(Suspicion.EXCEPTED, counted=tuple(ticked))
