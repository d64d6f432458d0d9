"""Writes of triage: what people chose, versions of the model, and which of them is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wangge.cases import queries as cases
from wangge.kernel import audit, batches, jobs
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Refused, Unreadable
from wangge.kernel.fates import Fate
from wangge.triage import training
from wangge.triage.models import Decision, InForce, ModelVersion, Reach
from wangge.triage.reporting import TRAIN
from wangge.triage.rules import NO_REACH, NotBetter
from wangge.triage.schemas import DecisionIn, UseIn

__all__ = ["ask_to_train", "install_reach", "record_decisions", "train", "use_version"]


def record_decisions(decisions: Sequence[DecisionIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Keep what was suggested for cases, beside what their people chose; one fate an item, in order.

    Shape:  len(fates) == len(decisions); a repeated id gives the fate of its first time. A second decision of
            one stage of a case is answered like the first and changes nothing.
    Raises: TooMany; nothing for a single item: a refusal is a fate.
    Rule:   TR-10; what was chosen is read from the case, never taken from the sender.
    """
    made: list[Decision] = []

    def settle(fresh: Sequence[DecisionIn]) -> dict[UUID, Fate]:
        told = cases.get_briefs(actor, {one.case_id for one in fresh})
        versions = set(
            ModelVersion.objects.filter(pk__in={one.version for one in fresh if one.version}).values_list(
                "pk", flat=True
            )
        )
        fates: dict[UUID, Fate] = {}
        for one in fresh:
            try:
                made.append(_decision(one, told.get(one.case_id), versions, actor, at))
                fates[one.id] = Fate.applied(one.id)
            except Refused as refusal:
                fates[one.id] = Fate.refused(one.id, refusal)
        Decision.objects.bulk_create(made, ignore_conflicts=True)
        return fates

    return batches.apply_once(decisions, settle, kind="triage.decide", actor=actor, at=at)


def _decision(
    one: DecisionIn, case: cases.CaseBrief | None, versions: set[int], actor: Actor, at: datetime
) -> Decision:
    if case is None:
        raise NotVisible()
    if one.version is not None and one.version not in versions:
        raise Unreadable(field="version", why_zh="没有这个版本", why_en="there is no such version")
    return Decision(
        id=one.id,
        case_id=case.id,
        stage=one.stage,
        at=min(one.at, at),
        actor_id=actor.user_id,
        grid_path=case.grid_path,
        channel=case.channel,
        version_id=one.version,
        matters=one.matters,
        confidence=one.confidence,
        chosen_matter=case.matter_code,
        severity=one.severity.value if one.severity else "",
        chosen_severity=case.severity,
        department_id=one.department_id,
        chosen_department_id=case.department_id,
        duplicates=one.duplicates,
        merged_into=case.merged_into_id,
    )


def ask_to_train(*, actor: Actor, at: datetime) -> None:
    """Let a job learn from the closed cases now; one that waits is enough. Raises: NotYourRole."""
    actor.check_can("triage.train")
    with transaction.atomic():
        jobs.defer(TRAIN)
        audit.record([("triage.ask_to_train", "triage", "", {})], actor=actor, at=at)


def train(*, at: datetime) -> int | None:
    """Learn from the closed cases; return the new version, None where nothing is new or too little is there.

    Two at once make one version: a lesson is kept once. A better version is asked from now on, unless
    somebody chose another.
    Raises: LearnerFailed.
    Rule:   TR-3, TR-5, TR-6.
    """
    material = training.gather()
    if ModelVersion.objects.filter(lesson=material.digest).exists():
        return None
    learnt = training.learn(material.lesson)
    if not learnt.weights:
        return None
    tallies, beside = training.history_of(material)
    figures = learnt.figures | beside
    version = ModelVersion(
        trained_at=at,
        pack_version=material.pack_version,
        lesson=material.digest,
        cases=material.count,
        figures=figures,
        history=tallies,
        is_better=training.is_better(figures),
        weights=learnt.weights,
        sha256=training.digest(learnt.weights),
    )
    return _keep(version, at)


@transaction.atomic
def _keep(version: ModelVersion, at: datetime) -> int | None:
    held = _held(at)  # the lock: of two lessons at once the second finds the first
    if ModelVersion.objects.filter(lesson=version.lesson).exists():
        return None
    version.save(force_insert=True)
    is_taken = version.is_better and held.chosen_by_id is None
    if is_taken:
        held.version, held.at = version, at
        held.save()
    told = {"cases": version.cases, "is_better": version.is_better, "is_in_force": is_taken}
    audit.record([("triage.train", "model_version", str(version.pk), told)], actor=None, at=at)
    return version.pk


@transaction.atomic
def use_version(choice: UseIn, *, actor: Actor, at: datetime) -> None:
    """Let a version be asked from now on, or the words alone, or the newest better one by itself.

    Raises: NotYourRole, NotVisible, NotBetter.
    Rule:   TR-6.
    """
    actor.check_can("triage.train")
    held = _held(at)
    version = None
    if choice.automatic:
        version = ModelVersion.objects.filter(is_better=True).order_by("-id").first()
    elif choice.version is not None:
        version = ModelVersion.objects.filter(pk=choice.version).first()
        if version is None:
            raise NotVisible()
        if not version.is_better:
            raise NotBetter(version=version.pk)
    held.version, held.at = version, at
    held.chosen_by_id = None if choice.automatic else actor.user_id
    held.save()
    told = {"version": version.pk if version else None, "automatic": choice.automatic}
    audit.record([("triage.use_version", "triage", "", told)], actor=actor, at=at)


def _held(at: datetime) -> InForce:
    InForce.objects.get_or_create(pk=1, defaults={"at": at})
    return InForce.objects.select_for_update().get(pk=1)


@transaction.atomic
def install_reach(figures: Mapping[str, int], *, pack_version: str) -> None:
    """Put the pack's reach of duplicates into force; what it leaves out is that of TR-7. Rule: PK-4."""
    named = {name: figures.get(name, getattr(NO_REACH, name)) for name in NO_REACH.__dataclass_fields__}
    Reach.objects.filter(is_active=True).exclude(pack_version=pack_version).update(is_active=False)
    Reach.objects.update_or_create(pack_version=pack_version, defaults={**named, "is_active": True})
