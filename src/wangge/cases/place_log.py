"""The urge log of a place: who was told about which of its cases, when, by what, and whether it arrived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from wangge.accounts import queries as accounts
from wangge.cases.models import Case
from wangge.kernel.actor import Actor
from wangge.matters import queries as matters
from wangge.notices import queries as notices
from wangge.notices.queries import Hearer, Told
from wangge.notices.schemas import ToldHearer, ToldPage, ToldRow
from wangge.venues import queries as venues

OTHERS = {"k": "keeper", "g": "group"}


def list_told(actor: Actor, venue_id: UUID, *, beyond: int | None, limit: int) -> ToldPage:
    """Return what was told about the cases of a place that the actor sees, newest first.

    Names of people outside the administration are masked. A place outside the actor's grids has no cases.
    Raises: NotYourRole.
    Rule:   NT-12 (HB-12), CS-8.
    """
    actor.check_can("cases.read")
    seen = Case.objects.visible_to(actor).filter(venue_id=venue_id)
    rows = notices.list_told(seen.values("pk"), beyond=beyond, limit=limit + 1)
    page = rows[:limit]
    codes = dict(Case.objects.filter(pk__in={row.case_id for row in page}).values_list("pk", "matter_code"))
    kinds = {code: (code, code) for code in codes.values()} | matters.names_of(codes.values())
    named = _names(hearer for row in page for hearer in row.to)
    return ToldPage(
        items=[_row(row, kinds[codes[row.case_id]], named) for row in page],
        beyond=page[-1].id if len(rows) > limit else None,
    )


def _names(hearers: Iterable[Hearer]) -> dict[str, tuple[str, str]]:
    """Return kind and name of every recipient."""
    known = {hearer.recipient: hearer.number for hearer in hearers}
    numbers = {sign: [n for one, n in known.items() if n is not None and one[0] == sign] for sign in "uc"}
    people, contacts = accounts.names_of(numbers["u"]), venues.contact_names(numbers["c"])
    found: dict[str, tuple[str, str]] = {}
    for recipient, number in known.items():
        if recipient[0] == "u":
            found[recipient] = ("person", people.get(number or 0, ""))
        elif recipient[0] == "c":
            found[recipient] = contacts.get(number or 0, ("gone", ""))
        else:
            found[recipient] = (OTHERS[recipient[0]], "")
    return found


def _row(row: Told, kind: tuple[str, str], named: Mapping[str, tuple[str, str]]) -> ToldRow:
    return ToldRow(
        id=row.id,
        case_id=row.case_id,
        matter_zh=kind[0],
        matter_en=kind[1],
        at=row.at,
        title_zh=row.title_zh,
        title_en=row.title_en,
        text_zh=row.text_zh,
        text_en=row.text_en,
        to=[
            ToldHearer.model_validate(
                {
                    "kind": named[one.recipient][0],
                    "name": named[one.recipient][1],
                    "medium": one.medium,
                    "state": one.state,
                    "at": one.at,
                    "may_be_double": one.may_be_double,
                }
            )
            for one in row.to
        ],
    )
