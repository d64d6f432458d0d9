"""Words and entries of dossiers for tests."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wangge.dossiers import services
from wangge.dossiers.schemas import DoneIn, DrawingIn, FacilityIn, FactIn, LicenceIn, PersonIn, RemovalIn
from wangge.kernel.ids import new_id

PACK = "test@1"


def kind(sort: str, code: str, **more: Any) -> dict[str, Any]:
    named = {"name_zh": f"{code}（中）", "name_en": code, "source": "HB-16", "is_confirmed": True}
    return {"sort": sort, "code": code, **named, **more}


KINDS = [
    kind("person", "responsible", is_required=True, is_single=True),
    kind("person", "manager", is_required=True, is_single=True),
    kind("person", "property", answers_rank=1, is_unit=True, is_single=True),
    kind("person", "owner", answers_rank=2, is_unit=True),
    kind("person", "collector", answers_rank=3, is_unit=True),
    kind("person", "tenant"),
    kind("facility", "powder", soon_days=30),
    kind("facility", "hydrant", soon_days=30),
    kind("facility", "door", soon_days=30),
    kind("licence", "business", soon_days=60),
    kind("drawing", "floor_plan"),
]


def interval(code: str, what: str, kinds: list[str], **more: Any) -> dict[str, Any]:
    named = {"name_zh": f"{code}（中）", "name_en": code, "source": "GB", "is_confirmed": True}
    return {"code": code, "what": what, "kinds": kinds, "months": None, "days": None, **named, **more}


INTERVALS = [
    interval("scrap", "scrap", ["powder"], months=120),
    interval("check", "maintain", ["powder"], months=1),
    interval("check_crowded", "maintain", ["powder"], days=15, classes=["crowded"], is_confirmed=False),
    interval("test", "test", ["hydrant"], months=12),
]


def make_words() -> None:
    services.install_kinds(KINDS, pack_version=PACK)
    services.install_due_rules(INTERVALS, pack_version=PACK)


def person(venue_id: UUID, **changes: Any) -> PersonIn:
    given = {"id": new_id(), "entry_id": new_id(), "venue_id": venue_id, "kind": "responsible"}
    return PersonIn.model_validate({**given, "name": "张建国", "phone": "13812345678", **changes})


def facility(venue_id: UUID, **changes: Any) -> FacilityIn:
    given = {"id": new_id(), "entry_id": new_id(), "venue_id": venue_id, "kind": "powder"}
    return FacilityIn.model_validate({**given, "made_on": "2020-05-01", **changes})


def licence(venue_id: UUID, **changes: Any) -> LicenceIn:
    given = {"id": new_id(), "entry_id": new_id(), "venue_id": venue_id, "kind": "business"}
    return LicenceIn.model_validate({**given, "number": "A-1", "photos": [], **changes})


def drawing(venue_id: UUID, **changes: Any) -> DrawingIn:
    given = {"id": new_id(), "entry_id": new_id(), "venue_id": venue_id, "kind": "floor_plan"}
    return DrawingIn.model_validate({**given, "title": "一层", "valid_from": "2025-01-01", **changes})


def removal(entry_id: UUID, sort: str, **changes: Any) -> RemovalIn:
    given = {"id": new_id(), "entry_id": entry_id, "sort": sort, "base_version": 1, "reason": "录入有误"}
    return RemovalIn.model_validate({**given, **changes})


def shape(form: str, *words: str) -> dict[str, Any]:
    named = [{"code": word, "zh": word, "en": word} for word in words]
    return {"form": form, "unit_zh": "平方米", "unit_en": "m²", "least": 0, "most": 100_000, "words": named}


def rule(code: str, uses: list[str], at_least: float, **more: Any) -> dict[str, Any]:
    row = {key: value for key, value in interval(code, "", []).items() if key.startswith(("code", "name"))}
    bounds = [{"fact": "area", "at_least": at_least, "at_most": None, "below": None}]
    whole = {"path": "", "uses": uses, "bounds": bounds, "venue_class": "", "tag": ""}
    return row | whole | {"source": "GB", "is_confirmed": True} | more


RULES = [
    rule("big_shop", ["shop"], 1000, venue_class="crowded"),
    rule("key_shop", ["shop"], 1000, tag="key_unit"),
    rule("far_shop", ["shop"], 3000, tag="key_unit", path="34.02.0."),
]
FACTS = [
    kind("fact", "use", shape=shape("word", "shop", "hotel")),
    kind("fact", "area", shape=shape("number")),
]


def make_class_words() -> None:
    services.install_kinds([*KINDS, *FACTS], pack_version=PACK)
    services.install_class_rules(RULES, pack_version=PACK)


def fact(venue_id: UUID, code: str, value: str, **changes: Any) -> FactIn:
    given = {"id": new_id(), "entry_id": new_id(), "venue_id": venue_id, "kind": code, "value": value}
    return FactIn.model_validate({**given, **changes})


def done(entry_id: UUID, what: str, on: str, **changes: Any) -> DoneIn:
    given = {"id": new_id(), "entry_id": entry_id, "base_version": 1, "what": what, "done_on": on}
    return DoneIn.model_validate({**given, **changes})


def standard(measure: str, code: str, **more: Any) -> dict[str, Any]:
    none = {
        "needs": "",
        "of": "",
        "weight": None,
        "days": None,
        "percent": None,
        "times": None,
        "classes": [],
    }
    named = {"name_zh": f"{code}（中）", "name_en": code, "source": "WH-30", "is_confirmed": False}
    return {"measure": measure, "code": code, **none, **named, **more}


STANDARDS = [
    standard("known", "address", needs="column", of="address", weight=3),
    standard("known", "area", needs="column", of="area_m2", weight=1),
    standard("known", "phone", needs="column", of="keeper_phone", weight=1, classes=["crowded"]),
    standard("known", "responsible", needs="person", of="responsible", weight=2),
    standard("known", "powder", needs="facility", of="powder", weight=1),
    standard("known", "business", needs="licence", of="business", weight=1),
    standard("known", "use", needs="fact", of="use", weight=2),
    standard("fresh", "any", days=180),
    standard("fresh", "risky", days=90, classes=["crowded"]),
    standard("hollow", "no_member"),
    standard("hollow", "no_place"),
    standard("hollow", "no_visit", days=30),
    standard("hollow", "known_little", percent=40),
    standard("hollow", "stale", percent=50),
]


def make_standards() -> None:
    services.install_standards(STANDARDS, pack_version=PACK)
