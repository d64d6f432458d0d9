"""Shapes of dossiers as they go out; names and phones of people masked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from wangge.dossiers.quality_schemas import QualityOut
from wangge.dossiers.rules import Deed, Sort, State, What
from wangge.kernel.shapes import Schema


class FactWordOut(Schema):
    code: str
    zh: str
    en: str


class FactShapeOut(Schema):
    """What a fact may hold."""

    form: Literal["number", "whole", "yes_no", "word"]
    unit_zh: str
    unit_en: str
    least: float
    most: float
    words: list[FactWordOut]


class DossierKindOut(Schema):
    sort: Sort
    code: str
    name_zh: str
    name_en: str
    is_unit: bool
    is_required: bool
    required_in: list[str]  # classes of places; none: see is_required
    is_single: bool
    answers_rank: int | None
    soon_days: int
    shape: FactShapeOut | None  # of a fact
    source: str
    is_confirmed: bool


class DueRuleOut(Schema):
    code: str
    name_zh: str
    name_en: str
    what: What
    kinds: list[str]
    classes: list[str]
    months: int | None
    days: int | None
    source: str
    is_confirmed: bool


class DossierWordsOut(Schema):
    """What a dossier may hold, and what falls due when."""

    kinds: list[DossierKindOut]
    rules: list[DueRuleOut]


class EntryOut(Schema):
    id: UUID
    kind: str
    kind_zh: str
    kind_en: str
    source: str
    version: int
    updated_at: datetime


class ResponsibleOut(EntryOut):
    """Of a person the name is masked (张*), of a unit it is whole."""

    is_unit: bool
    name: str
    phone: str
    credit_code: str
    since_on: date | None
    until_on: date | None
    stands: bool


class ChainLinkOut(Schema):
    """One link of the chain of HB-16: held by somebody, ended some day, or never filled."""

    kind: str
    kind_zh: str
    kind_en: str
    source: str
    is_confirmed: bool
    name: str  # "": nobody
    since_on: date | None
    ended_on: date | None


class WhoAnswersOut(Schema):
    """Who answers for the place today and why; no entry: the community of the territory."""

    entry_id: UUID | None
    kind_zh: str
    kind_en: str
    name: str
    links: list[ChainLinkOut]


class DueLineOut(Schema):
    what: What
    due_on: date | None
    since_on: date | None
    rule_zh: str
    rule_en: str
    source: str
    is_confirmed: bool
    state: State


class HoldingOut(EntryOut):
    state: State
    due_on: date | None
    due_what: str
    dues: list[DueLineOut]


class FacilityOut(HoldingOut):
    count: int
    place: str
    maker: str
    made_on: date | None
    tested_on: date | None
    maintained_on: date | None
    contract_until: date | None


class LicenceOut(HoldingOut):
    number: str
    issued_by: str
    valid_from: date | None
    valid_until: date | None
    photos: list[str]


class DrawingOut(EntryOut):
    """A plan; its file opens only for those who may see drawings."""

    title: str
    file_name: str
    media_type: str
    size_bytes: int
    valid_from: date
    valid_until: date | None
    replaced_by: UUID | None
    can_open: bool


class DrawingFileOut(Schema):
    """A file that came in, not yet of any dossier."""

    sha256: str
    file_name: str
    media_type: str
    size_bytes: int


class MissingKindOut(Schema):
    kind: str
    kind_zh: str
    kind_en: str


class FactOut(EntryOut):
    value: str  # yes and no are 1 and 0
    shown_zh: str  # with its unit
    shown_en: str


class ClassWhyOut(Schema):
    """One row of the pack that holds for the facts."""

    zh: str
    en: str
    class_code: str
    tag: str
    source: str
    is_confirmed: bool


class ClassProposalOut(Schema):
    """What the facts make of the class, beside the present one."""

    class_code: str  # "": nothing is said of it
    class_zh: str
    class_en: str
    tags: list[str]
    why: list[ClassWhyOut]
    differs: bool
    is_kept: bool
    kept_reason: str
    version: int


class DossierOut(Schema):
    venue_id: UUID
    answers: WhoAnswersOut
    missing: list[MissingKindOut]  # kinds that every place must have and nobody holds
    people: list[ResponsibleOut]
    facilities: list[FacilityOut]
    licences: list[LicenceOut]
    facts: list[FactOut]
    drawings: list[DrawingOut]  # those that stand first
    proposal: ClassProposalOut | None
    quality: QualityOut | None  # none: the place is closed


class EntryFieldOut(Schema):
    """A field before and after; of a sealed one only that it changed."""

    field: str
    is_sealed: bool
    old_zh: str
    old_en: str
    new_zh: str
    new_en: str


class EntryChangeOut(Schema):
    id: int
    sort: Sort
    kind_zh: str
    kind_en: str
    deed: Deed
    at: datetime
    by: str
    source: str
    reason: str
    fields: list[EntryFieldOut]


class EntryHistory(Schema):
    """Newest first."""

    items: list[EntryChangeOut]
    next_before: int | None  # the change to go on from
