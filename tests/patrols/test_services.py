"""Patrols against a real database: duty, points, the figures of a day, their retention, the grid log."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import numpy as np
import pytest
from django.db import connection

from tests.ground import make_divisions, make_grids
from tests.makers import ALICE, AT, CAROL, NOBODY, ON, make_actor, make_venues, plain_actor
from tests.patrols.makers import (
    INSIDE,
    OUTSIDE,
    START,
    make_patrol,
    make_points,
    make_step,
    make_walker,
    rows,
)
from wangge.dossiers import services as dossiers
from wangge.dossiers.quality_schemas import HollowFilter
from wangge.dossiers.queries import list_hollow
from wangge.kernel import audit
from wangge.kernel.datum import from_wgs84
from wangge.kernel.errors import CommandIdReused, NotVisible
from wangge.kernel.ids import assemble
from wangge.patrols import packing, queries, services
from wangge.patrols.models import GridLog, PatrolDay, TrackChunk
from wangge.patrols.rules import PatrolAction, TokenUnknown
from wangge.patrols.schemas import DayFilter, GridLogCommand, LogFilter, TrackerIn
from wangge.plates.models import Plate

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _ground():
    make_divisions()
    make_grids()


@pytest.fixture
def bob():
    return make_walker()


def day_of(actor, on=ON):
    return PatrolDay.objects.get(user_id=actor.user_id, on=on)


def test_a_patrol_is_counted_to_the_minute_and_attained(bob):
    make_patrol(bob)
    fate = make_points(bob, rows(minutes=121) + rows(START + 122 * MINUTE, minutes=58, place=OUTSIDE))
    assert fate.result == {"kept": 181, "refused": []}
    assert services.count_arrived(at=AT) == 1
    day = day_of(bob)
    # One jump over two kilometres in a minute is no patrol: it is flagged and does not count.
    assert (day.inside_s, day.anywhere_s, day.flagged_s) == (121 * 60, (121 + 58) * 60, 60)
    assert (day.attained, day.missing_s, day.grid_path) == (True, 0, "34.02.03.005.012.001.")
    assert [one["why"] for one in day.remarks] == ["too_fast"]


def test_a_recount_gives_the_same_and_a_batch_twice_changes_nothing(bob):
    make_patrol(bob)
    batch = assemble(AT, 7)
    assert make_points(bob, rows(), id=batch).outcome == "applied"
    services.count_arrived(at=AT)
    before = PatrolDay.objects.values().get()
    again = make_points(bob, rows(), id=batch)
    assert (again.outcome, again.status, again.result["kept"]) == ("repeated", 208, 181)
    assert TrackChunk.objects.count() == 1
    make_points(bob, rows()[5:60])  # the same points in another batch
    services.recount([bob.user_id], ON, at=AT)
    assert PatrolDay.objects.values().get() == before
    other = make_points(bob, rows(minutes=9), id=batch)
    assert (other.status, other.code) == (409, "patrols.batch_id_reused")


BAD = [
    ("patrols.off_duty", rows(START - 30 * MINUTE, minutes=0)),
    ("patrols.in_the_future", rows(AT + 10 * MINUTE, minutes=0)),
    ("patrols.too_late", rows(AT - timedelta(hours=73), minutes=0)),
    ("patrols.out_of_city", rows(minutes=0, place=(118.50, 31.305))),
    ("patrols.no_position", [[START.timestamp() * 1000, 218.0, 31.305, 5, 0]]),
    ("patrols.no_position", [[START.timestamp() * 1000, float("nan"), 31.305, 5, 0]]),
]


@pytest.mark.parametrize(("code", "bad"), BAD)
def test_a_bad_point_is_refused_by_name_in_two_languages_and_not_kept(bob, code, bad):
    make_patrol(bob)
    fate = make_points(bob, [*rows(minutes=3), *bad])
    (told,) = fate.result["refused"]
    assert (fate.result["kept"], told["code"], told["items"]) == (4, code, [4])
    assert told["zh"]
    assert told["en"]
    assert TrackChunk.objects.get().count == 4


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("patrols.batch_id_no_uuid7", {"id": uuid4()}),
        ("patrols.batch_id_no_uuid7", {"id": assemble(AT + timedelta(days=2), 1)}),
        ("kernel.unreadable", {"datum": "mars"}),
        ("patrols.too_many_points", {"points": rows(every_s=10)}),
    ],
)
def test_a_batch_that_is_none_is_refused_whole(bob, code, more):
    make_patrol(bob)
    fate = make_points(bob, more.pop("points", rows(minutes=3)), **more)
    assert (fate.status, fate.code, TrackChunk.objects.count()) == (422, code, 0)


def test_points_off_duty_are_not_kept_and_a_pause_is_off_duty(bob):
    session = make_patrol(bob, minutes=None)
    make_step(bob, PatrolAction.PAUSE, session, START + 60 * MINUTE)
    make_step(bob, PatrolAction.RESUME, session, START + 90 * MINUTE)
    fate = make_points(bob, rows())
    assert (fate.result["kept"], len(fate.result["refused"][0]["items"])) == (181 - 29, 29)
    services.count_arrived(at=AT)
    assert day_of(bob).inside_s == (60 + 90) * 60
    alone = plain_actor(ALICE, user_id=bob.user_id + 1)
    assert services.ingest_points([], actor=alone, at=AT) == []
    assert make_points(alone, rows()).code == "kernel.not_your_role"


def test_gcj02_is_moved_before_it_is_judged(bob):
    make_patrol(bob)
    lon, lat = from_wgs84(*INSIDE, "gcj02")
    assert make_points(bob, rows(place=(lon, lat)), datum="gcj02").result["kept"] == 181
    services.count_arrived(at=AT)
    assert day_of(bob).inside_s == 180 * 60


def test_a_patrol_nobody_stopped_ends_by_itself(bob):
    make_patrol(bob, minutes=None)
    later = START + timedelta(hours=20)
    assert make_points(bob, rows(START + timedelta(hours=17), minutes=5), now=later).result["kept"] == 0
    services.count_arrived(at=later)
    assert queries.get_mine(bob, at=later).session is None
    assert day_of(bob).sessions[0]["ends_at"] == (START + timedelta(hours=16)).isoformat()


@pytest.mark.parametrize(
    ("code", "action", "minutes"),
    [
        ("patrols.already_on_duty", PatrolAction.START, 5),
        ("patrols.backwards", PatrolAction.PAUSE, -5),
        ("patrols.not_on_duty", PatrolAction.RESUME, 5),
        ("patrols.in_the_future", PatrolAction.STOP, 200),
        ("patrols.too_late", PatrolAction.STOP, -75 * 60),
    ],
)
def test_a_step_that_cannot_be_is_refused(bob, code, action, minutes):
    session = make_patrol(bob, minutes=None)
    fate = make_step(
        bob, action, uuid4() if action is PatrolAction.START else session, START + minutes * MINUTE
    )
    assert (fate.code, bool(fate.zh), bool(fate.en)) == (code, True, True)


def test_a_second_patrol_may_not_cover_the_first(bob):
    make_patrol(bob)
    assert make_step(bob, PatrolAction.START, uuid4(), START + MINUTE).code == "patrols.overlapping"
    assert make_step(bob, PatrolAction.STOP, uuid4(), START).code == "kernel.not_visible"


def test_a_scanned_plate_credits_a_dead_zone(bob):
    session = make_patrol(bob, minutes=None)
    (venue,) = make_venues(lon=INSIDE[0], lat=INSIDE[1])
    plate = Plate.objects.create(
        code="7K3M9PXQ2R4T", kind="venue", venue=venue, made_at=AT, made_by=bob.user_id
    )
    fate = make_step(
        bob, PatrolAction.CHECK_IN, session, START + 60 * MINUTE, plate=f"http://x/q/{plate.code}"
    )
    assert fate.code is None, fate
    make_points(bob, rows(minutes=45) + rows(START + 75 * MINUTE, minutes=30))
    services.count_arrived(at=AT)
    assert day_of(bob).credited_s == 30 * 60
    wrong = make_step(bob, PatrolAction.CHECK_IN, session, START + 61 * MINUTE, plate="nonsense")
    assert wrong.code == "plates.gone"


def test_a_closed_day_has_a_row_for_who_was_not_out(bob):
    assert services.close_day(ON, at=AT + timedelta(days=1)) == 1
    day = day_of(bob)
    assert (day.attained, day.missing_s, day.inside_s) == (False, 7200, 0)
    assert services.close_day(ON, at=AT + timedelta(days=1)) == 0


def test_raw_points_go_after_the_retention_and_the_day_stands(bob):
    make_patrol(bob)
    make_points(bob, rows())
    soon, late = AT + timedelta(days=119), AT + timedelta(days=121)
    assert services.forget_points(at=soon) == 0
    assert services.forget_points(at=late) == 1
    day = day_of(bob)
    assert (TrackChunk.objects.count(), day.inside_s, day.is_kept) == (0, 180 * 60, True)
    services.recount([bob.user_id], ON, at=late)
    assert day_of(bob).inside_s == 180 * 60


def test_points_lie_sealed(bob):
    points = np.array([[1e12, 118.305, 31.305, 5, 1]])
    sealed = packing.pack(points, 1e12)
    assert packing.unpack([(1e12, sealed)]).tolist() == [[1e12, 118.305, 31.305, 5.0, 1.0]]
    assert sealed != packing.pack(points, 1e12)
    make_patrol(bob)
    make_points(bob, rows(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT points FROM patrols_trackchunk")
        stored = bytes(cursor.fetchone()[0])
    assert len(stored) == 2 * 15 + 28


def test_days_are_seen_by_the_territory_and_by_oneself(bob):
    make_patrol(bob)
    make_points(bob, rows())
    services.count_arrived(at=AT)
    alice, carol = make_actor(ALICE), make_actor(CAROL)
    page = queries.list_days(alice, DayFilter(q="包步"))
    assert [one.member_name for one in page.items] == ["包步行"]
    assert queries.list_days(alice, DayFilter(attained=False)).items == []
    assert queries.list_days(carol, DayFilter()).items == []
    assert len(queries.list_days(bob, DayFilter(mine=True)).items) == 1
    with pytest.raises(NotVisible):
        queries.get_day(carol, page.items[0].id)
    assert len(list(queries.export_days(alice, DayFilter(), at=AT))) == 1


def test_a_log_writes_itself_is_edited_and_signed_once(bob):
    make_patrol(bob)
    make_points(bob, rows())
    services.count_arrived(at=AT)
    audit.record([("orders.complete", "order", "1", {"outcome": "inspected"})] * 2, actor=bob, at=AT)
    audit.record([("cases.report", "case", "1", {})], actor=bob, at=AT)
    log = queries.get_log(bob, ON, at=AT)
    assert (log.minutes, [one.zh for one in log.facts]) == (180, ["上报问题 1 件", "检查场所 2 处"])
    assert log.text == "网格内巡查 180 分钟；上报问题 1 件；检查场所 2 处。"

    def save(**fields):
        command = GridLogCommand(id=uuid4(), on=fields.pop("on", ON), **fields)
        return services.save_log([command], actor=bob, at=AT)[0]

    assert save(text="东门消防通道已清理。", base_version=0).result["version"] == 1
    assert save(text="x", base_version=0).code == "kernel.version_conflict"
    assert save(text="东门消防通道已清理。", sign=True, base_version=1).code is None
    assert save(text="x", base_version=2).code == "patrols.already_signed"
    assert save(on=ON + timedelta(days=1), text="x", base_version=0).code == "patrols.in_the_future"
    assert save(on=date(2025, 10, 1), base_version=0).code == "patrols.nothing_done"
    assert [one.text for one in queries.list_logs(make_actor(ALICE), LogFilter(signed=True)).items]
    assert queries.list_logs(make_actor(CAROL), LogFilter()).items == []


def test_the_night_writes_the_logs_of_all_and_leaves_the_written_alone(bob):
    make_patrol(bob)
    make_points(bob, rows())
    services.close_day(ON, at=AT + timedelta(days=1))
    services.close_day(ON, at=AT + timedelta(days=1))
    assert GridLog.objects.get().facts["minutes"] == 180


def test_a_tracker_is_paired_once_sends_and_is_revoked(bob):
    new = TrackerIn(id=uuid4(), name="旧手机", kind="osmand")
    tracker, token = services.pair_tracker(new, actor=bob, at=AT)
    assert token.encode() not in bytes(tracker.token_digest)
    with pytest.raises(CommandIdReused):
        services.pair_tracker(new, actor=bob, at=AT)
    make_patrol(bob)
    fields = {"id": token, "lat": "31.305", "lon": "118.305", "timestamp": str(int(START.timestamp()))}
    assert services.take_osmand(fields, b"", at=AT).result["kept"] == 1
    assert services.take_osmand(fields, b"", at=AT).outcome == "repeated"
    with pytest.raises(NotVisible):
        services.revoke_tracker(new.id, actor=plain_actor(ALICE.acting_as(bob.role), user_id=NOBODY), at=AT)
    services.revoke_tracker(new.id, actor=bob, at=AT)
    with pytest.raises(TokenUnknown):
        services.take_osmand(fields, b"", at=AT)


def test_copied_logs_make_a_grid_hollow_in_the_night(bob):
    row = {"code": "copied_logs", "times": 3, "days": 5, "percent": 90, "measure": "hollow", "weight": None}
    named = {"name_zh": "日志雷同", "name_en": "Logs alike", "source": "TZ-06", "is_confirmed": False}
    dossiers.install_standards(
        [{**row, **named, "needs": "", "of": "", "classes": []}], pack_version="test@1"
    )

    def say(day, text):
        GridLog.objects.create(
            user_id=bob.user_id, on=ON - timedelta(days=day), grid_path=bob.scope, text=text, version=1
        )

    for day in (0, 1, 5):  # the sixth day back is not looked at
        say(day, "一切正常")
    for day in (2, 3):
        say(day, "")  # as it wrote itself
    assert services.count_copied(ON) == 1
    dossiers.count_grids(at=AT)
    assert list_hollow(plain_actor(ALICE), HollowFilter()).items == []
    say(4, "一切正常！")
    services.count_copied(ON)
    dossiers.count_grids(at=AT)
    [hollow] = list_hollow(plain_actor(ALICE), HollowFilter(sign="copied_logs")).items
    assert (hollow.path, hollow.copied_days, hollow.signs) == (bob.scope, 3, ["copied_logs"])
