"""The open cases of somebody whose post ends: given on by an event each, and back. Rule: CS-44, TE-36."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from wangge.cases import writing
from wangge.cases.marking import MOST, note
from wangge.cases.models import OpenCase
from wangge.cases.rules import CaseFacts, Mark, may_take_over
from wangge.kernel import audit, batches, prepared
from wangge.kernel.clock import CHINA
from wangge.matters import queries as matters
from wangge.territory.services import Given, Giving, Leaver, OpenThing


class CaseKeeper:
    """A case that the person signed for goes to the successor, or back into the department's inbox.

    Nobody takes over what they reported or judged (CS-3): such a case goes into the inbox too.
    """

    kind = "case"

    def _open(self, leaver: Leaver) -> list[UUID]:
        if leaver.department_id is None:
            return []  # a post without a department signs for nothing
        rows = OpenCase.objects.filter(
            handler_id=leaver.user_id,
            department_id=leaver.department_id,
            grid_path__startswith=leaver.scope,
        )
        return list(rows.order_by("case_id").values_list("case_id", flat=True))

    def count(self, leaver: Leaver) -> int:
        """Return how many cases would be given on."""
        return len(self._open(leaver))

    def list_open(self, leaver: Leaver, limit: int) -> list[OpenThing]:
        """Return the first of them by their deadline."""
        rows = OpenCase.objects.filter(case_id__in=self._open(leaver)).select_related("case")
        some = list(rows.order_by("due_at", "case_id")[:limit])
        names = matters.names_of({row.case.matter_code for row in some})
        return [
            OpenThing(
                row.case_id,
                row.grid_path,
                f"{names.get(row.case.matter_code, (row.case.matter_code,))[0]} {row.case.address}".strip(),
                _day(row.case.due_at),
            )
            for row in some
        ]

    def give(self, leaver: Leaver, giving: Giving) -> tuple[list[Given], int]:
        """Mark each case with who had it and who has it now; return how many went into the inbox instead."""
        stay = 0

        def whose(case: CaseFacts) -> int | None:
            nonlocal stay
            if giving.to is None or may_take_over(case, giving.to):
                return giving.to
            stay += 1
            return None

        return self._mark(self._open(leaver), giving, whose), stay

    def _mark(
        self, ids: Sequence[UUID], giving: Giving, whose: Callable[[CaseFacts], int | None]
    ) -> list[Given]:
        given: list[Given] = []
        for start in range(0, len(ids), MOST):
            cases = writing.lock_many(ids[start : start + MOST])
            changed, events = [], []
            for case in cases.values():
                if case.closed_at is not None:
                    continue  # it ended while we waited for its row
                to = whose(case)
                detail = {
                    "from": case.handler_id,
                    "to": to,
                    "to_name": giving.to_name if to is not None else "",
                    "reason": giving.reason,
                    "handover": str(giving.handover),
                }
                after, event = note(
                    case,
                    batches.id_for(case.id, giving.at),
                    Mark.HAND_OVER,
                    detail=detail,
                    facts={"handler_id": to},
                    actor=giving.actor,
                    at=giving.at,
                )
                changed.append(after)
                events.append(event)
                given.append(Given(case.id, after.event_count))
            told = [("cases.hand_over", "case", str(one.case_id), {"seq": one.seq}) for one in events]
            with prepared.together():
                writing.save_handed(changed)
                writing.append_events(events)
                audit.record(told, actor=giving.actor, at=giving.at)
        return given

    def list_touched(self, given: Sequence[Given], to: int | None) -> list[UUID]:
        """Return those with an event since."""
        cases = writing.lock_many([one.id for one in given])
        return [one.id for one in given if cases[one.id].event_count != one.stamp]

    def give_back(self, ids: Sequence[UUID], giving: Giving) -> None:
        """Mark each case once more: the former handler has it again."""
        self._mark(list(ids), giving, lambda case: giving.to)


def _day(at: datetime | None) -> date | None:
    return at.astimezone(CHINA).date() if at else None
