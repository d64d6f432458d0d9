"""A census of places: what members find, what a reviewer does with it. Source: docs/rules/census.md."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from wangge.kernel.errors import Refused


class Finding(StrEnum):
    """What a member found at a place (CE-2)."""

    SEEN = "seen"  # as recorded
    CHANGED = "changed"  # with the values
    GONE = "gone"  # no such place any more
    NEW = "new"  # a place that the register lacks
    DUPLICATE = "duplicate"  # another dossier is the same place


class Review(StrEnum):
    """What became of a finding (CE-4)."""

    NOTHING = "nothing"  # seen as recorded: there is nothing to decide
    WAITING = "waiting"
    ACCEPTED = "accepted"  # the register follows it
    KEPT = "kept"  # the register stays as it is


class CensusVerdict(StrEnum):
    ACCEPT = "accept"
    KEEP = "keep"


class Side(StrEnum):
    """Where a place stands when a register of somebody else is compared (CE-6)."""

    BOTH = "both"
    ONLY_HERE = "only_here"
    ONLY_THERE = "only_there"


# What may be asked of a place, in the order in which it is shown. CE-1
ASKABLE = (
    "name", "class_code", "tags", "address", "area_m2", "height_m", "credit_code", "keeper_name",
    "keeper_phone",
)  # fmt: skip
SEALED = frozenset({"keeper_phone"})
NEEDED_OF_NEW = ("name", "class_code")


class Closed(Refused):
    code = "census.closed"
    zh = "普查“{name}”已经结束，不能再填报或审核。"
    en = "The census {name} is closed; nothing more is answered or reviewed."


class NotItsTime(Refused):
    code = "census.not_its_time"
    zh = "普查“{name}”的时间是 {starts_on} 至 {ends_on}。"
    en = "The census {name} runs from {starts_on} to {ends_on}."


class BadFinding(Refused):
    status = 422
    code = "census.bad_finding"
    zh = "填报内容有误：{why_zh}"
    en = "This answer is not right: {why_en}"


class AcceptedAlready(Refused):
    code = "census.accepted_already"
    zh = "这处场所的普查结果已经采纳，不能再改报。"
    en = "What was found at this place was accepted before; it is not answered again."


class ReviewedAlready(Refused):
    code = "census.reviewed_already"
    zh = "这条结果已经审核过，或不需要审核。"
    en = "This was reviewed before, or needs no review."


class ChangedSince(Refused):
    code = "census.changed_since"
    zh = "填报之后档案的{what_zh}又改过。请核对两边，再决定是否采纳。"
    en = "The dossier's {what_en} changed after this was answered. Compare both sides before you decide."


def check_finding(
    finding: Finding, *, has_venue: bool, has_other: bool, values: Mapping[str, Any], asked: Collection[str]
) -> None:
    """Raises: BadFinding for what does not fit together. Rule: CE-2."""
    if (finding is Finding.NEW) == has_venue:
        raise _bad(
            *("新场所不带编号", "a new place has no dossier") if has_venue else ("缺少场所", "no place")
        )
    if (finding is Finding.DUPLICATE) != has_other:
        raise _bad("重复的场所要写明与哪一处重复", "a duplicate names the other dossier")
    if bool(values) != (finding in {Finding.CHANGED, Finding.NEW}):
        raise _bad("有变化或新增时才填写内容", "values go with what is changed or new")
    allowed = {*asked, *(NEEDED_OF_NEW if finding is Finding.NEW else ())}
    if strange := sorted(values.keys() - allowed):
        raise _bad(
            f"本次普查不问：{'、'.join(strange)}", f"this census does not ask for {', '.join(strange)}"
        )
    if finding is Finding.NEW and (lacks := [one for one in NEEDED_OF_NEW if not values.get(one)]):
        raise _bad(f"缺少：{'、'.join(lacks)}", f"it lacks {', '.join(lacks)}")


def _bad(why_zh: str, why_en: str) -> BadFinding:
    return BadFinding(why_zh=why_zh, why_en=why_en)


def first_review(finding: Finding) -> Review:
    """Return what waits for a reviewer: all but what is as recorded. Rule: CE-4."""
    return Review.NOTHING if finding is Finding.SEEN else Review.WAITING
