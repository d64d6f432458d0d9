"""Words of a pack that must be the code of another row. Rule: PK-3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wangge.accounts.rules import Role
from wangge.cases.rules import Action, Channel, Mark, Status
from wangge.documents.rules import DocumentKind
from wangge.kernel.photo_copies import MARKS
from wangge.ledgers.queries import column_keys
from wangge.matters.rules import Severity
from wangge.orders.rules import VISIT_LIMITS, Signal, SubjectKind
from wangge.oversight.rules import CARDS
from wangge.packs.schemas import SECTIONS, Pack
from wangge.patrols.rules import LIMITS
from wangge.visits.rules import LIMITS as PROOF_LIMITS

Reference = tuple[
    str, str, tuple[str | int, ...], str, frozenset[str]
]  # section, code, place, word, known words
CLASSES = {  # the section whose codes are the classes of a kind of subject (OR-29)
    SubjectKind.VENUE: "venue_classes",
    SubjectKind.FACILITY: "facility_kinds",
    SubjectKind.PERSON: "person_kinds",
    SubjectKind.GRID: "tiers",
}
USE = "use"  # the fact that says what a place is used for
KNOWN_STATUSES = frozenset(status.value for status in Status)
KNOWN_SEVERITIES = frozenset(severity.value for severity in Severity)
KNOWN_CARDS = frozenset(card.value for card in CARDS)
KNOWN_STEPS = frozenset(word.value for word in (*Action, *Mark))
KNOWN_CHANNELS = frozenset({*Channel, "others"})
KNOWN_LIMITS = frozenset({"suspensions", "extensions", "extension_days", "same_place"})
KNOWN_ROLES = frozenset(role.value for role in Role)
KNOWN_DOCUMENTS = frozenset(kind.value for kind in DocumentKind)


def references(pack: Pack) -> Iterator[Reference]:
    """Yield every word of a pack that must be the code of another row, with the codes there are."""
    codes = {section: frozenset(row.code for row in getattr(pack, section)) for section in SECTIONS}
    tags = codes["tags"] | codes["grades"]
    yield from _of_territory(pack, codes)
    yield from _of_catalogue(pack, codes, tags)
    yield from _of_plans(pack, codes, tags)
    for kind in pack.staff_kinds:
        yield "staff_kinds", kind.code, ("group",), kind.group, codes["staff_classes"]
    for person in pack.person_kinds:
        yield from _each(
            "person_kinds", person.code, "required_in", person.required_in, codes["venue_classes"]
        )
    for due in pack.due_intervals:
        yield from _each("due_intervals", due.code, "kinds", due.kinds, codes["facility_kinds"])
        yield from _each("due_intervals", due.code, "classes", due.classes, codes["venue_classes"])
    yield from _of_quality(pack, codes)
    yield from _of_classes(pack, codes, tags)
    yield from _of_checklists(pack, codes["matters"])
    for target in pack.targets:
        if target.indicator:
            yield "targets", target.code, ("indicator",), target.indicator, codes["indicators"]
        if target.tier:
            yield "targets", target.code, ("tier",), target.tier, codes["tiers"]
    yield from _of_notices(pack, topics=codes["notice_topics"], rungs=codes["ladder"])
    yield from _of_templates(pack, codes["stage_templates"])
    yield from _of_visits(pack, codes)
    yield from _of_ledgers(pack, codes, tags)
    for section, known in (
        ("stages", KNOWN_STATUSES),
        ("stage_use", KNOWN_CHANNELS),
        ("limits", KNOWN_LIMITS),
        ("patrol_limits", LIMITS),
        ("visit_limits", VISIT_LIMITS),
        ("proof_limits", PROOF_LIMITS),
        ("photo_marks", MARKS),
        ("stage_clocks", KNOWN_STATUSES),
        ("severities", KNOWN_SEVERITIES),
        ("admissions", codes["department_kinds"] | {"all", "departments"}),
        ("roles", KNOWN_ROLES),
        ("cards", KNOWN_CARDS),
        ("document_numbers", KNOWN_DOCUMENTS),
        ("notice_topics", KNOWN_STEPS),
    ):
        for code in codes[section]:
            yield section, code, ("code",), code, known


def _of_plans(pack: Pack, codes: Mapping[str, frozenset[str]], tags: frozenset[str]) -> Iterator[Reference]:
    for plan in pack.plans:
        yield "plans", plan.code, ("checklist",), plan.checklist, codes["checklists"]
        if plan.season:
            yield "plans", plan.code, ("season",), plan.season, codes["seasons"]
        for n, word in enumerate(plan.classes):
            yield "plans", plan.code, ("classes", n), word, codes[CLASSES[plan.subject]]
        for n, word in enumerate(plan.tags):
            yield "plans", plan.code, ("tags", n), word, _tags_of(plan.subject, codes, tags)
    words = {Signal.CLASS: codes["venue_classes"], Signal.TAG: tags}
    for weight in pack.risk_weights:
        if weight.of:
            yield "risk_weights", weight.code, ("of",), weight.of, words[weight.signal]
    for duty in pack.duties:
        if duty.tier:
            yield "duties", duty.code, ("tier",), duty.tier, codes["tiers"]


def _tags_of(
    subject: SubjectKind, codes: Mapping[str, frozenset[str]], tags: frozenset[str]
) -> frozenset[str]:
    """A grid carries its scene; what is at a place carries the place's tags and its class (OR-29)."""
    if subject is SubjectKind.GRID:
        return codes["scenes"]
    return tags if subject is SubjectKind.VENUE else tags | codes["venue_classes"]


def _of_classes(pack: Pack, codes: Mapping[str, frozenset[str]], tags: frozenset[str]) -> Iterator[Reference]:
    uses = frozenset(word.code for fact in pack.fact_fields if fact.code == USE for word in fact.words)
    for rule in pack.class_rules:
        yield from _each("class_rules", rule.code, "uses", rule.uses, uses)
        for n, bound in enumerate(rule.bounds):
            yield "class_rules", rule.code, ("bounds", n, "fact"), bound.fact, codes["fact_fields"]
        if rule.venue_class:
            yield "class_rules", rule.code, ("venue_class",), rule.venue_class, codes["venue_classes"]
        if rule.tag:
            yield "class_rules", rule.code, ("tag",), rule.tag, tags


def _of_quality(pack: Pack, codes: Mapping[str, frozenset[str]]) -> Iterator[Reference]:
    entries = {sort: codes[f"{sort}_kinds"] for sort in ("person", "facility", "licence")}
    entries["fact"] = codes["fact_fields"]
    for row in pack.known_fields:
        if row.needs in entries:
            yield "known_fields", row.code, ("of",), row.of, entries[row.needs]
        yield from _each("known_fields", row.code, "classes", row.classes, codes["venue_classes"])
    for fresh in pack.freshness:
        yield from _each("freshness", fresh.code, "classes", fresh.classes, codes["venue_classes"])


def _of_territory(pack: Pack, codes: Mapping[str, frozenset[str]]) -> Iterator[Reference]:
    for layer in pack.layers:
        yield "layers", layer.code, ("tier",), layer.tier, codes["tiers"]
        yield "layers", layer.code, ("under",), layer.under, codes["tiers"]
    for rule in pack.staffing:
        yield "staffing", rule.code, ("layer",), rule.layer, codes["layers"]
        yield "staffing", rule.code, ("tier",), rule.tier, codes["tiers"]
        if rule.scene:
            yield "staffing", rule.code, ("scene",), rule.scene, codes["scenes"]
    for body in pack.bodies:
        yield "bodies", body.code, ("tier",), body.tier, codes["tiers"]
    for board in pack.boards:
        yield "boards", board.code, ("code",), board.code, codes["layers"]


def _of_catalogue(
    pack: Pack, codes: Mapping[str, frozenset[str]], tags: frozenset[str]
) -> Iterator[Reference]:
    kinds = codes["department_kinds"]
    for group in pack.matter_groups:
        yield "matter_groups", group.code, ("owner",), group.owner, kinds
        if group.lane:
            yield "matter_groups", group.code, ("lane",), group.lane, codes["lanes"]
        yield from _each("matter_groups", group.code, "fields", group.fields, codes["fields"])
    for matter in pack.matters:
        yield "matters", matter.code, ("group",), matter.group, codes["matter_groups"]
        yield from _each("matters", matter.code, "departments", matter.departments, kinds)
        yield from _each("matters", matter.code, "fields", matter.fields, codes["fields"])
    for route in pack.routes:
        if route.department_kind:
            yield "routes", route.code, ("department_kind",), route.department_kind, kinds
    for power in pack.powers:
        yield "powers", power.code, ("department_kind",), power.department_kind, kinds
    for upgrade in pack.upgrades:
        yield from _each("upgrades", upgrade.code, "classes", upgrade.classes, codes["venue_classes"])
        yield from _each("upgrades", upgrade.code, "tags", upgrade.tags, tags)


def _each(
    section: str, code: str, field: str, words: Sequence[str], known: frozenset[str]
) -> Iterator[Reference]:
    for n, word in enumerate(words):
        yield section, code, (field, n), word, known


def _of_notices(pack: Pack, *, topics: frozenset[str], rungs: frozenset[str]) -> Iterator[Reference]:
    for rule in pack.notice_rules:
        yield "notice_rules", rule.code, ("topic",), rule.topic, topics
        for n, rung in enumerate(rule.levels):
            yield "notice_rules", rule.code, ("levels", n), rung, rungs


def _of_templates(pack: Pack, templates: frozenset[str]) -> Iterator[Reference]:
    for template in pack.stage_templates:
        for n, stage in enumerate(template.stages):
            for m, status in enumerate(stage.statuses):
                yield (
                    "stage_templates",
                    template.code,
                    ("stages", n, "statuses", m),
                    status,
                    KNOWN_STATUSES,
                )
            for m, event in enumerate(stage.by):
                yield "stage_templates", template.code, ("stages", n, "by", m), event, KNOWN_STEPS
    for use in pack.stage_use:
        yield "stage_use", use.code, ("template",), use.template, templates


def _of_visits(pack: Pack, codes: Mapping[str, frozenset[str]]) -> Iterator[Reference]:
    matters = codes["matters"] | codes["matter_groups"]
    for trigger in pack.arrival_triggers:
        yield from _each("arrival_triggers", trigger.code, "matters", trigger.matters, matters)
        if trigger.season:
            yield "arrival_triggers", trigger.code, ("season",), trigger.season, codes["seasons"]
    for kind in pack.report_kinds:
        yield from _each("report_kinds", kind.code, "matters", kind.matters, matters)
        yield from _each("report_kinds", kind.code, "groups", kind.groups, codes["visit_groups"])
        if kind.place_class:
            yield "report_kinds", kind.code, ("place_class",), kind.place_class, codes["venue_classes"]
        if kind.fact:
            yield "report_kinds", kind.code, ("fact",), kind.fact, codes["fact_fields"]


def _of_ledgers(pack: Pack, codes: Mapping[str, frozenset[str]], tags: frozenset[str]) -> Iterator[Reference]:
    for row in pack.ledgers:
        yield from _each("ledgers", row.code, "classes", row.classes, codes["venue_classes"])
        yield from _each("ledgers", row.code, "tags", row.tags, tags)
        yield from _each("ledgers", row.code, "drawings", row.drawings, codes["drawing_kinds"])
        yield from _each("ledgers", row.code, "columns", row.columns, column_keys(row.kind))


def _of_checklists(pack: Pack, matters: frozenset[str]) -> Iterator[Reference]:
    for checklist in pack.checklists:
        seen: set[str] = set()
        for n, item in enumerate(checklist.items):
            yield "checklists", checklist.code, ("items", n, "matter_code"), item.matter_code, matters
            if item.visible_if:  # an earlier item, so that no two wait for each other
                place = ("items", n, "visible_if", "item")
                yield "checklists", checklist.code, place, item.visible_if.item, frozenset(seen)
            seen.add(item.key)


def dangling(pack: Pack) -> list[Reference]:
    """Return the references that point nowhere."""
    return [reference for reference in references(pack) if reference[3] not in reference[4]]
