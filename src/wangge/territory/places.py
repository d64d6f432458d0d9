"""Places by name or code, divisions and grids in one list: where a post may be given. Rule: TE-32."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotYourRole
from wangge.territory.models import Division, Grid
from wangge.territory.queries import READ
from wangge.territory.schemas import NamedPlaceOut

SHOWN = 20


def find_places(actor: Actor, *, q: str, at: datetime) -> list[NamedPlaceOut]:
    """Return up to 20 divisions and grids inside the caller's scope, the widest first.

    Whoever grants posts needs the names of places and nothing else of the territory.
    Raises: NotYourRole.
    """
    if not (actor.can(READ) or actor.can("accounts.grant")):
        raise NotYourRole()
    named = Q(name__contains=q) | Q(code__startswith=q)
    divisions = Division.objects.filter(named, path__startswith=actor.scope, ended_at__isnull=True)
    grids = Grid.objects.visible_to(actor).valid_at(at).filter(named)
    found = [
        *divisions.order_by("path").values_list("path", "code", "name")[:SHOWN],
        *grids.order_by("path").values_list("path", "code", "name")[:SHOWN],
    ]
    by_path = {path: NamedPlaceOut(path=path, code=code, name=name) for path, code, name in reversed(found)}
    return sorted(by_path.values(), key=lambda one: (one.path.count("."), one.path))[:SHOWN]
