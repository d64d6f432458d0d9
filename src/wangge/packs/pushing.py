"""The rows of a pack as the rooms of matters, major hazards and oversight take them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wangge.major_hazards import services as major_hazards
from wangge.major_hazards.schemas import ElementSetIn
from wangge.matters import services as matters
from wangge.notices import services as notices
from wangge.oversight import services as oversight
from wangge.packs.entry import Entry
from wangge.packs.matter_rows import Matter, MatterGroup
from wangge.packs.rules import PackLacksClock
from wangge.packs.schemas import Pack

TERMS = {"lane": "lanes", "field": "fields", "severity": "severities", "department": "department_kinds"}


def push_matters(pack: Pack) -> None:
    """Make the pack's catalogue, routes, upgrades, powers, clocks and words the active ones, timing last.

    Raises: PackLacksClock.
    Rule:   PK-4, PK-8.
    """
    version = pack.pack_version
    groups = {group.code: group for group in pack.matter_groups}
    matters.install_matters([_matter(row, groups[row.group]) for row in pack.matters], pack_version=version)
    matters.install_routes(
        [
            _named(row)
            | {
                "matter_prefix": row.matter_prefix,
                "path": row.path,
                "severity": row.severity or "",
                "layer": row.layer or "",
                "department_kind": row.department_kind or "",
                "grid_first": row.grid_first,
            }
            for row in pack.routes
        ],
        pack_version=version,
    )
    matters.install_upgrades(
        [
            _named(row)
            | {
                "matter_prefix": row.matter_prefix,
                "to": row.to.value,
                "classes": row.classes,
                "tags": row.tags,
                "times": row.times,
                "within_days": row.within_days or 0,
                "overdue_times": row.overdue_times,
            }
            for row in pack.upgrades
        ],
        pack_version=version,
    )
    matters.install_powers(
        [
            _named(row)
            | {
                "department_kind": row.department_kind,
                "matter_prefix": row.matter_prefix,
                "path": row.path,
                "basis": row.basis,
            }
            for row in pack.powers
        ],
        pack_version=version,
    )
    matters.install_terms(list(_terms(pack)), pack_version=version)
    _push_loop(pack)
    _push_clocks(pack)


def _push_clocks(pack: Pack) -> None:
    version = pack.pack_version
    matters.install_clocks(
        [
            {
                "status": row.code,
                "working_days": row.working_days,
                "hours": row.hours,
                "working_hours": row.working_hours,
                "source": row.source,
                "is_confirmed": row.is_confirmed,
            }
            for row in pack.stage_clocks
        ],
        pack_version=version,
    )
    matters.install_stages(
        [{"status": row.code, "name_zh": row.zh, "name_en": row.en} for row in pack.stages],
        pack_version=version,
    )
    yellow = next((row.at_pct for row in pack.lights if row.code == "yellow"), None)
    at_once = next((row.hours for row in pack.promises if row.code == "fix_at_once"), None)
    if yellow is None or at_once is None:
        raise PackLacksClock(row="lights: yellow" if yellow is None else "promises: fix_at_once (hours)")
    spans = sorted([row.starts, row.ends] for row in pack.work_spans)
    if not spans and any(row.working_hours for row in pack.stage_clocks):
        raise PackLacksClock(row="work_spans")
    matters.install_timing(
        yellow_at_pct=yellow, at_once_hours=at_once, pack_version=version, work_spans=spans
    )


def _named(row: Entry) -> dict[str, Any]:
    return {
        "code": row.code,
        "name_zh": row.zh,
        "name_en": row.en,
        "source": row.source,
        "is_confirmed": row.is_confirmed,
    }


def _matter(row: Matter, group: MatterGroup) -> dict[str, Any]:
    return _named(row) | {
        "group_code": row.group,
        "group_zh": group.zh,
        "group_en": group.en,
        "owner_kind": group.owner,
        "form": group.form.value,
        "lane": group.lane or "",
        "fields": [*group.fields, *row.fields],
        "basis": row.basis,
        "severity": row.severity.value,
        "may_become": row.may_become or "",
        "deadline_words": row.deadline,
        "fix_days": row.fix_days,
        "fix_hours": row.fix_hours,
        "department_kind": row.department_kind,
        "words_zh": row.words_zh,
        "is_restricted": row.is_restricted,
        "stops_operation": row.stops_operation,
    }


def _terms(pack: Pack) -> Iterator[Mapping[str, Any]]:
    for kind, section in TERMS.items():
        rows: Sequence[Entry] = getattr(pack, section)
        for row in rows:
            yield _named(row) | {"kind": kind, "number": getattr(row, "weight", None)}
    for stated in pack.admissions:
        yield _named(stated) | {"kind": "stated", "number": stated.count}


def push_oversight(pack: Pack) -> None:
    """Put the ladder, the cards and what reporters are promised into force (OV-1, OV-4, OV-6)."""
    letter = next((row.working_days for row in pack.promises if row.code == "answer_supervision"), None)
    oversight.install_rules(
        ladder=[
            {
                "code": row.code,
                "role": row.role.value,
                "after_working_days": row.after_working_days,
                **_names(row),
            }
            for row in pack.ladder
        ],
        cards=[
            {
                "card": row.code,
                "after_working_days": row.after_working_days,
                "answer_working_days": row.answer_working_days,
                **_names(row),
            }
            for row in pack.cards
        ],
        promises=[
            {
                "code": row.code,
                "kept_by": row.kept_by,
                "matters": row.matters,
                "working_days": row.working_days,
                "hours": row.hours,
                **_names(row),
            }
            for row in pack.promises
            if row.kept_by
        ],
        answer_working_days=letter or 0,
        pack_version=pack.pack_version,
    )


def _names(row: Entry) -> dict[str, object]:
    return {"name_zh": row.zh, "name_en": row.en, "is_confirmed": row.is_confirmed}


def push_notices(pack: Pack) -> None:
    """Install topics, rules and hours of notices. Rule: PK-4, NT-1."""
    version = pack.pack_version
    notices.install_topics(
        [{"code": row.code, "name_zh": row.zh, "name_en": row.en} for row in pack.notice_topics],
        pack_version=version,
    )
    notices.install_rules(
        [
            {
                "code": row.code,
                "name_zh": row.zh,
                "name_en": row.en,
                "topic": row.topic,
                "matters": row.matters,
                "severities": [one.value for one in row.severities],
                "channels": [one.value for one in row.channels],
                "statuses": [one.value for one in row.statuses],
                "levels": row.levels,
                "recipients": [one.value for one in row.recipients],
                "media": list(row.media),
                "delay_minutes": row.delay_minutes,
                "only_if_open": row.only_if_open,
                "levels_up": row.levels_up,
                "is_urgent": row.urgent,
                "is_duty": row.duty,
                "is_digest": row.digest,
                "text_zh": row.text_zh,
                "text_en": row.text_en,
                "source": row.source,
                "is_confirmed": row.is_confirmed,
            }
            for row in pack.notice_rules
        ],
        pack_version=version,
    )
    notices.install_hours(
        [
            {
                "quiet_from": row.quiet_from,
                "quiet_to": row.quiet_to,
                "digest_at": row.digest_at,
                "source": row.source,
                "is_confirmed": row.is_confirmed,
            }
            for row in pack.notice_hours
        ],
        pack_version=version,
    )


def push_major_hazards(pack: Pack) -> None:
    """Push the editions of the standard on major hazards, and the time to list one."""
    major_hazards.install_element_sets(
        [
            ElementSetIn(
                **row.model_dump(exclude={"zh", "en", "certainty"}),
                name_zh=row.zh,
                name_en=row.en,
                is_confirmed=row.is_confirmed,
            )
            for row in pack.element_sets
        ],
        pack_version=pack.pack_version,
    )
    promise = next((row for row in pack.promises if row.code == "list_major_hazard"), None)
    if promise is not None and promise.working_days is not None:
        row = {"working_days": promise.working_days, "source": promise.source}
        major_hazards.install_listing_rule(
            {**row, "is_confirmed": promise.is_confirmed}, pack_version=pack.pack_version
        )


def _push_loop(pack: Pack) -> None:
    days = {row.code: row.working_days for row in pack.promises}
    limits = {row.code: row.value for row in pack.limits}
    templates = {row.code: row.stages for row in pack.stage_templates}
    matters.install_loop(
        {
            "object_working_days": days.get("object_dispatch"),
            "reopen_working_days": days.get("reopen_closed"),
            "suspensions": limits.get("suspensions", 0),
            "extensions": limits.get("extensions", 0),
            "extension_days": limits.get("extension_days", 0),
            "same_place_m": limits.get("same_place", 0),
            "photo_marks": [row.code for row in pack.photo_marks],
        },
        {
            "" if row.code == "others" else row.code: [one.model_dump() for one in templates[row.template]]
            for row in pack.stage_use
        },
        pack_version=pack.pack_version,
    )
