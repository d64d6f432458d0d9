"""The posts. Source: docs/rules/accounts.md."""

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
