"""Posts that go together, addresses, guessing of passwords. Source: docs/rules/accounts.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from wangge.accounts.capabilities import CAPABILITIES as CAPABILITIES
from wangge.accounts.roles import ADMINISTRATORS as ADMINISTRATORS
from wangge.accounts.roles import ROLE_ZH as ROLE_ZH
from wangge.accounts.roles import Role as Role
from wangge.kernel.errors import Refused, Unreadable
from wangge.kernel.secrets import mask_phone


class Language(StrEnum):
    """In which people are written to."""

    ZH = "zh"
    EN = "en"


class Medium(StrEnum):
    """By what somebody is reached outside the house."""

    SMS = "sms"
    WECOM = "wecom"  # 企业微信
    DINGTALK = "dingtalk"  # 钉钉
    FEISHU = "feishu"  # 飞书
    EMAIL = "email"


_ACCOUNT = re.compile(r"[\w@.+-]{1,64}")
ADDRESS: Mapping[Medium, re.Pattern[str]] = {  # AC-8: one address, nothing that could be a second one
    Medium.SMS: re.compile(r"\+?[0-9]{5,15}"),
    Medium.EMAIL: re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,180}"),
    Medium.WECOM: _ACCOUNT,
    Medium.DINGTALK: _ACCOUNT,
    Medium.FEISHU: _ACCOUNT,
}


class PostsClash(Refused):
    """One person, two posts that must be two persons."""

    code = "accounts.posts_clash"
    zh = "同一人不能同时担任“{first}”和“{second}”。请把其中一个岗位交给另一人。"
    en = "One person cannot be {first} and {second} at the same time. Give one of the posts to somebody else."


class DepartmentMissing(Refused):
    """A handler without a department would see no case."""

    status = 422
    code = "accounts.department_missing"
    zh = "“部门承办人”岗位必须写明部门。"
    en = "A department handler's post must name the department."


class WrongCredentials(Refused):
    """Unknown username, wrong password or closed account: the three are not told apart."""

    status = 401
    code = "accounts.wrong_credentials"
    zh = "用户名或密码不正确。"
    en = "The username or the password is not right."


class TooManyFailures(Refused):
    status = 429
    code = "accounts.too_many_failures"
    zh = "失败次数过多，请在 {minutes} 分钟后再试。"
    en = "Too many failures. Try again in {minutes} minutes."


class NoPost(Refused):
    """The person is who they say, but holds no post today."""

    status = 403
    code = "accounts.no_post"
    zh = "您目前没有在任岗位，请联系安全管理员。"
    en = "You hold no post at present. Ask the security administrator."


class UsernameTaken(Refused):
    code = "accounts.username_taken"
    zh = "用户名“{username}”已被使用，请换一个。"
    en = "The username {username} is taken. Choose another."


def check_address(medium: Medium, address: str) -> str:
    """Return `address`. Raises: Unreadable if it is none of its medium. Rule: AC-8."""
    if not ADDRESS[medium].fullmatch(address):
        raise Unreadable(
            field=medium.value,
            why_zh="不是有效的号码、邮箱或账号",
            why_en="no such number, mailbox or account",
        )
    return address


def mask_address(medium: Medium, address: str) -> str:
    """Return the address as it may be shown. Rule: AC-8, KE-10."""
    if medium is Medium.SMS:
        return mask_phone(address)
    name, at, host = address.partition("@")
    return name[:1] + "***" + at + host


@dataclass(frozen=True, slots=True)
class Held:
    """A post somebody holds in `[starts_on, ends_on)`."""

    role: Role
    starts_on: date
    ends_on: date | None = None

    def overlaps(self, other: Held) -> bool:
        return (self.ends_on is None or other.starts_on < self.ends_on) and (
            other.ends_on is None or self.starts_on < other.ends_on
        )


def check_posts(held: Iterable[Held]) -> None:
    """Check the posts of one person against each other.

    Raises: PostsClash if one person would be two administrators, or security administrator and anything.
    Rule:   AC-3.
    """
    posts = list(held)
    for n, one in enumerate(posts):
        for other in posts[n + 1 :]:
            if one.overlaps(other) and _clash(one.role, other.role):
                raise PostsClash(first=one.role, second=other.role)


def _clash(one: Role, other: Role) -> bool:
    return one != other and ({one, other} <= ADMINISTRATORS or Role.SECURITY_ADMIN in {one, other})


@dataclass(frozen=True, slots=True)
class Attempts:
    failures: int
    last_at: datetime


def count_attempt(earlier: Attempts | None, *, at: datetime, limit: int, lock: timedelta) -> Attempts:
    """Count one more log-in attempt as a failure until it proves to be right.

    Counted before the password is looked at, so that a hundred guesses sent at once are still a hundred.
    Raises: TooManyFailures inside `lock` after the `limit`-th failure; such an attempt is not counted.
    Rule:   AC-4.
    """
    if earlier is None or at >= earlier.last_at + lock:
        return Attempts(1, at)
    if earlier.failures >= limit:
        left = earlier.last_at + lock - at
        raise TooManyFailures(minutes=-(-left // timedelta(minutes=1)))
    return Attempts(earlier.failures + 1, at)
