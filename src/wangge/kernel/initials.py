"""The initials by which people type a Chinese name: 重庆小面 as cqxm (KE-31).

pypinyin knows the readings. Asked row by row it takes a quarter of a millisecond; a table of letters,
mended where a phrase reads a letter otherwise, takes some microseconds.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from functools import cache

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from wangge.kernel.terms import folded

LONGEST_PHRASE = 4
PLACES = {"朝阳": "cy"}  # names of places that the phrases read otherwise
HAN = "\u3400"  # below it there is nothing to read


def initials_of(text: str) -> str:
    """Return the initials of a text, with the other letters as a search compares them; "" if none is Chinese.

    Rule: KE-31.
    """
    if not text or max(text) < HAN:
        return ""
    plain = folded(text)
    found = list(plain.translate(_letters()))
    for place, letter in enumerate(plain):
        if letter in _phrases():
            found[place] = _in_phrase(plain, place) or found[place]
    return "".join(found)


def _in_phrase(text: str, place: int) -> str:
    """Return what the longest phrase around the letter reads it as, "" if there is none."""
    for phrase, offset, initial in _phrases()[text[place]]:
        if offset <= place and text.startswith(phrase, place - offset):
            return initial
    return ""


@cache
def _letters() -> dict[int, str]:
    """Return the initial of each letter's first reading."""
    return {letter: _initial(readings) for letter, readings in PINYIN_DICT.items() if chr(letter) >= HAN}


@cache
def _phrases() -> dict[str, list[tuple[str, int, str]]]:
    """Return letter → phrases that read it otherwise (phrase, place in it, initial), the longest first."""
    letters = _letters()
    found: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    for phrase, initials in PLACES.items():
        for offset, letter in enumerate(phrase):
            found[letter].append((phrase, offset, initials[offset]))
    for phrase, readings in PHRASES_DICT.items():
        if len(phrase) > LONGEST_PHRASE:
            continue
        for offset, (letter, (reading, *_)) in enumerate(zip(phrase, readings, strict=False)):
            if (initial := _initial(reading)) != letters.get(ord(letter)):
                found[letter].append((phrase, offset, initial))
    return {letter: sorted(some, key=lambda one: -len(one[0])) for letter, some in found.items()}


def _initial(reading: str) -> str:
    """Return the first letter without its tone: ā as a."""
    return unicodedata.normalize("NFD", reading)[0]
