"""What A has of visits: somebody to visit, a visit, a call that somebody answered, a quick report."""

from __future__ import annotations

from typing import Any

from tests.cases.makers import House
from tests.makers import AT
from tests.visits.makers import arrive, call, fresh_photo, make_person, quick, visit


def make_visited(house: House) -> dict[str, Any]:
    """Return what of it stands in an address or a body."""
    person = make_person(house, groups=("disabled", "floating"))
    assert visit(house.bob, person.pk, note="雪松老人在家").status == 200
    waiting, called = call(house), call(house)
    assert arrive(house.bob, called.pk, at=AT, photos=[fresh_photo(house)]).status == 200
    fate, given = quick(house.bob, "any", matter_code="H301", text="雪松灭火器损坏")
    assert fate.status == 200, fate
    return {
        "visited_id": person.pk,
        "arrival_id": waiting.pk,
        "report_kind": "any",
        "call_trigger": "help",
        "ledger_code": "cases",
        "report_subject": given.subject_id,
    }
