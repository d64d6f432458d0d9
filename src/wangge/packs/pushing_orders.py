"""The rows of a pack as the room of orders takes them."""

from __future__ import annotations

from wangge.orders import services as orders
from wangge.packs.schemas import Pack


def push_orders(pack: Pack) -> None:
    """Put seasons, the capacity of a day and the plan rules into force. Rule: PK-4, OR-1."""
    _push_seasons(pack)
    capacity = next((row for row in pack.capacity if row.code == "visits_a_day"), None)
    orders.install_capacity(
        int(capacity.value) if capacity else None,
        is_confirmed=bool(capacity and capacity.is_confirmed),
        riskiest_a_grid=next((int(row.value) for row in pack.capacity if row.code == "riskiest_a_grid"), 0),
        pack_version=pack.pack_version,
    )
    orders.install_risk_weights(
        [
            {
                "code": row.code,
                "name_zh": row.zh,
                "name_en": row.en,
                "signal": row.signal.value,
                "of": row.of or "",
                "points": row.points,
                "most": row.most,
                "source": row.source,
                "is_confirmed": row.is_confirmed,
            }
            for row in pack.risk_weights
        ],
        pack_version=pack.pack_version,
    )
    orders.install_visit_limits(
        [
            {"code": row.code, "value": row.value, "source": row.source, "is_confirmed": row.is_confirmed}
            for row in pack.visit_limits
        ],
        pack_version=pack.pack_version,
    )
    orders.install_plan_rules(
        [
            {
                "code": row.code,
                "name_zh": row.zh,
                "name_en": row.en,
                "classes": row.classes,
                "tags": row.tags,
                "subject": row.subject.value,
                "interval": row.interval.value,
                "anchor": row.anchor.value,
                "window_days": row.window_days,
                "tolerance_days": row.tolerance_days,
                "season": row.season or "",
                "checklist_code": row.checklist,
                "source": row.source,
                "is_confirmed": row.is_confirmed,
            }
            for row in pack.plans
        ],
        pack_version=pack.pack_version,
    )


def _push_seasons(pack: Pack) -> None:
    orders.install_seasons(
        [
            {
                "code": row.code,
                "name_zh": row.zh,
                "name_en": row.en,
                "source": row.source,
                "is_confirmed": row.is_confirmed,
                **row.model_dump(exclude={"code", "zh", "en", "source", "certainty"}, mode="json"),
            }
            for row in pack.seasons
        ],
        pack_version=pack.pack_version,
    )
