"""Who sees what of the live stream, and where a broken one goes on. Source: docs/rules/console.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused

MOST_VIEWS = 50  # of one person on one page
LONGEST_MARK = 20_000  # letters of a mark that is read at all
_MARK = re.compile(r"[1-9]\d{0,18}:[1-9]\d{0,18}:(\d{1,19}(,\d{1,19})*)?")


class ViewNameTaken(Refused):
    code = "console.view_name_taken"
    zh = "已有名为“{name}”的视图，请换一个名称。"
    en = "There is a view named {name}. Choose another name."


class TooManyViews(Refused):
    code = "console.too_many_views"
    zh = "每页最多保存 {most} 个视图，请先删除不用的。"
    en = "At most {most} views a page: delete one first."


@dataclass(frozen=True, slots=True)
class LiveRow:
    """One step of a case, as the stream tells it: no text, no person."""

    number: int
    case_id: str
    action: str
    before: str
    after: str
    grid_path: str
    matter_code: str
    is_restricted: bool
    at: str


def may_listen(actor: Actor) -> bool:
    """Return whether the post has a live stream: whoever reads a territory's cases. Rule: LV-2."""
    return actor.can("cases.read") and actor.can("territory.read") and not actor.can("cases.handle")


def may_see(row: LiveRow, actor: Actor, *, restricted: bool) -> bool:
    """Return whether a row is told to somebody. Rule: LV-2: the scope first, restricted ones named posts."""
    return actor.covers(row.grid_path) and (restricted or not row.is_restricted)


def read_mark(text: str) -> str | None:
    """Return the mark of a browser that comes back, None for what is none. Rule: LV-1.

    A mark is a snapshot of PostgreSQL, xmin:xmax:xip_list: what was committed when the message was made.
    """
    if len(text) > LONGEST_MARK or not _MARK.fullmatch(text):
        return None
    low, high, under_way = text.split(":")
    numbers = [int(one) for one in under_way.split(",") if one]
    inside = all(int(low) <= one < int(high) for one in numbers)
    rises = all(one < after for one, after in pairwise(numbers))
    return text if int(low) <= int(high) < 2**62 and inside and rises else None
