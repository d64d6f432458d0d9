"""RC-1 to RC-7 over a database."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.cases.makers import make_case, make_house
from tests.ground import make_divisions, make_grids
from tests.makers import BOB, CAROL, make_members, make_user, plain_actor
from tests.rechecks.makers import (
    DONE_AT,
    LOOKED_AT,
    STREET,
    draw,
    make_second_member,
    make_visits,
    result,
)
from wangge.cases.models import Case
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole
from wangge.kernel.fates import Fate
from wangge.kernel.models import AuditRow
from wangge.orders.models import Order
from wangge.rechecks import queries, services
from wangge.rechecks.models import Draw, Sample
from wangge.rechecks.populations import work_of
from wangge.rechecks.rules import RecheckKind, choose, read_told
from wangge.rechecks.schemas import RecheckFigureFilter, RecheckPopulationIn

pytestmark = pytest.mark.django_db
NOVEMBER = RecheckFigureFilter(since_on=LOOKED_AT.date() - timedelta(days=24), until_on=LOOKED_AT.date())


def codes(fates: list[Fate]) -> list[str | None]:
    return [fate.code for fate in fates]


def made(actor: Actor, **fields: object) -> Draw:
    given = draw(**fields)
    [fate] = services.draw_samples([given], actor=actor, at=LOOKED_AT)
    assert fate.code is None, fate
    return Draw.objects.get(pk=given.id)


def test_a_sample_is_drawn_once_and_anybody_draws_it_again() -> None:
    supervisor, _ = make_visits(6)
    other = make_second_member()
    given = draw(size=4)
    first, again = services.draw_samples([given, given], actor=supervisor, at=LOOKED_AT)
    assert (first.outcome.value, again.outcome.value) == ("applied", "repeated")
    kept = Draw.objects.get()
    candidates = read_told(zlib.decompress(bytes(kept.drawn_from)).decode())
    assert (kept.population, len(candidates), kept.seed) == (6, 6, "20251121")
    drawn = [str(one) for one in Sample.objects.order_by("position").values_list("order_id", flat=True)]
    assert drawn == [one.id for one in choose(candidates, "20251121", 4)]
    assert Sample.objects.filter(member_id=other).count() == 2, "evenly"
    asked = RecheckPopulationIn(
        kind=RecheckKind.SPOT_CHECK, path=STREET, since_on=given.since_on, until_on=given.until_on
    )
    told = queries.count_population(supervisor, asked)
    assert (told.population, told.members) == (6, 2)
    assert AuditRow.objects.get(action="rechecks.draw").detail["seed"] == "20251121"
    assert made(supervisor, seed="").seed != made(supervisor, seed="").seed


def test_what_cannot_be_drawn_is_refused() -> None:
    supervisor, bob = make_visits(1)
    refused = services.draw_samples(
        [
            draw(path="34.02.0."),
            draw(since_on="2025-10-01", until_on="2025-10-31"),
            draw(until_on="2025-11-26"),
            draw(kind="cross_patrol"),
        ],
        actor=supervisor,
        at=LOOKED_AT,
    )
    assert codes(refused) == [
        "kernel.not_visible",
        "rechecks.nothing_to_draw",
        "kernel.unreadable",
        "rechecks.nothing_to_draw",
    ]
    with pytest.raises(NotYourRole):
        services.draw_samples([draw()], actor=bob, at=LOOKED_AT)
    assert not Draw.objects.exists()


def test_a_verdict_is_kept_with_who_and_when_and_may_be_put_right() -> None:
    supervisor, _ = make_visits(3)
    kept = made(supervisor)
    one, two, three = queries.get_draw(supervisor, kept.pk, at=LOOKED_AT).samples
    assert (one.member, one.venue_name != "") == ("包步行", True)
    fates = services.record_results(
        [
            result(one, "agrees"),
            result(two, "differs", note="安全出口上锁，检查表写“未锁”"),
            result(three, "answered", rating=5),
            result(one, "differs"),
        ],
        actor=supervisor,
        at=LOOKED_AT,
    )
    assert codes(fates) == [None, None, "rechecks.not_that_verdict", "kernel.version_conflict"]
    told = queries.get_draw(supervisor, kept.pk, at=LOOKED_AT)
    assert (told.looked, told.well, told.badly, told.well_pct, told.is_overdue) == (2, 1, 1, 50, False)
    assert (told.samples[0].looked_by, told.samples[0].looked_at) == ("苏督查", LOOKED_AT)
    [right] = services.record_results(
        [result(told.samples[1], "unclear")], actor=supervisor, at=LOOKED_AT + timedelta(days=6)
    )
    assert right.code is None
    later = queries.get_draw(supervisor, kept.pk, at=LOOKED_AT + timedelta(days=6))
    assert (later.well_pct, later.is_overdue, later.samples[1].version) == (100, True, 3)
    assert AuditRow.objects.filter(action="rechecks.record").count() == 3


def test_nobody_judges_the_own_work() -> None:
    supervisor, bob = make_visits(1)
    kept = made(supervisor)
    [one] = queries.get_draw(supervisor, kept.pk, at=LOOKED_AT).samples
    himself = replace(bob, capabilities=supervisor.capabilities)
    assert codes(services.record_results([result(one, "agrees")], actor=himself, at=LOOKED_AT)) == [
        "rechecks.own_work"
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        Sample.objects.update(verdict="agrees", looked_at=LOOKED_AT, looked_by=bob.user_id)


def test_a_withdrawn_draw_stays_and_counts_for_nothing() -> None:
    supervisor, bob = make_visits(2)
    kept = made(supervisor)
    one, two = queries.get_draw(supervisor, kept.pk, at=LOOKED_AT).samples
    services.record_results([result(one, "differs")], actor=supervisor, at=LOOKED_AT)
    figures = queries.get_figures(supervisor, NOVEMBER)
    assert [(m.member_id, m.well, m.badly, m.well_pct) for m in figures.members] == [(bob.user_id, 0, 1, 0)]
    assert (
        queries.get_figures(
            supervisor, RecheckFigureFilter(since_on=DONE_AT.date(), until_on=DONE_AT.date())
        ).badly
        == 0
    )
    for _ in range(2):
        services.withdraw(kept.pk, "名单有误", actor=supervisor, at=LOOKED_AT)
    [row] = queries.list_draws(supervisor, cursor=None, limit=20, at=LOOKED_AT).items
    assert (row.withdrawn_reason, row.withdrawn_by) == ("名单有误", "苏督查")
    assert codes(services.record_results([result(two, "agrees")], actor=supervisor, at=LOOKED_AT)) == [
        "rechecks.withdrawn"
    ]
    assert queries.get_figures(supervisor, NOVEMBER).members == []
    assert AuditRow.objects.filter(action="rechecks.withdraw").count() == 1


def test_a_survey_asks_each_place_once() -> None:
    make_visits(3)
    venue = Order.objects.order_by("id").first()
    assert venue is not None
    late = DONE_AT + timedelta(days=2)
    other = Order.objects.exclude(venue=venue.venue_id).order_by("id").first()
    assert other is not None
    Order.objects.filter(pk=other.pk).update(venue=venue.venue_id, done_at=late)
    work = work_of(RecheckKind.SURVEY, STREET, DONE_AT.date(), late.date())
    assert len(work) == 2
    assert work[str(other.pk)].done_at == late


def test_a_finding_of_others_leads_back_to_who_saw_nothing() -> None:
    house = make_house()
    supervisor, bob = make_visits(2)
    first, second = Order.objects.order_by("id")
    early = DONE_AT + timedelta(days=3)
    tip = make_case(house, by="alice", at=early, venue_id=first.venue_id, channel="hotline")
    own = make_case(house, by="bob", at=early, venue_id=second.venue_id)
    assert Case.objects.filter(pk__in=[tip, own]).count() == 2
    work = work_of(RecheckKind.BACK_TRACE, STREET, early.date(), early.date())
    assert list(work) == [str(tip)]
    assert (work[str(tip)].order_id, work[str(tip)].member_id) == (first.pk, bob.user_id)
    Order.objects.filter(pk=first.pk).update(findings=1)
    assert work_of(RecheckKind.BACK_TRACE, STREET, early.date(), early.date()) == {}
    assert supervisor.can("rechecks.write")


def test_members_walk_each_others_grids() -> None:
    make_divisions()
    make_grids()
    supervisor, bob = make_visits(1)
    other = make_user(username="neighbour", name="林近")
    make_members({"34.02.03.005.012.002.": other})
    kept = made(supervisor, kind="cross_patrol", size=5)
    walked = {row.grid_path: (row.member_id, row.walker_id) for row in Sample.objects.filter(draw=kept)}
    assert walked[BOB.scope] == (bob.user_id, other.pk)
    assert walked["34.02.03.005.012.002."] == (other.pk, bob.user_id)


def test_a_stranger_is_told_of_no_draw() -> None:
    supervisor, _ = make_visits(1)
    kept = made(supervisor)
    carol = replace(plain_actor(CAROL), capabilities=supervisor.capabilities)
    assert queries.list_draws(carol, cursor=None, limit=20, at=LOOKED_AT).items == []
    with pytest.raises(NotVisible):
        queries.get_draw(carol, kept.pk, at=LOOKED_AT)
    with pytest.raises(NotVisible):
        queries.get_figures(carol, NOVEMBER.model_copy(update={"path": STREET}))
    [one] = Sample.objects.all()
    assert codes(services.record_results([result(one, "agrees")], actor=carol, at=LOOKED_AT)) == [
        "kernel.not_visible"
    ]
    with pytest.raises(NotVisible):
        services.withdraw(kept.pk, "不关我事", actor=carol, at=LOOKED_AT)
    given = {"since_on": kept.since_on, "until_on": kept.until_on}
    asked = RecheckPopulationIn(kind=RecheckKind.SPOT_CHECK, path=STREET, **given)
    with pytest.raises(NotVisible):
        queries.count_population(carol, asked)
