"""TW-6: simulated people write as people do, by the seed; half of it avoids the catalogue's words."""

from __future__ import annotations

import random

from wangge.cases.rules import Channel
from wangge.packs.reading import read
from wangge.triage.rules import by_word, find_words
from wangge.twin.sayings import say, sayings


def test_every_hazard_of_the_pack_has_sayings_of_its_own() -> None:
    known = sayings().sayings
    played = [row.code for row in read("base").matters if row.code.startswith("H")]  # no other trade
    assert sorted(known) == played
    texts = [text for of_it in known.values() for text in of_it]
    assert len(texts) == len(set(texts))


def test_the_same_draw_says_the_same() -> None:
    said = [say("H302", Channel.CITIZEN, random.Random(7)) for _ in range(2)]
    assert said[0] == said[1]
    assert say("P999", Channel.CITIZEN, random.Random(7)) == "路过发现，请尽快处理"
    assert say("P999", Channel.PATROL, random.Random(7)) == "巡查发现"


def test_words_alone_do_not_find_everything_that_people_say() -> None:
    owners = by_word({row.code: row.words_zh for row in read("base").matters})
    texts = [(code, text) for code, of_it in sayings().sayings.items() for text in of_it]
    found = sum(code in find_words(text, owners) for code, text in texts)
    assert 0.3 < found / len(texts) < 0.8
