"""VE-23: tags are called by the pack's names."""

from __future__ import annotations

import pytest

from tests.makers import ALICE, make_venues, plain_actor
from wangge.venues import queries, services
from wangge.venues.schemas import VenueClassOut, VenueFilter

RED = VenueClassOut(code="key_unit", name_zh="重点单位", name_en="Key unit")


@pytest.mark.django_db
def test_a_tag_is_called_by_the_packs_name_and_an_unknown_one_by_its_code():
    services.install_tags([RED], pack_version="wuhu@1")
    [place] = make_venues(tags=["unheard_of", "key_unit"])
    [row] = queries.list_venues(plain_actor(ALICE), VenueFilter()).items
    assert [(one.code, one.name_zh, one.name_en) for one in row.tag_names] == [
        ("unheard_of", "unheard_of", "unheard_of"),
        ("key_unit", "重点单位", "Key unit"),
    ]
    assert queries.facts_of([place.pk])[place.pk].tag_names == row.tag_names


@pytest.mark.django_db
def test_another_pack_renames_a_tag_and_takes_none_away():
    services.install_tags([RED], pack_version="wuhu@1")
    other = VenueClassOut(code="high_rise", name_zh="高层", name_en="High")
    services.install_tags([other, RED.model_copy(update={"name_zh": "重点"})], pack_version="dongguan@1")
    assert [(one.code, one.name_zh) for one in queries.list_tags()] == [
        ("high_rise", "高层"),
        ("key_unit", "重点"),
    ]
