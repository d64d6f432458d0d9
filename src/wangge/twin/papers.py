"""Notices and records of the demo city, so that its register of documents is not empty (TW-10)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from wangge.accounts.rules import Role
from wangge.cases import services as cases
from wangge.cases.rules import Status
from wangge.cases.schemas import CaseDocumentIn
from wangge.documents.rules import DocumentKind
from wangge.kernel.actor import Actor
from wangge.kernel.ids import id_at
from wangge.twin.moves import LiveCase
from wangge.twin.play import Play

MANY = 12  # of each kind
AFTER = timedelta(minutes=20)  # since the case moved last
DEMAND = "请按期消除上述隐患，整改完成后报告承办单位复查。"
CONCLUSION = "已到现场复查，隐患已消除。"


def arrange_papers(play: Play, *, at: datetime) -> None:
    """Let handlers give notice of what they have in hand, and supervisors record what they saw again."""
    rng = random.Random(f"{play.seed}:papers")
    newest = sorted(play.cases.values(), key=lambda case: (case.since, case.id), reverse=True)
    for case, kind, actor in [*_notices(play, newest), *_records(play, newest, rng)]:
        issued_at = min(case.since + AFTER, at)
        is_notice = kind is DocumentKind.RECTIFICATION_NOTICE
        paper = CaseDocumentIn(
            id=id_at(issued_at, rng),
            case_id=case.id,
            kind=kind,
            demand=DEMAND if is_notice else "",
            conclusion="" if is_notice else CONCLUSION,
            recipient="",
            note="",
            reveal_reason="",
            with_photos=False,
        )
        [fate] = cases.issue_documents([paper], actor=actor, at=issued_at)
        play.counts.note(fate)


def _notices(play: Play, newest: list[LiveCase]) -> Iterator[tuple[LiveCase, DocumentKind, Actor]]:
    open_ = [case for case in newest if case.status is Status.HANDLING and case.handler_id is not None]
    for case in open_[:MANY]:
        yield case, DocumentKind.RECTIFICATION_NOTICE, play.cast.people[case.handler_id or 0]


def _records(
    play: Play, newest: list[LiveCase], rng: random.Random
) -> Iterator[tuple[LiveCase, DocumentKind, Actor]]:
    closed = [case for case in newest if case.status is Status.CLOSED and case.handler_id is not None]
    for case in closed[:MANY]:
        barred = {case.reporter_id, case.handler_id or 0}
        looker = play.cast.choose((Role.SUPERVISOR,), case.path, rng, but=barred)
        if looker is not None:
            yield case, DocumentKind.RECHECK_RECORD, looker
