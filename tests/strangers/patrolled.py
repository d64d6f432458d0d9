"""What A has of patrols: a day with points, a grid log, a tracker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from tests.cases.makers import House
from tests.makers import AT, BOB
from tests.strangers.beside import LOOKED_AT
from wangge.kernel.ids import assemble, new_id
from wangge.patrols import services
from wangge.patrols.models import PatrolDay, PatrolSession
from wangge.patrols.rules import PatrolAction
from wangge.patrols.schemas import DutyCommand, GridLogCommand, TrackerIn


def make_patrolled(house: House) -> dict[str, Any]:
    """Return what of it stands in an address or a body."""
    session, start = new_id(), AT - timedelta(hours=1)
    for action, at in ((PatrolAction.START, start), (PatrolAction.STOP, AT)):
        step = DutyCommand(id=new_id(), at=at, action=action, session_id=session)
        [fate] = services.take_duty([step], actor=house.bob, at=AT)
        assert fate.status == 200, fate
    row = [(start.timestamp() + 60) * 1000, 118.305, 31.305, 5, 0]
    track = [row, [row[0] + 60_000, *row[1:]]]
    batch = services.TrackBatch(assemble(AT, 99), np.array(track))
    assert services.ingest_points([batch], actor=house.bob, at=AT)[0].result["kept"] == 2
    services.recount([house.bob.user_id], AT.date(), at=AT)
    log = GridLogCommand(id=new_id(), on=AT.date(), text="雪松楼道已清", base_version=0)
    assert services.save_log([log], actor=house.bob, at=AT)[0].status == 200
    tracker = TrackerIn(id=new_id(), name="雪松手机", kind="osmand")
    services.pair_tracker(tracker, actor=house.bob, at=AT)
    PatrolSession.objects.create(  # and one that goes on when A is looked at
        id=new_id(),
        user_id=house.bob.user_id,
        grid_path=BOB.scope,
        started_at=LOOKED_AT - timedelta(hours=1),
        last_at=LOOKED_AT,
        touched_at=LOOKED_AT,
    )
    day = PatrolDay.objects.get(user_id=house.bob.user_id, on=AT.date())
    return {"session_id": session, "day_id": day.pk, "tracker_id": tracker.id, "track": track}
