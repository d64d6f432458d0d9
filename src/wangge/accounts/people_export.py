"""People and posts of a territory as rows of a table, phones masked. Rule: AC-19, AC-10."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Q

from wangge.accounts.leave_models import StaffWord
from wangge.accounts.models import Address, Post
from wangge.accounts.rules import ROLE_ZH, Medium, Role, mask_address
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.secrets import decrypt

AT_ONCE = 2_000


def export_people(actor: Actor, *, within: str, only_now: bool, at: datetime) -> Iterator[dict[str, object]]:
    """Yield a row a post of the caller's territory, by person; who exports is written down.

    Raises: NotYourRole.
    Rule:   AC-19. A lent post is nobody's own and is left out.
    """
    actor.check_can("accounts.read")
    scope = within if within.startswith(actor.scope) else actor.scope
    audit.record([("accounts.export_people", "user", "", {"within": scope})], actor=actor, at=at)
    return _rows(scope, only_now, at.astimezone(CHINA).date())


def _rows(scope: str, only_now: bool, on: date) -> Iterator[dict[str, object]]:
    posts = Post.objects.filter(scope__startswith=scope, lent_for__isnull=True)
    if only_now:
        posts = posts.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)
    words = {(w.list, w.code): w.name_zh for w in StaffWord.objects.all()}
    after = (0, 0)
    while True:
        later = Q(user_id__gt=after[0]) | Q(user_id=after[0], pk__gt=after[1])
        page = list(
            posts.filter(later).select_related("user", "department").order_by("user_id", "pk")[:AT_ONCE]
        )
        if not page:
            return
        phones = _phones({post.user_id for post in page})
        yield from (_row(post, phones, words) for post in page)
        after = (page[-1].user_id, page[-1].pk)


def _phones(user_ids: set[int]) -> dict[int, str]:
    rows = Address.objects.filter(user_id__in=user_ids, medium=Medium.SMS.value)
    found = rows.values_list("user_id", "sealed")
    return {user_id: mask_address(Medium.SMS, decrypt(sealed)) for user_id, sealed in found}


def _row(post: Post, phones: dict[int, str], words: dict[tuple[str, str], str]) -> dict[str, object]:
    return {
        "工号": post.user.staff_number or "",
        "用户名": post.user.username,
        "姓名": post.user.name,
        "手机": phones.get(post.user_id, ""),
        "岗位": ROLE_ZH[Role(post.role)],
        "辖区编码": post.scope,
        "辖区名称": post.scope_name,
        "部门编码": post.department.code if post.department else "",
        "人员类别": words.get(("staff_kind", post.kind), post.kind),
        "用工来源": words.get(("employment", post.employment), post.employment),
        "开始日期": post.starts_on,
        "结束日期": post.ends_on,
    }
