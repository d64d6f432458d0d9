"""Evidence through HTTP: who hears what photos say, who exports, who checks (EV-1 … EV-10)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cases.makers import FAR_AWAY, HOUR, NEXT_DOOR, House, command, make_case, take
from tests.evidence.makers import LATER, local, make_photographed
from tests.makers import AT, make_client
from tests.photos import draw, store_photo, take_photo
from wangge.cases.models import CaseEvent
from wangge.cases.queries import verify_chains
from wangge.config import doctor
from wangge.evidence import services, signing
from wangge.evidence.models import EvidenceExport, State
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow, StoredFile

pytestmark = pytest.mark.django_db


def get(actor: Actor, path: str) -> Any:
    return make_client(actor).get(f"/api/evidence{path}")


def ask(actor: Actor, cases: list[UUID], **given: Any) -> Any:
    body = {"id": str(new_id()), "case_ids": [str(case) for case in cases], "reason": "法院调取"} | given
    return make_client(actor).post("/api/evidence/exports", body, content_type="application/json")


def verdicts(actor: Actor, case: UUID, seq: int | None = None) -> dict[str, str]:
    answer = get(actor, f"/cases/{case}")
    assert answer.status_code == 200, answer.content
    found = answer.json()["findings"]
    return {one["kind"]: one["verdict"] for one in found if seq in {None, one["seq"]}}


# ---- what photos say ----


def test_honest_photos_agree_with_the_claim(house: House) -> None:
    case = make_photographed(house)
    assert verdicts(house.chief, case, seq=1) == {"time": "agrees", "place": "agrees", "recycled": "agrees"}
    assert verdicts(house.chief, case, seq=5) == {
        "time": "agrees",
        "place": "agrees",
        "pair": "agrees",
        "recycled": "agrees",
        "position": "agrees",
    }
    said = get(house.chief, f"/cases/{case}").json()
    assert said["is_confirmed"] is False  # a preset says so
    assert [photo["taken_at"][:16] for photo in said["photos"]] == ["2025-10-13T02:00", "2025-10-13T03:54"]


def test_a_photo_of_another_day_and_place_is_told_in_plain_words(house: House) -> None:
    old = take_photo(1, local=local(-72), point=FAR_AWAY, Software="Adobe Photoshop 25.0")
    case = make_case(house, photos=[store_photo(old, actor=house.bob, at=AT)])
    found = {one["kind"]: one for one in get(house.chief, f"/cases/{case}").json()["findings"]}
    assert {kind: one["verdict"] for kind, one in found.items()} == {
        "time": "differs",
        "place": "differs",
        "recycled": "agrees",
        "edited": "differs",
    }
    assert "之前 3天" in found["time"]["zh"]
    assert "3 days before" in found["time"]["en"]
    assert found["place"]["value"] == pytest.approx(1900, rel=0.01)


def test_a_photo_without_exif_is_unknown(house: House) -> None:
    case = make_case(house, photos=[store_photo(take_photo(), actor=house.bob, at=AT)])
    assert verdicts(house.chief, case) == {"time": "unknown", "place": "unknown", "recycled": "agrees"}


def test_a_recycled_photo_is_found_also_when_it_was_saved_again(house: House) -> None:
    first = make_photographed(house)
    again = take_photo(picture=draw(1).resize((200, 150)), quality=50)
    second = make_case(house, photos=[store_photo(again, actor=house.bob, at=AT)], at=AT + HOUR * 5)
    answer = get(house.chief, f"/cases/{second}").json()
    [found] = [one for one in answer["findings"] if one["kind"] == "recycled"]
    assert found["verdict"] == "differs"
    assert found["used_before"] == [
        {"case_id": str(first), "seq": 1, "at": found["used_before"][0]["at"], "by_another": False}
        | {"is_same_bytes": False}
    ]
    assert verdicts(house.chief, first, seq=1)["recycled"] == "agrees"  # the earlier one is the original


def test_the_photo_before_is_no_photo_after(house: House) -> None:
    case = make_photographed(house, before=3, after=3)
    assert verdicts(house.chief, case, seq=5)["recycled"] == "differs"


def test_a_use_outside_the_readers_grids_is_counted_and_not_shown(house: House) -> None:
    photo = store_photo(take_photo(), actor=house.bob, at=AT)
    make_case(house, by="alice", photos=[photo], point=NEXT_DOOR)
    case = make_case(house, photos=[photo], at=AT + HOUR)
    answer = get(house.bob, f"/cases/{case}").json()
    [found] = [one for one in answer["findings"] if one["kind"] == "recycled"]
    assert (found["verdict"], found["used_before"]) == ("differs", [])
    assert "1 次在您的网格范围以外" in found["zh"]


def test_cases_of_one_visit_and_merged_ones_may_share_their_photo(house: House) -> None:
    photo = store_photo(take_photo(), actor=house.bob, at=AT)
    first = make_case(house, photos=[photo])
    second = make_case(house, photos=[photo], at=AT + HOUR)
    assert verdicts(house.chief, second)["recycled"] == "differs"
    [fate] = take(house.alice, command(second, "merge", merged_into=first, reason="同一处", at=AT + HOUR * 2))
    assert fate.code is None
    assert verdicts(house.chief, second)["recycled"] == "agrees"


def test_photos_of_before_are_compared_by_what_they_say_themselves(house: House) -> None:
    case = make_photographed(house)
    with connection.cursor() as cursor:  # as events were before they kept it
        cursor.execute(
            "UPDATE cases_caseevent SET detail = detail - 'photo_facts' WHERE case_id = %s", [case]
        )
    assert verdicts(house.chief, case, seq=1)["time"] == "agrees"
    StoredFile.objects.update(facts=None, looks=None)
    assert verdicts(house.chief, case, seq=1)["time"] == "unknown"


def test_only_those_who_verify_hear_it(house: House) -> None:
    case = make_photographed(house)
    codes = {who: get(house.named(who), f"/cases/{case}").status_code for who in ("alice", "han", "carol")}
    assert codes == {"alice": 403, "han": 403, "carol": 403}
    assert get(house.bob, f"/cases/{make_case(house, by='alice', point=NEXT_DOOR)}").status_code == 404


def test_the_page_costs_no_more_for_more_photos(house: House) -> None:
    def cost(case: UUID) -> int:
        with CaptureQueriesContext(connection) as asked:
            verdicts(house.chief, case)
        return len(asked)

    photos = [store_photo(take_photo(n), actor=house.bob, at=AT) for n in range(20, 29)]
    few, many = make_case(house, photos=photos[:1]), make_case(house, photos=photos)
    cost(few)
    assert cost(many) <= cost(few)


# ---- exports ----


def test_a_bundle_is_asked_for_made_and_fetched(house: House) -> None:
    case = make_photographed(house)
    asked = ask(house.super, [case, case]).json()
    assert (asked["state"], asked["cases"], asked["done"]) == ("waiting", 1, 0)
    assert get(house.super, f"/exports/{asked['id']}/file").status_code == 409
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'evidence.make_bundle'")
        [(given,)] = cursor.fetchall()
    given = json.loads(given) if isinstance(given, str) else given
    assert services.make_bundle(UUID(given["export_id"]), at=LATER) is True
    assert services.make_bundle(UUID(given["export_id"]), at=LATER) is False  # the job again
    ready = get(house.super, f"/exports/{asked['id']}").json()
    assert (ready["state"], ready["done"], get(house.super, "/exports").json()) == ("ready", 1, [ready])
    fetched = get(house.super, f"/exports/{asked['id']}/file")
    content = fetched.getvalue()
    assert (fetched["Content-Type"], content[:2], len(content)) == (
        "application/zip",
        b"PK",
        ready["size_bytes"],
    )
    actions = AuditRow.objects.filter(subject_type="evidence").order_by("id")
    assert list(actions.values_list("action", flat=True)) == ["evidence.export", "evidence.download"]
    assert actions[0].detail["reason"] == "法院调取"
    mark = CaseEvent.objects.get(case_id=case, action="export_evidence")
    assert mark.detail["export_id"] == asked["id"]
    assert "法院调取" not in str(mark.detail)
    assert list(verify_chains()) == []


def test_an_export_asked_for_twice_is_one(house: House) -> None:
    case, export = make_photographed(house), str(new_id())
    first, second = (ask(house.super, [case], id=export) for _ in range(2))
    assert first.json() == second.json()
    assert (
        ask(house.super, [case], id=export, reason="另一个理由").json()["code"] == "kernel.command_id_reused"
    )
    assert EvidenceExport.objects.count() == CaseEvent.objects.filter(action="export_evidence").count() == 1


def test_an_export_needs_the_post_the_scope_and_a_reason(house: House) -> None:
    case = make_photographed(house)
    assert ask(house.bob, [case]).status_code == 403
    assert ask(house.carol, [case]).status_code == 404
    assert ask(house.super, [case, new_id()]).status_code == 404
    for wrong in ({"reason": " "}, {"case_ids": []}, {"reason": "a\0b"}):
        assert ask(house.super, [case], **wrong).status_code == 422, wrong
    assert not EvidenceExport.objects.exists()
    asked = ask(house.super, [case]).json()
    for path in ("", "/file"):
        assert get(house.alice, f"/exports/{asked['id']}{path}").status_code == 404
        assert get(house.bob, f"/exports/{asked['id']}{path}").status_code == 403


def test_the_file_of_a_bundle_goes_after_a_week_and_its_record_stays(house: House, settings: Any) -> None:
    asked = ask(house.super, [make_photographed(house)]).json()
    services.make_bundle(UUID(asked["id"]), at=LATER)
    assert services.expire_exports(at=LATER + timedelta(days=6)) == 0
    assert services.expire_exports(at=LATER + timedelta(days=7, minutes=1)) == 1
    assert not list(settings.WANGGE_FILES.rglob("*.zip"))
    assert EvidenceExport.objects.get().state == State.EXPIRED
    assert get(house.super, f"/exports/{asked['id']}/file").json()["facts"] == {"state": "expired"}


def test_what_cannot_be_made_is_failed_and_can_be_made_again(house: House, monkeypatch: Any) -> None:
    asked = ask(house.super, [make_photographed(house)]).json()
    with monkeypatch.context() as broken:
        broken.setattr(services, "BundleWriter", None)
        with pytest.raises(TypeError):
            services.make_bundle(UUID(asked["id"]), at=LATER)
    assert get(house.super, f"/exports/{asked['id']}").json()["state"] == "failed"
    assert services.make_bundle(UUID(asked["id"]), at=LATER)


# ---- the key ----


def test_everybody_may_have_the_public_key_and_retired_ones_stay(house: House, settings: Any) -> None:
    [first] = Client().get("/api/evidence/keys").json()
    assert Client().get("/api/evidence/keys").json() == [first]
    assert first["pem"].startswith("-----BEGIN PUBLIC KEY-----")
    private = settings.WANGGE_SIGNING / "current.pem"
    assert private.stat().st_mode & 0o777 == 0o600
    fresh = services.rotate_key(at=LATER)
    keys = Client().get("/api/evidence/keys").json()
    assert [key["fingerprint"] for key in keys] == [fresh.fingerprint, first["fingerprint"]]
    assert [key["retired_at"] is None for key in keys] == [True, False]
    assert AuditRow.objects.filter(action="evidence.rotate_key").exists()
    private.write_text("no key")
    assert Client().get("/api/evidence/keys").json() == keys  # what was signed can still be checked
    for code, spoil in (("evidence.key_damaged", lambda: None), ("evidence.key_lost", private.unlink)):
        spoil()
        with pytest.raises(Refused) as refused:
            signing.sign(b"x", at=LATER)
        assert refused.value.code == code
        assert Client().get("/api/health").json() | {"version": ""} == {
            "status": "ok",
            "database": "ok",
            "signing_key": "lost",
            "version": "",
        }
        told = next(one for one in doctor.check_machine(1) if one.name == "signing_key")
        assert (told.level, "wangge evidence rotate" in told.remedy_zh) == ("bad", True)
    again = services.rotate_key(at=LATER)
    keys = Client().get("/api/evidence/keys").json()
    assert [key["fingerprint"] for key in keys if key["retired_at"] is None] == [again.fingerprint]
    assert len(keys) == 3
    assert Client().get("/api/health").json()["signing_key"] == "ok"
