"""The machine suspects, people decide, and nothing is de-listed before somebody else has looked."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from tests.cases.makers import House, make_case, make_house, take
from tests.cases.makers import command as step
from tests.ground import admin
from tests.major_hazards.makers import (
    EDITION,
    assess,
    list_it,
    make_edition,
    make_major,
    make_signers,
    propose,
    reinspect,
    sign,
    tell,
)
from tests.makers import AT, make_venues
from wangge.cases import queries as cases
from wangge.cases.models import CaseEvent
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.models import AuditRow
from wangge.major_hazards import queries, services
from wangge.major_hazards.models import Assessment, Decision, ElementSet, MajorHazard, Seat
from wangge.major_hazards.refusals import (
    ElementSetInUse,
)
from wangge.major_hazards.schemas import DecisionFilter, ElementSetIn, HazardFilter
from wangge.major_hazards.showing import hazards_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    made = make_house()
    make_edition()
    return made


def committed(deed: Callable[[], object]) -> None:
    """Do it and ask the database what it would ask at the end of the transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        deed()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def code_of(fate: Fate) -> str | None:
    return fate.code


def test_ticked_elements_make_it_suspected_and_the_case_tells_why(house: House):
    case = make_case(house)
    fate = assess(house.bob, case_id=case)
    assert (fate.outcome, fate.result["verdict"]) == (Outcome.APPLIED, "suspected")
    event = CaseEvent.objects.get(case_id=case, action="suspect_major")
    assert event.detail["basis"] == "GB35181-2017 6.5"
    assert MajorHazard.objects.count() == 0  # the machine decides nothing
    bare = assess(house.bob, case_id=case, ticks=[{"element": "6.5"}])
    assert code_of(bare) == "major_hazards.evidence_missing"
    two = [{"element": code, "note": "见照片"} for code in ("7.3.1", "7.3.2")]
    assert assess(house.bob, case_id=case, ticks=two).result["verdict"] == "not_suspected"


def test_a_venue_is_assessed_too_and_strangers_assess_nothing(house: House):
    [venue] = make_venues()
    assert assess(house.bob, venue_id=venue.id).outcome is Outcome.APPLIED
    assert Assessment.objects.get().grid_path == house.bob.scope
    assert assess(house.carol, venue_id=venue.id).status == 404
    assert assess(house.carol, case_id=make_case(house)).status == 404
    assert assess(admin(), venue_id=venue.id).status == 403


def test_an_exception_needs_its_reason_and_evidence_and_is_no_suspicion(house: House):
    case = make_case(house)
    fields = {"case_id": case, "exemption": "stopped", "exemption_reason": "已停业"}
    assert code_of(assess(house.bob, **fields)) == "major_hazards.reason_missing"
    fate = assess(house.bob, **fields, exemption_photos=[house.photo])
    assert fate.result["verdict"] == "excepted"
    assert code_of(propose(house.alice, make_signers(3), assessment_id=fate.command_id)) == (
        "major_hazards.not_suspected"
    )


def test_an_edition_without_its_text_judges_nothing(house: House):
    empty = EDITION | {"code": "GB35181-2025", "elements": [], "counts": [], "remedy_zh": "请导入要素。"}
    services.install_element_sets([ElementSetIn.model_validate(empty)], pack_version="test@1")
    fate = assess(house.bob, case_id=make_case(house), element_set="GB35181-2025")
    assert code_of(fate) == "major_hazards.element_set_empty"
    assert "请导入要素" in (fate.zh or "")


def test_an_edition_in_use_is_not_changed_but_a_new_one_comes_in(house: House):
    changed = ElementSetIn.model_validate(EDITION | {"counts": []})
    services.import_element_set(changed, actor=admin(), at=AT)
    assert ElementSet.objects.get().pack_version == ""
    make_edition()  # a pack leaves alone what was imported by hand
    assert ElementSet.objects.get().counts == []
    assess(house.bob, case_id=make_case(house))
    with pytest.raises(ElementSetInUse):
        services.import_element_set(ElementSetIn.model_validate(EDITION), actor=admin(), at=AT)
    assert services.import_element_set(changed, actor=admin(), at=AT) is None


def test_three_people_sign_and_only_then_it_is_major(house: House):
    case = make_case(house)
    signers = make_signers(3)
    found = assess(house.bob, case_id=case)
    asked = propose(house.alice, signers, assessment_id=found.command_id).command_id
    assert [sign(one, asked).result["outcome"] for one in signers[:2]] == ["open", "open"]
    assert MajorHazard.objects.count() == 0
    assert sign(signers[2], asked).result["outcome"] == "agreed"
    hazard = MajorHazard.objects.get()
    assert hazard.list_by is not None
    assert hazard.list_by.isoformat() == "2025-10-22T16:00:00+00:00"  # 7 working days after Monday the 13th
    assert (hazard.list_days, hazard.list_source) == (7, "国办发〔2017〕87号")
    event = CaseEvent.objects.get(case_id=case, action="decide_major")
    assert (event.detail["outcome"], event.detail["basis"]) == ("agreed", "GB35181-2017 6.5")
    assert list(cases.verify_chains()) == []


def test_how_long_and_how_many_are_what_the_pack_and_the_edition_say(house: House):
    make_edition(code="OTHER-1", members=2, experts=1)
    services.install_listing_rule(
        {"working_days": 3, "source": "某市规定", "is_confirmed": False}, pack_version="other@1"
    )
    signers = make_signers(3)
    found = assess(house.alice, element_set="OTHER-1", case_id=make_case(house)).command_id
    asked = propose(house.alice, signers[:2], experts=0, assessment_id=found)
    for signer in signers[:2]:
        sign(signer, asked.command_id)
    hazard = MajorHazard.objects.get()
    assert hazard.list_by is not None
    assert hazard.list_by.isoformat() == "2025-10-16T16:00:00+00:00"  # 3 working days after Monday the 13th
    [row] = hazards_out([hazard], house.alice, AT)
    assert (row.list_days, row.list_source) == (3, "某市规定")


def test_everybody_signs_for_themselves_and_once(house: House):
    signers = make_signers(3)
    found = assess(house.bob, case_id=make_case(house))
    asked = propose(house.alice, signers, assessment_id=found.command_id).command_id
    assert code_of(sign(house.alice, asked)) == "major_hazards.not_your_seat"
    assert sign(house.carol, asked).status == 404
    assert sign(signers[0], asked).outcome is Outcome.APPLIED  # of another district: the seat lets them in
    assert code_of(sign(signers[0], asked, agrees=False)) == "major_hazards.already_signed"
    assert sign(signers[1], asked, agrees=False).result["outcome"] == "open"
    assert sign(signers[2], asked).result["outcome"] == "declined"
    assert MajorHazard.objects.count() == 0
    again = propose(house.alice, signers, assessment_id=found.command_id)
    assert again.outcome is Outcome.APPLIED  # a declined one may be asked again


def test_a_complex_one_needs_seven_experts_of_whom_two_thirds_agree(house: House):
    signers = make_signers(10)
    found = assess(house.bob, case_id=make_case(house)).command_id
    few = propose(house.alice, signers[:9], experts=6, assessment_id=found)
    assert code_of(few) == "major_hazards.panel_too_small"
    asked = propose(house.alice, signers, experts=7, assessment_id=found).command_id
    for n, one in enumerate(signers):
        last = sign(one, asked, agrees=n < 8)
    assert last.result["outcome"] == "agreed"  # 3 members and 5 of 7 experts


def test_who_may_ask_and_when(house: House):
    signers = make_signers(3)
    found = assess(house.bob, case_id=make_case(house)).command_id
    assert propose(house.bob, signers, assessment_id=found).status == 403
    assert propose(house.carol, signers, assessment_id=found).status == 404
    assert code_of(propose(house.alice, signers[:2], assessment_id=found)) == "major_hazards.panel_too_small"
    assert propose(house.alice, [*signers[:2], admin()], assessment_id=found).status == 422
    assert propose(house.alice, signers, assessment_id=found).outcome is Outcome.APPLIED
    assert code_of(propose(house.alice, signers, assessment_id=found)) == "major_hazards.decision_pending"


def test_the_database_makes_nothing_major_without_signatures(house: House):
    signers = make_signers(3)
    found = assess(house.bob, case_id=make_case(house)).command_id
    asked = propose(house.alice, signers, assessment_id=found).command_id
    for one in signers[:2]:
        sign(one, asked)
    with pytest.raises(IntegrityError, match="only with its signatures"), transaction.atomic():
        Decision.objects.update(outcome="agreed")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Seat.objects.filter(user_id=signers[0].user_id).update(agrees=False)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Seat.objects.filter(user_id=signers[0].user_id).delete()
    with pytest.raises(IntegrityError, match="stays as it was asked"), transaction.atomic():
        Decision.objects.update(members_needed=1)
    fields = {"case_id": Assessment.objects.get().case_id, "grid_path": house.bob.scope, "decided_at": AT}
    with pytest.raises(IntegrityError, match="without an agreed decision"):
        committed(lambda: MajorHazard.objects.create(id=asked, **fields))


def test_the_whole_way_to_the_end(house: House):
    case = make_case(house)
    signers = make_signers(3)
    hazard = make_major(house, signers, case=case)
    assert list_it(house.alice, hazard).status == 403  # the desk does not list
    assert list_it(house.super, hazard, rectify_on=date(2025, 1, 1)).status == 422
    assert tell(house.bob, hazard).status == 409  # not listed yet
    assert list_it(house.super, hazard).outcome is Outcome.APPLIED
    assert code_of(list_it(house.super, hazard)) == "major_hazards.wrong_stage"
    assert tell(house.bob, hazard).outcome is Outcome.APPLIED
    assert code_of(reinspect(house.bob, hazard)) == "major_hazards.same_hands"
    delist = {"hazard_id": hazard.pk}
    assert code_of(propose(house.alice, signers, **delist)) == "major_hazards.not_reinspected"
    later = AT + timedelta(hours=1)
    assert reinspect(house.chief, hazard, at=later).outcome is Outcome.APPLIED
    reinspect(house.chief, hazard, has_passed=False, at=later + timedelta(hours=1))
    assert code_of(propose(house.alice, signers, **delist)) == "major_hazards.not_reinspected"
    reinspect(house.chief, hazard, at=later + timedelta(hours=2))
    asked = propose(house.alice, signers, **delist).command_id
    for one in signers:
        last = sign(one, asked)
    assert last.result["outcome"] == "agreed"
    hazard.refresh_from_db()
    assert hazard.delisted_at == AT
    actions = CaseEvent.objects.filter(case_id=case).order_by("seq").values_list("action", flat=True)
    assert list(actions) == ["report", "suspect_major", "decide_major", "list_major", "delist_major"]
    [row] = queries.list_hazards(house.super, HazardFilter(stage="delisted"), at=AT).items
    assert (len(row.notes), len(row.decisions), row.light) == (4, 2, "none")


def test_the_handler_of_the_case_does_not_reinspect(house: House):
    case = make_case(house)
    hazard = make_major(house, make_signers(3), case=case)
    list_it(house.super, hazard)
    take(house.alice, step(case, "accept"))
    take(house.alice, step(case, "dispatch"))
    take(house.han, step(case, "sign"))
    assert code_of(reinspect(house.han, hazard)) == "major_hazards.same_hands"
    assert reinspect(house.pang, hazard).status == 404  # of another department


def test_the_database_delists_nothing_that_only_its_reporters_looked_at(house: House):
    hazard = make_major(house, make_signers(3))
    list_it(house.super, hazard)
    with pytest.raises(IntegrityError, match="de-listed without"):
        committed(lambda: MajorHazard.objects.update(delisted_at=AT))


def test_lights_and_counts_and_what_waits_for_me(house: House):
    signers = make_signers(3)
    hazard = make_major(house, signers)
    assess(house.bob, case_id=make_case(house))
    found = assess(house.bob, case_id=make_case(house)).command_id
    propose(house.alice, signers, assessment_id=found)
    counts = queries.get_counts(house.alice)
    assert (counts.undecided, counts.to_list, counts.listed, counts.waiting_for_me) == (2, 1, 0, 0)
    assert queries.get_counts(signers[0]).waiting_for_me == 1
    [mine] = queries.list_decisions(signers[0], DecisionFilter(waiting_for_me=True)).items
    assert (mine.can_sign, mine.unsigned) == (True, 3)
    assert queries.list_decisions(house.carol, DecisionFilter()).items == []
    for days, wanted in ((0, "green"), (8, "yellow"), (10, "red")):
        [row] = queries.list_hazards(house.alice, HazardFilter(), at=AT + timedelta(days=days)).items
        assert (row.id, row.light) == (hazard.pk, wanted)
    assert queries.list_hazards(house.carol, HazardFilter(), at=AT).items == []


def test_the_ledger_is_a_file(house: House):
    make_major(house, make_signers(3))
    answer = services.export_ledger(house.super, HazardFilter(), "csv", at=AT)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "待挂牌" in text
    assert "GB35181-2017 6.5" in text
    assert AuditRow.objects.filter(action="major.export").count() == 1


def test_reading_a_page_costs_the_same_however_long_it_is(house: House, django_assert_max_num_queries):
    signers = make_signers(3)
    for _ in range(3):
        make_major(house, signers)
    with django_assert_max_num_queries(16):
        assert len(queries.list_hazards(house.alice, HazardFilter(), at=AT).items) == 3


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_last_signatures_given_at_once_make_one_hazard():
    house = make_house()
    make_edition()
    signers = make_signers(3)
    found = assess(house.bob, case_id=make_case(house)).command_id
    asked = propose(house.alice, signers, assessment_id=found).command_id
    start = Barrier(3)

    def deed(n: int) -> Fate:
        try:
            start.wait()
            return sign(signers[n], asked)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        fates = list(pool.map(deed, range(3)))
    assert sorted(fate.result["outcome"] for fate in fates) == ["agreed", "open", "open"]
    assert MajorHazard.objects.count() == 1


def test_the_matter_of_a_case_stays_while_its_hazard_is_major(house: House) -> None:
    signers, case = make_signers(4), make_case(house, matter_code="H301")

    def reclassify() -> str | None:
        return take(house.alice, step(case, "reclassify", matter_code="H101"))[0].code

    found = assess(house.alice, case_id=case)
    asked = propose(house.alice, signers[:3], assessment_id=found.command_id)
    for one in signers[:3]:
        sign(one, asked.command_id, agrees=False)  # declined: nothing is major
    assert reclassify() is None
    take(house.alice, step(case, "reclassify", matter_code="H301"))
    hazard = make_major(house, signers, case=case)
    assert reclassify() == "cases.major_stands"
    list_it(house.super, hazard)
    assert reclassify() == "cases.major_stands"
    tell(house.alice, hazard)
    reinspect(house.super, hazard)
    ends = propose(house.alice, signers[:3], hazard_id=hazard.pk, assessment_id=None)
    for one in signers[:3]:
        sign(one, ends.command_id)
    assert reclassify() is None
