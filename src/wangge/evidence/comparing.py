"""The photos of a case with what they say, and where they were used before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wangge.cases import queries as cases
from wangge.cases.queries import PhotoUse, WholeCase, WholeStep
from wangge.evidence.models import PhotoLimit
from wangge.evidence.rules import Claimed, Finding, Limit, Limits, Use, compare
from wangge.kernel import alike, files, photos


def limits_in_force() -> tuple[Limits, bool]:
    """Return the limits of the active pack, and whether all of them are confirmed. Rule: PK-2, EV-1."""
    rows = PhotoLimit.objects.filter(is_active=True, code__in=[limit.value for limit in Limit])
    found = {
        Limit(code): (at_most, sure)
        for code, at_most, sure in rows.values_list("code", "at_most", "is_confirmed")
    }
    return {code: at_most for code, (at_most, _) in found.items()}, all(sure for _, sure in found.values())


def claims_of(case: WholeCase) -> list[Claimed]:
    """Return every photo of every step with what it says.

    What it said when it was used stands in the event (CS-9); of an older event the photo itself is asked.
    """
    named = [photo for step in case.steps for photo in step.photos]
    stored = files.facts_of(named) if named else {}
    return [
        _claimed(step, photo, step.detail.get("photo_facts", {}).get(photo) or stored.get(photo, {}))
        for step in case.steps
        for photo in dict.fromkeys(step.photos)
    ]


def find(case: WholeCase, claims: Sequence[Claimed], limits: Limits) -> list[Finding]:
    """Return what the photos say against the claim. Rule: EV-1 … EV-6."""
    positions = {
        step.seq: (point[0], point[1]) for step in case.steps if (point := step.detail.get("point_wgs84"))
    }
    return compare(
        claims,
        reported=(case.facts["lon"], case.facts["lat"]),
        positions=positions,
        uses=_uses(case, claims, limits),
        limits=limits,
    )


def _claimed(step: WholeStep, photo: str, told: Mapping[str, Any]) -> Claimed:
    said = photos.from_json({"width": 0, "height": 0, **told})
    return Claimed(
        sha256=photo,
        seq=step.seq,
        at=step.at,
        actor_id=step.actor_id,
        is_after=step.seq > 1,
        taken_at=said.taken_at,
        point=said.point_wgs84,
        edited_with=said.edited_with,
        camera=f"{said.make} {said.model}".strip(),
    )


def _uses(case: WholeCase, claims: Sequence[Claimed], limits: Limits) -> dict[tuple[str, int], Sequence[Use]]:
    """Return the earlier uses of each photo of each step, or of one that looks like it."""
    named = list(dict.fromkeys(claim.sha256 for claim in claims))
    most_bits = limits.get(Limit.RECYCLED)
    if not named or most_bits is None:
        return {}
    looks = alike.looks_of_stored(named)
    bits: dict[str, dict[str, int]] = {photo: {photo: 0} for photo in named}
    for found in alike.find_alike(looks, most_bits=most_bits):
        bits[found.sha256][found.other] = found.bits
    others = cases.list_photo_uses({other for near in bits.values() for other in near})
    by_photo = defaultdict(list)
    for use in others:
        if not _is_kin(case, use):
            by_photo[use.sha256].append((use.case_id, use.seq, use.at, use.actor_id))
    for claim in claims:
        by_photo[claim.sha256].append((case.id, claim.seq, claim.at, claim.actor_id))
    return {
        (claim.sha256, claim.seq): list(_earlier(case, claim, bits[claim.sha256], by_photo))
        for claim in claims
    }


def _is_kin(case: WholeCase, use: PhotoUse) -> bool:
    """Return whether the use is of this case, of one found on the same visit, or merged with it (EV-4)."""
    if use.case_id == case.id or use.merged_into_id == case.id:
        return True
    if case.facts["merged_into_id"] == str(use.case_id):
        return True
    return use.order_id is not None and str(use.order_id) == case.facts["order_id"]


def _earlier(
    case: WholeCase, claim: Claimed, near: Mapping[str, int], by_photo: Mapping[str, list[Any]]
) -> Iterator[Use]:
    for photo, bits in near.items():
        for case_id, seq, at, actor_id in by_photo.get(photo, ()):
            is_own = case_id == case.id
            if (seq < claim.seq) if is_own else (at < claim.at):
                yield Use(case_id, seq, at, actor_id, bits, photo == claim.sha256)
