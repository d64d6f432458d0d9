"""Places by name or code, for whoever grants posts. Rule: TE-32."""

from __future__ import annotations

import pytest

from tests.ground import make_divisions
from tests.makers import ALICE, AT, CAROL, make_actor
from wangge.accounts.rules import Role
from wangge.kernel.errors import NotYourRole
from wangge.territory import places
from wangge.territory.models import Division

pytestmark = pytest.mark.django_db


def test_places_are_those_of_the_own_territory_the_widest_first() -> None:
    make_divisions()
    wide = make_actor(ALICE.acting_as(Role.SECURITY_ADMIN, scope="34."))
    paths = [one.path for one in places.find_places(wide, q="", at=AT)]
    assert paths == sorted(paths, key=lambda path: (path.count("."), path))
    assert set(paths) == set(Division.objects.values_list("path", flat=True))
    for one in places.find_places(wide, q="", at=AT):
        assert one in places.find_places(wide, q=one.code, at=AT)
        assert one in places.find_places(wide, q=one.name[1:], at=AT)


def test_neither_a_stranger_nor_somebody_without_the_role_is_told() -> None:
    make_divisions()
    assert places.find_places(make_actor(CAROL.acting_as(Role.SECURITY_ADMIN)), q="", at=AT) == []
    with pytest.raises(NotYourRole):
        places.find_places(make_actor(ALICE.acting_as(Role.AUDIT_ADMIN)), q="", at=AT)
