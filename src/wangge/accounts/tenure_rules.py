"""What may be changed of a post that somebody holds. Source: docs/rules/accounts.md (AC-11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from wangge.accounts.rules import Held
from wangge.kernel.errors import Refused


class PostOver(Refused):
    code = "accounts.post_over"
    zh = "这个岗位已于 {ends_on} 结束，历史不再改动。如需继续任职，请重新任命。"
    en = "This post ended on {ends_on}, and what was stays. To go on, appoint the person anew."


class EndTooEarly(Refused):
    code = "accounts.end_too_early"
    zh = "最早可于 {earliest} 结束，之前的任职已成事实。请选择这一天或更晚的日期。"
    en = "It can end on {earliest} at the earliest: what was before stays. Choose that day or a later one."


class SamePostTwice(Refused):
    code = "accounts.same_post_twice"
    zh = "此人自 {starts_on} 起在同一辖区另有同一岗位。请改为在那天之前结束，或先调整那个岗位。"
    en = "The person holds the same post there from {starts_on} on. End this one by then, or change that one."


class PostBegan(Refused):
    code = "accounts.post_began"
    zh = "这个岗位已于 {starts_on} 开始，不能撤回。请改为填写结束日期。"
    en = "This post began on {starts_on} and cannot be withdrawn. Give it an end instead."


class OwnPost(Refused):
    """Whoever ends the own post may leave the territory without anybody who grants."""

    code = "accounts.own_post"
    zh = "不能改动自己的岗位。请由另一位安全管理员办理。"
    en = "You cannot change your own post. Ask another security administrator."


def check_end(post: Held, ends_on: date | None, *, today: date, others: Iterable[Held]) -> Held:
    """Return the post with its new end; `others`: the same role and scope, held by the same person.

    Raises: PostOver, EndTooEarly, SamePostTwice.
    Rule:   AC-11.
    """
    if post.ends_on is not None and post.ends_on <= today:
        raise PostOver(ends_on=post.ends_on)
    first = post.starts_on + timedelta(days=1)
    earliest = max(today, first)
    if ends_on is not None and ends_on < earliest:
        raise EndTooEarly(earliest=earliest)
    changed = replace(post, ends_on=ends_on)
    met = [other.starts_on for other in others if changed.overlaps(other) and not post.overlaps(other)]
    if met:
        raise SamePostTwice(starts_on=min(met))
    return changed


def check_withdrawal(starts_on: date, *, today: date) -> None:
    """Raises: PostBegan for a post that somebody may have acted in. Rule: AC-11."""
    if starts_on <= today:
        raise PostBegan(starts_on=starts_on)
