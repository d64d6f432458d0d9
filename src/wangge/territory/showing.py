"""Grids as a list shows them: who leads, of what kind, and who is in charge today. Rule: TE-34, AC-18."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wangge.accounts import queries as accounts
from wangge.territory.charge import charges_of
from wangge.territory.models import Duty, Grid, GridMember
from wangge.territory.schemas import GridOut


def show_grids(rows: Sequence[Grid], layer: str, on: date) -> list[GridOut]:
    """Return the rows with the names of their members, in a handful of statements."""
    paths = [row.path for row in rows]
    led = GridMember.objects.filter(layer=layer, path__in=paths, duty=Duty.PRIMARY, ends_on__isnull=True)
    members = {path: (user, name) for path, user, name in led.values_list("path", "user_id", "user__name")}
    charges = {path: one for path, one in charges_of(paths, layer, on).items() if one.away_until}
    names = accounts.names_of([one.in_charge for one in charges.values() if one.in_charge])
    kinds = accounts.kinds_at((user, path) for path, (user, _) in members.items())
    shown = []
    for row in rows:
        user, name = members.get(row.path, (0, None))
        charge = charges.get(row.path)
        shown.append(
            GridOut(
                id=row.id,
                layer=row.layer,
                path=row.path,
                code=row.code,
                name=row.name,
                tier=row.tier,
                area_m2=row.area_m2,
                households=row.households,
                member_name=name,
                member_kind_zh=kinds.get((user, row.path), ("", ""))[0],
                member_kind_en=kinds.get((user, row.path), ("", ""))[1],
                away_until=charge.away_until if charge else None,
                substitute_name=names.get(charge.in_charge or 0) if charge else None,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                bbox=(row.min_lon, row.min_lat, row.max_lon, row.max_lat),
            )
        )
    return shown
