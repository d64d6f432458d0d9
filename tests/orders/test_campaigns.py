"""OR-35, OR-36: campaigns across grids with phases and targets, accepted by somebody else (GQ-11)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tests.cases.makers import command, make_pack, take
from tests.makers import (
    ALICE,
    BOB,
    CAROL,
    Person,
    make_actor,
    make_client,
    make_photo,
    make_venues,
    plain_actor,
)
from tests.orders.makers import make_bob, make_rules
from tests.orders.test_services import make_answers, make_result
from wangge.accounts.rules import Role
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole, Refused
from wangge.orders import campaign_queries, services
from wangge.orders.campaign_rules import check_phases, check_verdict, meets, share
from wangge.orders.campaign_schemas import CampaignOut
from wangge.orders.models import Campaign, Order
from wangge.orders.refusals import (
    CampaignAccepted,
    CampaignUnclear,
    NothingAlike,
    OwnCampaign,
    TargetMissed,
    TooManyAlike,
)
from wangge.orders.schemas import Answer

AT = datetime(2025, 11, 10, 2, 0, tzinfo=UTC)  # a Monday
TODAY = date(2025, 11, 10)
NEXT = "34.02.03.005.012.002."
ERIN = Person("erin", "艾验收", Role.SUPERVISOR, ALICE.scope)


def phase(name: str, first: int, after: int, **fields: Any) -> services.PhaseIn:
    days = {"starts_on": date(2025, 11, first), "ends_on": date(2025, 11, after)}
    return services.PhaseIn(name=name, **days | fields)


THREE = [
    phase("部署动员", 10, 11),
    phase("组织实施", 11, 25, has_visits=True),
    phase("总结验收", 25, 29),
]


def asked(**fields: Any) -> services.CampaignIn:
    first = {"id": uuid4(), "name": "冬季防火专项行动", "path": ALICE.scope, "reason": "冬季火灾多发"}
    what = {"classes": ["crowded", "shop"], "checklist_code": "general", "phases": THREE}
    return services.CampaignIn(**first | what | {"visited_pct": 100, "disposed_pct": 90} | fields)


# ---- the rules ----


@pytest.mark.parametrize(
    "phases",
    [
        [phase("a", 10, 12)],  # nobody visits anything
        [phase("a", 10, 12), phase("b", 11, 14, has_visits=True)],  # a day in two phases
        [phase("a", 12, 12, has_visits=True)],  # without a day
        [phase("a", 3, 9, has_visits=True)],  # over
        [phase("a", 10, 12, has_visits=True, path="34.02.0.001.")],  # outside
        [phase("a", 10, 12, has_visits=True, is_pilot=True)],  # a pilot that is the whole
    ],
)
def test_phases_that_do_not_hold(phases):
    with pytest.raises(CampaignUnclear):
        check_phases(phases, ALICE.scope, TODAY)


def test_phases_that_hold():
    check_phases(THREE, ALICE.scope, TODAY)
    pilot = phase("试点", 10, 12, has_visits=True, is_pilot=True, path=NEXT)
    check_phases([pilot, phase("全面", 12, 20, has_visits=True)], ALICE.scope, TODAY)


def test_a_share_is_cut_and_nothing_has_none():
    assert (share(2_999, 3_000), share(3, 3), share(0, 0)) == (99.9, 100.0, None)
    assert meets(100.0, None, visited_target=100, disposed_target=90)
    assert not meets(99.9, None, visited_target=100, disposed_target=90)
    assert not meets(100.0, 89.9, visited_target=100, disposed_target=90)


@pytest.mark.parametrize(
    ("judge", "is_accepted", "note", "visited", "refusal"),
    [
        (1, True, "很好", 100.0, OwnCampaign),
        (2, True, "", 99.0, TargetMissed),
        (2, False, "", 100.0, CampaignUnclear),
        (2, True, "其余已拆除", 99.0, None),
        (2, False, "两个网格未查", 99.0, None),
        (2, True, "", 100.0, None),
    ],
)
def test_who_may_judge_and_when_a_word_is_needed(judge, is_accepted, note, visited, refusal):
    def check() -> None:
        check_verdict(
            is_accepted=is_accepted,
            note=note,
            judge=judge,
            made_by=1,
            visited=visited,
            disposed=95.0,
            visited_target=100,
            disposed_target=90,
        )

    if refusal is None:
        check()
        return
    with pytest.raises(refusal) as refused:
        check()
    assert isinstance(refused.value, Refused)
    assert refused.value.zh
    assert refused.value.en


# ---- on PostgreSQL ----


@pytest.fixture
def street(db) -> Actor:
    """Three crowded places in BOB's grid, two shops in the next; a warehouse that is not concerned."""
    make_bob()
    make_rules()
    make_venues(count=3, class_code="crowded")
    make_venues(count=2, class_code="shop", grid_path=NEXT)
    make_venues(class_code="warehouse")
    return make_actor(ALICE)


def read(actor: Actor, one: Any) -> CampaignOut:
    return campaign_queries.get_campaign(actor, one, today=TODAY)


def test_a_campaign_makes_the_visits_of_its_phases_once(street):
    body = asked()
    count = services.count_campaign(body, actor=street, at=AT)
    assert (count.places, count.visits, count.grids, count.unassigned) == (5, 5, 2, 2)
    done, is_new = services.start_campaign(body, actor=street, at=AT)
    assert (done.made, is_new) == (5, True)
    again, is_new = services.start_campaign(body, actor=street, at=AT)
    assert (again, is_new) == (done, False)
    for order in Order.objects.all():
        assert date(2025, 11, 11) <= order.opens_on <= order.due_on < order.ends_on == date(2025, 11, 25)
        assert order.rule_code == "campaign"
    told = read(street, body.id)
    assert [(one.name, one.visits) for one in told.phases] == [
        ("部署动员", 0),
        ("组织实施", 5),
        ("总结验收", 0),
    ]
    assert {(one.path, one.visits, one.done) for one in told.grids} == {(BOB.scope, 3, 0), (NEXT, 2, 0)}
    assert (told.starts_on, told.ends_on, told.can_judge) == (TODAY, date(2025, 11, 29), False)


def test_a_pilot_sees_its_places_first_and_the_whole_sees_them_again(street):
    phases = [
        phase("试点", 10, 13, has_visits=True, is_pilot=True, path=NEXT),
        phase("全面铺开", 13, 25, has_visits=True),
    ]
    done, _ = services.start_campaign(asked(phases=phases), actor=street, at=AT)
    assert done.made == 2 + 5
    assert [(one.is_pilot, one.visits) for one in read(street, done.id).phases] == [(True, 2), (False, 5)]


def test_progress_and_acceptance_by_somebody_else(street, settings, tmp_path):
    settings.WANGGE_FILES = tmp_path
    make_pack()
    chief = plain_actor(ALICE.acting_as(Role.GRID_CHIEF), user_id=street.user_id)
    erin = make_actor(ERIN)
    body = asked()
    services.start_campaign(body, actor=street, at=AT)
    later = datetime(2025, 11, 13, 2, tzinfo=UTC)
    orders = list(Order.objects.order_by("grid_path", "id"))
    failed = Answer(item="there", ok=False, photos=[make_photo(actor=street)], case_id=uuid4())
    bad = [failed, *(one for one in make_answers() if one.item not in {"there", "good"})]
    results = [make_result(order, at=later) for order in orders[1:]]
    results.append(make_result(orders[0], at=later, answers=bad))
    fates = services.complete_orders(results[:3] + results[4:], actor=chief, at=later)
    assert {fate.outcome for fate in fates} == {"applied"}, fates
    told = read(erin, body.id)
    assert (told.figures.visits, told.figures.done, told.figures.visited_pct) == (5, 4, 80.0)
    assert (told.figures.cases, told.figures.disposed, told.figures.disposed_of_pct) == (1, 0, 0.0)
    assert (told.figures.meets_targets, told.can_judge) == (False, True)
    assert told.grids[0].path == NEXT  # the furthest behind first
    verdict = services.VerdictIn(id=uuid4(), is_accepted=True)
    with pytest.raises(TargetMissed):
        services.judge_campaign(body.id, verdict, actor=erin, at=later)
    back = services.VerdictIn(id=uuid4(), is_accepted=False, note="一处未查，一个问题未整改")
    assert services.judge_campaign(body.id, back, actor=erin, at=later)
    assert not services.judge_campaign(body.id, back, actor=erin, at=later)
    services.complete_orders([results[3]], actor=chief, at=later)
    assert failed.case_id is not None
    [step] = take(street, command(failed.case_id, "reject", reason="不属实", at=later), at=later)
    assert step.outcome == "applied", step
    assert services.judge_campaign(body.id, verdict, actor=erin, at=later)
    told = read(street, body.id)
    assert [one.is_accepted for one in told.verdicts] == [False, True]
    assert told.verdicts[0].figures.done == 4  # as it was then
    assert told.verdicts[1].figures.meets_targets
    with pytest.raises(CampaignAccepted):
        services.judge_campaign(
            body.id, services.VerdictIn(id=uuid4(), is_accepted=True), actor=erin, at=later
        )


def test_who_set_it_up_does_not_accept_it_by_rule_and_by_constraint(street):
    body = asked()
    services.start_campaign(body, actor=street, at=AT)
    verdict = services.VerdictIn(id=uuid4(), is_accepted=True, note="都好")
    with pytest.raises(OwnCampaign):
        services.judge_campaign(body.id, verdict, actor=street, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.update(accepted_by=street.user_id, accepted_at=AT)


def test_who_may_not_start_and_what_cannot_be_started(street, monkeypatch):
    for actor, body, refusal in (
        (plain_actor(BOB), asked(), NotYourRole),
        (plain_actor(CAROL), asked(), NotVisible),
        (street, asked(phases=THREE[:1]), CampaignUnclear),
        (street, asked(classes=["school"]), NothingAlike),
    ):
        with pytest.raises(refusal):
            services.start_campaign(body, actor=actor, at=AT)
    monkeypatch.setattr("wangge.orders.campaigns.MOST_VISITS", 4)
    with pytest.raises(TooManyAlike):
        services.start_campaign(asked(), actor=street, at=AT)
    assert not Campaign.objects.exists()
    with pytest.raises(NotVisible):
        read(plain_actor(CAROL), uuid4())


def test_a_campaign_over_http(street):
    client, body = make_client(street), asked().model_dump(mode="json")
    erin = make_client(make_actor(ERIN))
    carol = make_client(make_actor(CAROL))
    with clock.standing_at(AT):
        assert client.post("/api/orders/campaigns/count", body, "application/json").json()["visits"] == 5
        first = client.post("/api/orders/campaigns", body, "application/json")
        assert (first.status_code, first.json()["made"]) == (200, 5)
        assert client.post("/api/orders/campaigns", body, "application/json").status_code == 208
        page = client.get("/api/orders/campaigns").json()
        assert [one["name"] for one in page["items"]] == ["冬季防火专项行动"]
        whole = f"/api/orders/campaigns/{body['id']}"
        verdict = {"id": str(uuid4()), "is_accepted": False, "note": "未开始"}
        assert client.post(f"{whole}/verdict", verdict, "application/json").status_code == 403
        told = erin.post(f"{whole}/verdict", verdict, "application/json")
        assert (told.status_code, told.json()["verdicts"][0]["note"]) == (200, "未开始")
        assert carol.get(whole).status_code == 404
        assert carol.post(f"{whole}/verdict", verdict, "application/json").status_code == 404
        assert carol.get("/api/orders/campaigns").json()["items"] == []
