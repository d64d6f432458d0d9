"""A city admits matters of its own (MA-7, MA-8, DG-02), on a real PostgreSQL and over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests.cases.makers import HAN, House, make_house, make_pack, report
from tests.makers import ALICE, AT, Person, make_actor, make_client
from wangge.accounts.rules import Role
from wangge.cases import services as cases
from wangge.cases.models import Case
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole, Unreadable
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow
from wangge.matters import queries, services
from wangge.matters.admitting import Move, MoveNotAllowed, ProposalOpen, move, next_code
from wangge.matters.models import Admission, Timing
from wangge.matters.rules import Stage
from wangge.matters.schemas import (
    AdmissionFilter,
    AdmissionMove,
    AdmissionOut,
    AdmissionsOut,
    MatterDraft,
    RouteQuestion,
)

pytestmark = pytest.mark.django_db
TODAY, TOMORROW = date(2025, 10, 13), date(2025, 10, 14)
DAY = timedelta(days=1)
TERMS = [("department", "fire"), ("department", "police"), ("field", "fire_safety")]


@pytest.fixture
def house() -> House:
    house = make_house("admits@1")
    services.install_terms(
        [
            {
                "kind": kind,
                "code": code,
                "name_zh": code,
                "name_en": code,
                "source": "t",
                "is_confirmed": True,
            }
            for kind, code in TERMS
        ],
        pack_version="admits@1",
    )
    return house


def draft(**fields: Any) -> MatterDraft:
    plain: dict[str, Any] = {
        "id": new_id(),
        "group_code": "H3",
        "name_zh": "灭火毯缺失",
        "basis": "市消安委〔2025〕1号",
        "severity": "general",
        "fix_days": 5,
        "department_kind": "police",
        "words_zh": ["灭火毯"],
    }
    return MatterDraft(**plain | fields)


class No(Exception):
    """What a fate refuses."""


def take(who: Actor, row: AdmissionOut, what: str, **fields: Any) -> AdmissionOut:
    given = {"base_version": row.version} | fields
    step = AdmissionMove(id=new_id(), admission_id=row.id, move=Move(what), **given)
    [fate] = services.move_admissions([step], actor=who, at=AT)
    if fate.code:
        raise No(fate.code)
    [after] = [one for one in seen_by(who).items if one.id == row.id]
    return after


def seen_by(who: Actor, **filters: Any) -> AdmissionsOut:
    return queries.list_admissions(who, AdmissionFilter(**filters))


def admitted(house: House, *, on: date = TODAY, **fields: Any) -> AdmissionOut:
    row = services.draft_matter(draft(**fields), actor=house.han, at=AT)
    row = take(house.han, row, "submit")
    return take(house.super, row, "admit", on=on)


# ---- the table, typed from MA-7 ----

ROWS = {
    ("draft", "submit"): "submitted",
    ("submitted", "admit"): "admitted",
    ("submitted", "return"): "draft",
    ("admitted", "withdraw"): "withdrawn",
}


@pytest.mark.parametrize(("stage", "what"), list(product(Stage, Move)))
def test_an_admission_moves_only_along_the_table(stage: Stage, what: Move) -> None:
    if (stage, what) in ROWS:
        assert move(stage, what) == ROWS[stage, what]
    else:
        with pytest.raises(MoveNotAllowed):
            move(stage, what)


def test_codes_of_the_city_go_on_from_the_last() -> None:
    assert next_code("H3", []) == "H3C01"
    assert next_code("H3", ["H3C01", "H3C09", "H3C10"]) == "H3C11"


# ---- the way of a matter ----


def test_a_matter_is_drafted_submitted_reviewed_by_another_and_holds_from_its_day(house: House) -> None:
    row = services.draft_matter(draft(), actor=house.han, at=AT)
    assert (row.code, row.number, row.stage, row.moves) == ("H3C01", 1, "draft", ["submit"])
    assert (row.owner_kind, row.path, row.group_zh) == ("fire", "34.02.03.", "组")
    row = take(house.han, row, "submit")
    row = take(house.super, row, "admit", on=TOMORROW)
    assert (row.is_in_force, row.reviewed_by) == (False, "苏督查")
    assert "H3C01" not in queries.in_force().matters

    assert services.bring_into_force(at=AT) is False
    assert services.bring_into_force(at=AT + DAY) is True
    assert services.bring_into_force(at=AT + DAY) is False

    book = queries.in_force()
    assert book.pack_version == "admits@1+1"
    assert book.matters["H3C01"].department_kind == "police"
    assert "H301" in book.matters
    told = AuditRow.objects.filter(subject_type="admission").order_by("pk").values_list("action", flat=True)
    assert list(told) == ["matters.draft", "matters.submit", "matters.admit"]


def test_a_case_remembers_the_edition_it_was_made_under(house: House) -> None:
    row = admitted(house)
    assert row.is_in_force
    made = report(matter_code="H3C01")
    [fate] = cases.report_cases([made], actor=house.bob, at=AT)
    assert fate.status == 200
    case = Case.objects.get(pk=made.id)
    assert (case.pack_version, case.severity) == ("admits@1+1", "general")

    newer = services.draft_matter(draft(code="H3C01", severity="larger", fix_days=1), actor=house.han, at=AT)
    assert newer.number == 2
    newer = take(house.super, take(house.han, newer, "submit"), "admit", on=TODAY)
    assert queries.in_force().matters["H3C01"].severity == "larger"
    assert queries.of_version("admits@1+1").matters["H3C01"].severity == "general"
    before, now = (queries.get_matter("H3C01", version) for version in ("admits@1+1", "admits@1+2"))
    assert before is not None
    assert now is not None
    assert (before.fix_days, now.fix_days) == (5, 1)
    assert "H3C01" not in queries.of_version("admits@1").matters

    take(house.super, newer, "withdraw", on=TODAY, note="并入 H301")
    assert "H3C01" not in queries.in_force().matters
    [fate] = cases.report_cases([report(matter_code="H3C01")], actor=house.bob, at=AT)
    assert fate.code == "kernel.unreadable"
    assert queries.names_of(["H3C01"]) == {"H3C01": ("灭火毯缺失", "")}


def test_another_pack_goes_on_with_the_matters_of_the_city(house: House) -> None:
    admitted(house)
    make_pack("admits@2")
    assert queries.in_force().pack_version == "admits@2+1"
    assert "H3C01" in queries.in_force().matters
    make_pack("admits@1")
    assert queries.in_force().pack_version == "admits@1+1"
    assert Timing.objects.filter(is_active=True).count() == 1


def test_a_matter_of_a_department_holds_in_its_territory(house: House) -> None:
    row = services.draft_matter(draft(), actor=house.pang, at=AT)  # the police station of one street
    row = take(house.super, take(house.pang, row, "submit"), "admit", on=TODAY)
    assert row.path == "34.02.03.005."
    [fate] = cases.report_cases([report(matter_code=row.code)], actor=house.bob, at=AT)
    assert fate.status == 200
    elsewhere = make_actor(Person("dan", "丹", Role.DISPATCHER, "34."))
    [fate] = cases.report_cases(
        [report(matter_code=row.code, point=(118.325, 31.305))], actor=elsewhere, at=AT
    )
    assert fate.code == "kernel.unreadable"


def test_a_matter_of_the_city_is_routed_and_its_route_explained(house: House) -> None:
    row = admitted(house)
    told = queries.explain_route(
        house.super, RouteQuestion(matter=row.code, grid="34.02.03.005.012.001."), at=AT
    )
    assert (told.matter.name_zh, told.kind, told.department_id) == ("灭火毯缺失", "police", house.police)


def test_a_returned_matter_is_a_draft_again_with_the_reason(house: House) -> None:
    row = take(house.han, services.draft_matter(draft(), actor=house.han, at=AT), "submit")
    with pytest.raises(No, match=r"kernel\.unreadable"):
        take(house.super, row, "return")
    row = take(house.super, row, "return", note="依据不清")
    assert (row.stage, row.review_note) == ("draft", "依据不清")
    again = draft(id=row.id, basis="市消安委〔2025〕2号", base_version=row.version)
    changed = services.draft_matter(again, actor=house.han, at=AT)
    assert (changed.basis, changed.version) == ("市消安委〔2025〕2号", row.version + 1)
    assert services.draft_matter(again, actor=house.han, at=AT).version == changed.version  # a retry


# ---- what is refused ----


def test_nobody_reviews_what_they_proposed(house: House) -> None:
    row = take(house.han, services.draft_matter(draft(), actor=house.han, at=AT), "submit")
    with pytest.raises(No, match=r"kernel\.not_your_role"):
        take(house.han, row, "admit", on=TODAY)
    Admission.objects.filter(pk=row.id).update(proposed_by=house.super.user_id)
    with pytest.raises(No, match=r"matters\.own_proposal"):
        take(house.super, row, "admit", on=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Admission.objects.filter(pk=row.id).update(reviewed_by=house.super.user_id)


@pytest.mark.parametrize(
    "wrong",
    [{"group_code": "Z9"}, {"department_kind": "navy"}, {"fields": ["space"]}],
)
def test_a_proposal_speaks_the_words_of_the_pack(house: House, wrong: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        services.draft_matter(draft(**wrong), actor=house.han, at=AT)
    assert Admission.objects.count() == 0


def test_days_versions_and_open_proposals(house: House) -> None:
    row = take(house.han, services.draft_matter(draft(), actor=house.han, at=AT), "submit")
    for on in (None, TODAY - DAY):
        with pytest.raises(No, match=r"kernel\.unreadable"):
            take(house.super, row, "admit", on=on)
    with pytest.raises(No, match=r"kernel\.version_conflict"):
        take(house.super, row, "admit", on=TODAY, base_version=1)
    with pytest.raises(ProposalOpen):
        services.draft_matter(draft(code=row.code), actor=house.han, at=AT)
    with pytest.raises(MoveNotAllowed):
        services.draft_matter(draft(id=row.id, basis="别的"), actor=house.han, at=AT)


def test_a_stranger_sees_no_proposal(house: House) -> None:
    row = services.draft_matter(draft(), actor=house.han, at=AT)
    assert [one.id for one in seen_by(house.super, stage="draft", q="灭火毯").items] == [row.id]
    assert seen_by(house.super, q="别的").total == 0
    for stranger in (house.carol, house.pang, house.alice):  # other district, other department, inner street
        assert seen_by(stranger).items == []
    with pytest.raises(No, match=r"kernel\.not_visible"):
        take(house.pang, row, "submit")
    with pytest.raises(NotVisible):
        services.draft_matter(draft(id=row.id), actor=house.pang, at=AT)
    with pytest.raises(NotYourRole):
        services.draft_matter(draft(), actor=house.bob, at=AT)
    with pytest.raises(NotVisible):
        services.draft_matter(draft(department_id=house.fire), actor=house.carol, at=AT)


def test_the_catalogue_counts_by_department_and_shows_what_the_source_states(house: House) -> None:
    stated = [("all", 481), ("departments", 19), ("fire", 22)]  # DG-02
    version = "counted@1"
    make_pack(version)
    services.install_terms(
        [
            {"kind": "stated", "code": code, "number": n, "name_zh": "-", "name_en": "-"}
            | {"source": "DG-02", "is_confirmed": True}
            for code, n in stated
        ]
        + [
            {
                "kind": kind,
                "code": code,
                "name_zh": code,
                "name_en": code,
                "source": "t",
                "is_confirmed": True,
            }
            for kind, code in TERMS
        ],
        pack_version=version,
    )
    admitted(house)
    waiting = services.draft_matter(draft(name_zh="另一件"), actor=house.han, at=AT)
    take(house.han, waiting, "submit")
    shown = queries.get_catalogue(house.super)
    assert (shown.version, shown.departments_stated, shown.matters_stated) == ("counted@1+1", 19, 481)
    [fire] = [one for one in shown.owners if one.kind == "fire"]
    assert (fire.of_the_city, fire.waiting, fire.stated) == (1, 1, 22)
    [own] = [row for row in shown.matters if row.origin == "city"]
    assert (own.code, own.number, own.is_confirmed) == ("H3C01", 1, True)


# ---- over HTTP ----


def test_the_way_over_http(house: House) -> None:
    han, chair = make_client(house.han), make_client(house.super)
    body = draft().model_dump(mode="json")
    row = han.post("/api/matters/admissions", body, "application/json").json()

    def ask(client: Any, version: int, **said: Any) -> Any:
        step = {"id": str(new_id()), "admission_id": row["id"], "base_version": version} | said
        [fate] = client.post("/api/matters/admissions/moves", [step], "application/json").json()
        return fate["status"], fate["code"]

    admit = {"move": "admit", "on": "2099-01-01"}
    assert ask(chair, 1, **admit) == (409, "matters.move_not_allowed")
    assert ask(han, 1, move="submit") == (200, None)
    assert ask(han, 2, **admit)[0] == 403
    assert ask(make_client(house.carol), 2, **admit)[0] == 404
    assert ask(chair, 2, **admit) == (200, None)
    shown = chair.get("/api/matters/admissions?stage=admitted").json()
    assert ([one["code"] for one in shown["items"]], shown["total"]) == (["H3C01"], 1)
    assert make_client(house.bob).post("/api/matters/admissions", body, "application/json").status_code == 403


def test_the_catalogue_over_http(house: House) -> None:
    shown = make_client(house.alice).get("/api/matters/catalogue").json()
    assert [row["code"] for row in shown["matters"]] == ["H101", "H301", "H304", "H501", "H601", "H805"]
    file = make_client(house.alice).get("/api/matters/export.csv")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 7
    assert lines[1].startswith("H101,事项H101,")
    assert make_client(house.alice).get("/api/matters/export.pdf").status_code == 422
    citizen = make_actor(Person("zhang", "张", Role.CITIZEN, ALICE.scope))
    assert make_client(citizen).get("/api/matters/catalogue").status_code == 403
    assert make_client(citizen).get("/api/matters").status_code == 200


# ---- two at once ----


def at_once(*works: Callable[[], object]) -> list[object]:
    results: list[object] = [None] * len(works)

    def run(n: int) -> None:
        try:
            results[n] = works[n]()
        except Exception as error:
            results[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_reviews_at_once_one_counts_and_codes_are_never_given_twice() -> None:
    house = make_house("admits@1")
    services.install_terms(
        [
            {
                "kind": "department",
                "code": "police",
                "name_zh": "p",
                "name_en": "p",
                "source": "t",
                "is_confirmed": True,
            }
        ],
        pack_version="admits@1",
    )
    second = make_actor(Person("sue", "苏二", Role.SUPERVISOR, HAN.scope))
    one, other = at_once(
        lambda: services.draft_matter(draft(), actor=house.han, at=AT),
        lambda: services.draft_matter(draft(), actor=house.han, at=AT),
    )
    assert isinstance(one, AdmissionOut)
    assert isinstance(other, AdmissionOut)
    assert {one.code, other.code} == {"H3C01", "H3C02"}
    row = take(house.han, one, "submit")
    told = at_once(
        lambda: take(house.super, row, "admit", on=TODAY), lambda: take(second, row, "admit", on=TODAY)
    )
    assert sorted(str(one) for one in told if isinstance(one, No)) == ["kernel.version_conflict"]
    assert Timing.objects.filter(is_active=True).values_list("edition", flat=True).get() == 1
