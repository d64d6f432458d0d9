"""How fast escalations are told: news, rules, people, messages, inboxes. A part of `benchmarks.escalate`."""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from benchmarks.filling import make_person
from wangge.accounts.models import Post, User
from wangge.accounts.rules import Role
from wangge.cases import services as cases
from wangge.cases.models import Case, CaseEvent
from wangge.matters.models import Matter
from wangge.notices import services as notices
from wangge.notices.models import Message, Notice

STARTS_ON = date(2025, 1, 1)
TOLD: dict[str, Any] = {
    "code": "L1",
    "topic": "escalate",
    "levels": ["L1"],
    "recipients": ["grid_chief"],
    "media": ["in_app"],
    "delay_minutes": 0,
    "only_if_open": True,
    "levels_up": 0,
    "is_urgent": False,
    "is_duty": True,
    "is_digest": False,
}
NAMES_OF_RULE = {
    "name_zh": "案件逾期",
    "name_en": "Overdue",
    "text_zh": "{matter}，{place}。期限 {due}。",
    "text_en": "{matter}, {place}. It was due {due}.",
    "source": "bench",
    "is_confirmed": False,
}
NEWS = """
INSERT INTO cases_news (event_id, case_id, rule_code, due_at)
SELECT id, case_id, '', %s FROM cases_caseevent WHERE action = 'escalate' ORDER BY id LIMIT %s
"""


def tell(count: int, *, at: datetime) -> dict[str, Any]:
    """Tell of `count` escalations, each rung to the grid chief of its place, and return how it went.

    The news is written anew, as the worker of the tick had no rule and let it go.
    """
    make_chiefs(at)
    notices.install_rules([TOLD | NAMES_OF_RULE], pack_version="bench@1")
    with connection.cursor() as cursor:
        cursor.execute(NEWS, [at, count])
        of = cursor.rowcount
    start = time.perf_counter()
    while cases.tell_news(at=at):
        pass
    seconds = time.perf_counter() - start
    messages, kept = Message.objects.count(), Notice.objects.count()
    keys = Message.objects.values("key").distinct().count()
    return {
        "escalations": of,
        "messages": messages,
        "notices": kept,
        "told_twice": messages - keys,
        "seconds": round(seconds, 1),
        "escalations_a_second": round(of / seconds),
        "peer: plain Django ORM, one after the other": round(tell_peer(min(count, 500), at)),
    }


def tell_peer(sample: int, at: datetime) -> float:
    """Return how many escalations a second are told one by one."""
    marks = list(CaseEvent.objects.filter(action="escalate").order_by("id")[:sample])
    start = time.perf_counter()
    for event in marks:
        with transaction.atomic():
            case = Case.objects.get(pk=event.case_id)
            matter = Matter.objects.filter(code=case.matter_code).first()
            around = [case.grid_path[: n + 1] for n, sign in enumerate(case.grid_path) if sign == "."]
            chiefs = Post.objects.filter(role=Role.GRID_CHIEF, scope__in=around).select_related("user")
            text = f"{matter.name_zh if matter else ''}，{case.address}"
            message = Message.objects.create(
                key=f"peer:{event.pk}",
                topic="escalate",
                rule_code="peer",
                path=case.grid_path,
                case_id=case.pk,
                title_zh="逾期",
                title_en="Overdue",
                text_zh=text,
                text_en=text,
                is_urgent=False,
                at=at,
            )
            for post in chiefs:
                Notice.objects.create(message=message, user=post.user)
    return sample / (time.perf_counter() - start)


def make_chiefs(at: datetime) -> None:
    """A chief in every tenth grid, and one over the city for the others."""
    make_person("chief", Role.GRID_CHIEF)
    grids = sorted(set(Case.objects.values_list("grid_path", flat=True)))[::10]
    users = User.objects.bulk_create(
        User(username=f"chief{n}", name=f"chief{n}", password="!", created_at=at) for n in range(len(grids))
    )
    Post.objects.bulk_create(
        Post(user=user, role=Role.GRID_CHIEF, scope=grid, scope_name=grid, starts_on=STARTS_ON)
        for user, grid in zip(users, grids, strict=True)
    )
