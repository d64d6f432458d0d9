"""Installing packs on a real PostgreSQL. PK-4, PK-5."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.makers import ALICE, plain_actor
from wangge.accounts.rules import Role
from wangge.checklists import queries as checklists
from wangge.checklists.models import Checklist
from wangge.kernel.errors import NotYourRole
from wangge.kernel.models import AuditRow
from wangge.matters.models import Matter
from wangge.orders.models import PlanRule
from wangge.packs import queries, services
from wangge.packs.models import PackInstall
from wangge.packs.rules import NotYetEffective, PackChangedUnderVersion, PackLacksClock
from wangge.venues.models import VenueClass

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
ADMIN = plain_actor(ALICE.acting_as(Role.SYSTEM_ADMIN))


def install(name: str, **changes: object) -> bool:
    return services.install(name, **{"effective_on": TODAY, "actor": ADMIN, "at": AT, **changes})


def counts() -> list[int]:
    return [m.objects.count() for m in (VenueClass, Checklist, PlanRule, Matter, PackInstall, AuditRow)]


@pytest.mark.slow
def test_a_pack_reaches_every_room_once():
    assert install("wuhu")
    before = counts()
    assert not install("wuhu")
    assert counts() == before
    assert queries.get_active().pack_version == "wuhu@2026.11.5"
    assert PlanRule.objects.get(code="FQ-04-flammable", is_active=True).interval == "half_month"
    assert Matter.objects.filter(is_active=True, code__startswith="H").count() == 51
    assert len(checklists.list_in_force(TODAY)) == 7
    assert [tier.code for tier in queries.list_tiers()][-2:] == ["grid", "micro_grid"]
    assert queries.role_names()["grid_member"].zh == "社管网格员"
    assert queries.list_ladder()[0].role == "grid_chief"


@pytest.mark.slow
def test_another_pack_replaces_the_rules_and_the_old_ones_stay_inactive():
    install("wuhu")
    install("dongguan")
    assert set(PlanRule.objects.filter(is_active=True).values_list("pack_version", flat=True)) == {
        "dongguan@2026.11.5"
    }
    assert PlanRule.objects.filter(pack_version="wuhu@2026.11.5", is_active=False).count() == 10
    assert Checklist.objects.count() == 7  # unchanged lists keep their version
    assert install("wuhu")
    assert set(PlanRule.objects.filter(is_active=True).values_list("pack_version", flat=True)) == {
        "wuhu@2026.11.5"
    }
    assert PackInstall.objects.filter(is_active=True).count() == 1


def test_a_changed_checklist_is_a_new_version_from_its_day():
    pack = services.load("wuhu")
    services.install_pack(pack, effective_on=TODAY, actor=ADMIN, at=AT)
    fewer = [
        c.model_copy(update={"items": c.items[:-1]}) if c.code == "general" else c for c in pack.checklists
    ]
    newer = pack.model_copy(update={"version": "2026.12", "checklists": fewer})
    later = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
    services.install_pack(newer, effective_on=date(2026, 12, 1), actor=ADMIN, at=later)
    assert checklists.in_force(["general"], date(2026, 11, 30))["general"].version == 1
    assert checklists.in_force(["general"], date(2026, 12, 1))["general"].version == 2
    assert checklists.in_force(["rental"], date(2026, 12, 1))["rental"].version == 1


def test_a_version_never_holds_two_contents():
    pack = services.load("wuhu")
    services.install_pack(pack, effective_on=TODAY, actor=ADMIN, at=AT)
    before = counts()
    with pytest.raises(PackChangedUnderVersion):
        services.install_pack(pack.model_copy(update={"plans": []}), effective_on=TODAY, actor=ADMIN, at=AT)
    assert counts() == before


def test_only_the_system_administrator_installs_and_not_before_its_day():
    with pytest.raises(NotYourRole):
        install("wuhu", actor=plain_actor(ALICE))
    with pytest.raises(NotYetEffective):
        install("wuhu", effective_on=date(2026, 12, 1))
    assert counts() == [0, 0, 0, 0, 0, 0]


@pytest.mark.slow
@pytest.mark.parametrize(("section", "missing"), [("lights", "yellow"), ("promises", "fix_at_once")])
def test_a_pack_without_its_clocks_is_refused_and_nothing_of_it_stays(section: str, missing: str):
    pack = services.load("wuhu")
    fewer = [row for row in getattr(pack, section) if row.code != missing]
    before = counts()
    with pytest.raises(PackLacksClock, match=missing):
        services.install_pack(
            pack.model_copy(update={section: fewer}), effective_on=TODAY, actor=ADMIN, at=AT
        )
    assert counts() == before
