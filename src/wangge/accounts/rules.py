"""Posts and what each allows; guessing of passwords. Source: docs/rules/accounts.md (LN-07, DG-08)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from wangge.kernel.errors import Refused, Unreadable
from wangge.kernel.secrets import mask_phone


class Role(StrEnum):
    """The posts of the first circle; more come as data."""

    SYSTEM_ADMIN = "system_admin"  # 系统管理员
    SECURITY_ADMIN = "security_admin"  # 安全管理员
    AUDIT_ADMIN = "audit_admin"  # 审计管理员
    DISPATCHER = "dispatcher"  # 指挥中心坐席
    SUPERVISOR = "supervisor"  # 督查员
    GRID_CHIEF = "grid_chief"  # 网格长
    GRID_MEMBER = "grid_member"  # 网格员
    DEPARTMENT_HANDLER = "department_handler"  # 部门承办人
    CITIZEN = "citizen"  # 市民
    LEADER = "leader"  # 领导（只读）


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

_READ = frozenset({"territory.read", "venues.read", "checklists.read", "teams.read"})
_READ_ALL = _READ | {"cases.read", "orders.read", "matters.read", "documents.read", "major_hazards.read"}
_READ_ALL |= {"fires.read"}
_WATCH = frozenset({"oversight.read", "oversight.urge"})
_DOCUMENTS = frozenset({"documents.record", "documents.issue", "documents.reveal"})
_DRAWINGS = frozenset({"dossiers.open_drawings"})  # plans of places: not for who only keeps the house
_REVEAL = frozenset({"venues.reveal", "teams.reveal"})  # a phone unmasked, for a reason
_TEAMS = frozenset({"teams.write"})
_SITE = _DRAWINGS | {"teams.call"}  # and a team is called to a case
_AWAY = frozenset({"leave.take"})
_MERGE = frozenset({"venues.merge"})  # two dossiers of one place become one, or are parted again
_PLATES = frozenset({"plates.write"})  # plates on doors are printed and replaced
_CENSUS = frozenset({"census.open", "census.review"})
_MAJOR = frozenset({"major_hazards.assess", "major_hazards.decide"})
_PHONES = frozenset({"devices.revoke"})  # phones of people of the territory that are lost
_TARGETS = frozenset({"appraisal.set_targets"})  # what a territory is to reach
_FIRES = frozenset({"fires.write"})  # the local record of fires, and what is loaded into it
_PATROL = frozenset({"patrols.do"})  # one's own patrols, days and grid logs
_RECHECKS = frozenset({"rechecks.read", "rechecks.write"})  # what was done is drawn and looked at again
_VISIT = frozenset({"visits.read", "visits.do", "visits.reveal"})  # people who are visited: protected (VI-10)
_VISITS = frozenset({"visits.read", "visits.write", "visits.reveal", "visits.export"})
_LEDGERS = frozenset({"ledgers.read", "ledgers.export"})  # what is on file of a territory, as it is kept
_PATROLS = frozenset({"patrols.read", "patrols.export"})  # those of the territory: tracks are personal

# AC-1. Whoever reports does not handle (DG-08); a grid member only persuades and reports (LN-07).
CAPABILITIES: dict[Role, frozenset[str]] = {
    Role.SYSTEM_ADMIN: _READ
    | _TEAMS
    | {"territory.write", "venues.write", "packs.install", "accounts.write", "documents.configure"}
    | {"triage.read", "triage.train", "matters.read", "calendar.write", "notices.manage", "accounts.read"}
    | {"leave.read"}
    | _AWAY
    | _MERGE
    | _PLATES
    | _CENSUS
    | _PHONES,
    Role.SECURITY_ADMIN: frozenset({"accounts.grant", "accounts.read", "leave.read", "leave.grant"})
    | _AWAY
    | _PHONES,
    Role.AUDIT_ADMIN: frozenset({"audit.read"}) | _AWAY,
    Role.DISPATCHER: _READ_ALL
    | _SITE
    | _TEAMS
    | _DOCUMENTS
    | _MAJOR
    | {
        "cases.report",
        "cases.accept",
        "cases.dispatch",
        "cases.approve",
        "orders.plan",
        "venues.write",
        "cases.export",
        "cases.read_restricted",
        "matters.propose",
        "venues.export",
        "evidence.export",
        "major_hazards.export",
        "triage.read",
        "leave.read",
        "appraisal.read",
        "bulletins.read",
        "bulletins.make",
    }
    | _AWAY
    | _WATCH
    | _REVEAL
    | _MERGE
    | _PLATES
    | _CENSUS
    | _PATROLS
    | _VISITS
    | _LEDGERS
    | _TARGETS
    | _FIRES
    | {"fires.export"}
    | {"oversight.reply", "cases.move_deadlines", "cases.reclassify"},
    Role.SUPERVISOR: _READ_ALL
    | _SITE
    | _DOCUMENTS
    | _MAJOR
    | {"cases.verify", "cases.reopen", "cases.export", "venues.export", "orders.plan"}
    | {"evidence.read", "evidence.export", "major_hazards.list", "major_hazards.export", "triage.read"}
    | {"cases.read_restricted", "matters.review", "cases.reclassify", "cases.reclassify_late"}
    | _WATCH
    | _REVEAL
    | _AWAY
    | _PATROLS
    | _VISITS - {"visits.write"}
    | _LEDGERS
    | _PHONES
    | _RECHECKS
    | _TARGETS
    | _FIRES
    | {"fires.export"}
    | {
        "oversight.supervise",
        "cases.move_deadlines",
        "leave.read",
        "appraisal.read",
        "bulletins.read",
        "bulletins.make",
    },
    Role.GRID_CHIEF: _READ_ALL
    | _SITE
    | _TEAMS
    | {"cases.report", "cases.verify", "orders.do", "venues.write", "evidence.read", "census.answer"}
    | {"documents.record", "major_hazards.assess"}
    | _REVEAL
    | _AWAY
    | {"leave.read", "leave.grant", "appraisal.read", "bulletins.read"}
    | _MERGE
    | _PLATES
    | _CENSUS
    | _PATROL
    | _PATROLS
    | _VISIT
    | _VISITS
    | _LEDGERS
    | _PHONES
    | _RECHECKS
    | _FIRES
    | _WATCH,
    Role.GRID_MEMBER: _READ_ALL
    | _SITE
    | {"cases.report", "cases.verify", "orders.do", "venues.write", "evidence.read", "census.answer"}
    | {"documents.record", "major_hazards.assess"}
    | _AWAY
    | _PATROL
    | _VISIT
    | _REVEAL,
    Role.DEPARTMENT_HANDLER: _READ
    | _SITE
    | _DOCUMENTS
    | _MAJOR
    | {"cases.read", "cases.handle", "documents.read", "major_hazards.read", "major_hazards.list"}
    | {"fires.read"}
    | {"cases.read_restricted", "matters.read", "matters.propose"}
    | {"oversight.read", "oversight.answer"}
    | _AWAY,
    Role.CITIZEN: frozenset({"cases.report", "cases.read"}),
    Role.LEADER: _READ_ALL
    | _DRAWINGS
    | {"cases.export", "major_hazards.export", "triage.read", "cases.read_restricted", "oversight.read"}
    | {"leave.read", "patrols.read", "appraisal.read", "rechecks.read", "visits.read", "ledgers.read"}
    | {"bulletins.read", "fires.export"}
    | _AWAY,
}

# What a file or a printed list calls the posts; a pack may call them otherwise on screen.
ROLE_ZH = {
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDIT_ADMIN: "审计管理员",
    Role.DISPATCHER: "指挥中心坐席",
    Role.SUPERVISOR: "督查员",
    Role.GRID_CHIEF: "网格长",
    Role.GRID_MEMBER: "网格员",
    Role.DEPARTMENT_HANDLER: "部门承办人",
    Role.CITIZEN: "市民",
    Role.LEADER: "领导",
}

# AC-3. The three administrators watch each other (三员分立, GB/T 22239-2019 level 3).
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


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
