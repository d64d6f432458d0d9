"""A lesson from the city's closed cases, and the program that learns it, in a process of its own."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from wangge.accounts import queries as accounts
from wangge.cases import queries as cases
from wangge.matters import queries as matters
from wangge.matters.rules import Subject
from wangge.triage.history import Past, department_keys, judge, severity_keys, tally
from wangge.triage.lessons import Example, Learnt, Lesson
from wangge.triage.rules import MOST_CASES, words_of_name
from wangge.triage.suggesting import Draft, facts_of, raise_of, severity_by_rule
from wangge.triage.weights import digest

__all__ = ["LearnerFailed", "Material", "digest", "gather", "history_of", "is_better", "learn"]
SEED = 20260101  # the same cases always make the same model
LONGEST_S = 1800
LEARNER = "wangge.triage.learning"


class LearnerFailed(Exception):
    """The learner ended without an answer; its last words are the message."""


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to learn from: the lesson as bytes, and the tallies' cases."""

    lesson: bytes
    count: int
    pack_version: str
    departments: list[Past]
    severities: list[Past]

    @property
    def digest(self) -> str:
        """Return what the lesson is known by: equal cases and words, equal digest."""
        said = [[one.keys, one.value, one.ruled] for one in (*self.departments, *self.severities)]
        return hashlib.sha256(self.lesson + msgspec.msgpack.encode(said)).hexdigest()


def gather() -> Material:
    """Return the newest closed cases as a lesson, oldest first.

    Rule: TR-3; restricted matters teach nothing (TR-11, DG-13): neither words nor counts leave them.
    """
    rules = matters.in_force()
    rows = [
        (case, Draft(case.text, case.channel, case.reported_at, venue_class, tuple(tags), case.grid_path))
        for case, venue_class, tags in cases.list_judged(most=MOST_CASES)
        if case.matter_code in rules.matters and not rules.matters[case.matter_code].is_restricted
    ]
    examples = [Example(draft.text, facts_of(draft), case.matter_code) for case, draft in rows]
    words = {
        code: list(one.words_zh or words_of_name(one.name_zh)) for code, one in sorted(rules.matters.items())
    }
    return Material(
        lesson=msgspec.msgpack.encode(Lesson(examples, words, SEED)),
        count=len(rows),
        pack_version=rules.pack_version,
        departments=_departments([case for case, _ in rows], rules),
        severities=[_severity(case, draft, rules) for case, draft in rows],
    )


def _severity(case: cases.ToldCase, draft: Draft, rules: matters.Rulebook) -> Past:
    code = case.matter_code
    ruled = severity_by_rule(raise_of(code, draft, rules), rules.matters[code])
    return Past(severity_keys(code, draft.venue_class), case.severity, ruled)


def _departments(rows: Sequence[cases.ToldCase], rules: matters.Rulebook) -> list[Past]:
    had = [case for case in rows if case.department_id is not None]
    kinds = {
        case.id: rules.kind_for(Subject(case.matter_code, case.grid_path, case.severity)) for case in had
    }
    routed = accounts.departments_for(
        [(kind, path) for path, kind in ((case.grid_path, kinds[case.id]) for case in had) if kind]
    )
    found: list[Past] = []
    for case in had:
        kind = kinds[case.id]
        ruled = routed.get((kind, case.grid_path)) if kind else None
        found.append(Past(department_keys(case.matter_code, case.grid_path), case.department_id or 0, ruled))
    return found


def learn(lesson: bytes) -> Learnt:
    """Return what the learner makes of a lesson. Raises: LearnerFailed. Rule: TR-3.

    It runs on one core and nicely; its memory goes with it.
    """
    alone = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", LEARNER],
        input=lesson,
        capture_output=True,
        check=False,
        timeout=LONGEST_S,
        env=alone,
    )
    if done.returncode:
        raise LearnerFailed(done.stderr.decode(errors="replace")[-2000:])
    return msgspec.msgpack.decode(done.stdout, type=Learnt)


def history_of(material: Material) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the tallies that are used, and how they did on later cases. Rule: TR-9."""
    tallies: dict[str, Any] = {}
    figures: dict[str, Any] = {}
    for name, past in (("department", material.departments), ("severity", material.severities)):
        verdict = judge(past)
        figures[name] = asdict(verdict)
        if verdict.is_used:
            tallies[name] = tally(past)
    return tallies, figures


def is_better(figures: Mapping[str, Any]) -> bool:
    """Return whether a model beat majority and nearest words, in accuracy and macro-F1. Rule: TR-5."""
    return all(
        figures["model"][name] > figures[peer][name]
        for name in ("accuracy_pct", "macro_f1_pct")
        for peer in ("majority", "words")
    )
