"""Posts and what each allows. Source: docs/rules/accounts.md (domain.md §4.6, LN-07, DG-08)."""

from __future__ import annotations

from enum import StrEnum


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


_READ = frozenset({"territory.read", "venues.read", "checklists.read"})
_READ_ALL = _READ | {"cases.read", "orders.read"}

# AC-1. What each post may do. Whoever reports does not handle (DG-08); a grid member only persuades and reports (LN-07).
CAPABILITIES: dict[Role, frozenset[str]] = {
    Role.SYSTEM_ADMIN: _READ | {"territory.write", "venues.write", "packs.install", "accounts.write"},
    Role.SECURITY_ADMIN: frozenset({"accounts.grant"}),
    Role.AUDIT_ADMIN: frozenset({"audit.read"}),
    Role.DISPATCHER: _READ_ALL
    | {
        "cases.report",
        "cases.accept",
        "cases.dispatch",
        "cases.approve",
        "orders.plan",
        "venues.write",
        "cases.export",
        "venues.export",
    },
    Role.SUPERVISOR: _READ_ALL | {"cases.verify", "cases.reopen", "cases.export", "venues.export", "orders.plan"},
    Role.GRID_CHIEF: _READ_ALL | {"cases.report", "cases.verify", "orders.do", "venues.write"},
    Role.GRID_MEMBER: _READ_ALL | {"cases.report", "cases.verify", "orders.do", "venues.write"},
    Role.DEPARTMENT_HANDLER: _READ | {"cases.read", "cases.handle"},
    Role.CITIZEN: frozenset({"cases.report", "cases.read"}),
    Role.LEADER: _READ_ALL | {"cases.export"},
}
