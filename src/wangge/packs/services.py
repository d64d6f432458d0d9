"""Installing a pack: one transaction that pushes its rows into the apps below."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from wangge.appraisal import services as appraisal
from wangge.checklists import services as checklists
from wangge.checklists.schemas import ChecklistIn
from wangge.documents import services as documents
from wangge.evidence import services as evidence
from wangge.fires import services as fires
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.receipts import digest_of
from wangge.orders import services as orders
from wangge.packs.models import PackInstall
from wangge.packs.pushing import push_major_hazards, push_matters, push_notices, push_oversight
from wangge.packs.pushing_dossiers import push_dossiers
from wangge.packs.pushing_orders import push_orders
from wangge.packs.pushing_patrols import push_patrols
from wangge.packs.pushing_people import push_people
from wangge.packs.pushing_teams import push_teams
from wangge.packs.pushing_territory import push_territory
from wangge.packs.pushing_visits import push_ledgers, push_visits
from wangge.packs.reading import list_names, read
from wangge.packs.rules import Change, NotYetEffective, PackChangedUnderVersion, compare
from wangge.packs.schemas import Pack
from wangge.plates import services as plates
from wangge.plates.rules import PlateKind
from wangge.plates.schemas import PlateFormIn
from wangge.triage import services as triage
from wangge.venues import services as venues
from wangge.venues.schemas import VenueClassOut

__all__ = ["diff", "install", "install_pack", "is_as_installed", "list_names", "load"]


def load(name: str) -> Pack:
    """Return the pack `name` with what it extends.

    Raises: PackUnknown; PackUnreadable naming file, line, field and remedy of everything that is wrong.
    """
    return read(name)


def is_as_installed(pack: Pack, install: PackInstall) -> bool:
    """Return whether the pack holds what was installed under its version. Rule: PK-5."""
    return bytes(install.digest) == digest_of(pack.model_dump(mode="json"))


def diff(before: str, after: str) -> list[Change]:
    """Return the rows that two packs hold differently. Raises: as `load`."""
    return compare(read(before).rows(), read(after).rows())


def install(name: str, *, effective_on: date, actor: Actor, at: datetime) -> bool:
    """Make the pack `name` the active one; False if it is already.

    Raises: NotYourRole, PackUnknown, PackUnreadable, PackChangedUnderVersion, PackLacksClock,
            NotYetEffective.
    Rule:   PK-4 (one active pack), PK-5 (a version never holds two contents).
    """
    return install_pack(read(name), effective_on=effective_on, actor=actor, at=at)


@transaction.atomic
def install_pack(pack: Pack, *, effective_on: date, actor: Actor, at: datetime) -> bool:
    """Make `pack` the active one; False if it is already. Raises and rules: as `install`."""
    actor.check_can("packs.install")
    today = at.astimezone(CHINA).date()
    if effective_on > today:
        raise NotYetEffective(effective_on=effective_on, today=today)
    content = pack.model_dump(mode="json")
    digest = digest_of(content)
    before = PackInstall.objects.select_for_update().filter(pack_version=pack.pack_version).first()
    if before is not None and not is_as_installed(pack, before):
        raise PackChangedUnderVersion(pack_version=pack.pack_version)
    if before is not None and before.is_active:
        return False
    PackInstall.objects.filter(is_active=True).update(is_active=False)
    PackInstall.objects.update_or_create(
        pack_version=pack.pack_version,
        defaults={
            "name": pack.name,
            "effective_on": effective_on,
            "installed_at": at,
            "installed_by": actor.user_id,
            "digest": digest,
            "content": content,
            "is_active": True,
        },
    )
    _push(pack, effective_on)
    orders.relist(at=at)
    detail = {"pack_version": pack.pack_version, "effective_on": effective_on.isoformat()}
    audit.record([("packs.install", "pack", pack.name, detail)], actor=actor, at=at)
    return True


def _push(pack: Pack, effective_on: date) -> None:
    version = pack.pack_version
    push_territory(pack)
    push_teams(pack)
    push_people(pack)
    venues.install_classes(
        [VenueClassOut(code=row.code, name_zh=row.zh, name_en=row.en) for row in pack.venue_classes],
        pack_version=version,
    )
    venues.install_tags(
        [VenueClassOut(code=row.code, name_zh=row.zh, name_en=row.en) for row in (*pack.tags, *pack.grades)],
        pack_version=version,
    )
    push_dossiers(pack)
    lists = [
        ChecklistIn(code=row.code, name_zh=row.zh, name_en=row.en, items=list(row.items))
        for row in pack.checklists
    ]
    checklists.install_checklists(lists, pack_version=version, effective_on=effective_on)
    documents.install_number_formats(
        [
            {"kind": row.code, "pattern": row.pattern, "is_confirmed": row.is_confirmed}
            for row in pack.document_numbers
        ],
        pack_version=version,
    )
    push_major_hazards(pack)
    push_matters(pack)
    push_notices(pack)
    _push_suggestions(pack)
    _push_likeness(pack)
    _push_plates(pack)
    evidence.install_limits(
        [
            {"code": row.code, "at_most": row.at_most, "is_confirmed": row.is_confirmed}
            for row in pack.photo_checks
            if row.policy != "off"
        ],
        pack_version=version,
    )
    push_oversight(pack)
    push_patrols(pack)
    push_orders(pack)
    push_visits(pack)
    push_ledgers(pack)
    _push_indicators(pack)
    _push_fires(pack)


def _push_indicators(pack: Pack) -> None:
    appraisal.install_indicators(
        [
            {"name_zh": row.zh, "name_en": row.en, "is_confirmed": row.is_confirmed}
            | row.model_dump(exclude={"zh", "en", "certainty"}, mode="json")
            for row in pack.indicators
        ],
        pack_version=pack.pack_version,
    )
    appraisal.install_targets(
        [
            {"name_zh": row.zh, "name_en": row.en, "is_confirmed": row.is_confirmed}
            | row.model_dump(exclude={"zh", "en", "certainty"}, mode="json")
            for row in pack.targets
        ],
        pack_version=pack.pack_version,
    )


def _push_fires(pack: Pack) -> None:
    fires.install_words(
        [
            {
                "kind": kind,
                "code": row.code,
                "name_zh": row.zh,
                "name_en": row.en,
                "source": row.source,
                "is_confirmed": row.is_confirmed,
            }
            for kind, rows in (("cause", pack.fire_causes), ("place", pack.fire_places))
            for row in rows
        ],
        pack_version=pack.pack_version,
    )


def _push_likeness(pack: Pack) -> None:
    """A pack that leaves a figure out has the one of VE-17."""
    venues.install_likeness(
        {row.code: int(row.value) for row in pack.venue_likeness},
        is_confirmed=bool(pack.venue_likeness) and all(row.is_confirmed for row in pack.venue_likeness),
        pack_version=pack.pack_version,
    )


def _push_plates(pack: Pack) -> None:
    plates.install_forms(
        [
            PlateFormIn(
                kind=PlateKind(row.code),
                title_zh=row.zh,
                title_en=row.en,
                is_confirmed=row.is_confirmed,
                **row.model_dump(exclude={"code", "zh", "en", "source", "certainty"}, mode="json"),
            )
            for row in pack.plate_forms
        ],
        pack_version=pack.pack_version,
    )


def _push_suggestions(pack: Pack) -> None:
    """A pack that leaves a figure out has the one of TR-7."""
    given = {row.code.removeprefix("duplicate_"): int(row.value) for row in pack.suggestions}
    triage.install_reach(given, pack_version=pack.pack_version)
