"""Teams as a file that can be loaded again, people masked. Rule: TM-14, TM-5."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import zip_longest

from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.secrets import mask_phone
from wangge.teams.file_rows import COLUMNS, DUTIES
from wangge.teams.models import Equipment, Team, TeamKind, TeamMember
from wangge.teams.queries import READ, phone_of, shown_name
from wangge.teams.rules import TeamDuty

PAGE = 200
DUTY_ZH = {duty: word for word, duty in DUTIES.items() if word and not word.isascii()}
EXAMPLE: dict[str, object] = {
    "编号": "#示例 WZ-001", "队伍": "花园社区微型消防站", "类型": "微型消防站", "辖区编码": "340203005012",
    "地址": "人民路 12 号", "经度": "118.305", "纬度": "31.305", "服务半径（米）": "1000",
    "服务网格": "340203005012001;340203005012002", "值班电话": "0553-3810119", "队员工号": "",
    "队员姓名": "张三", "队员电话": "13800000000", "职责": "队长", "器材名称": "水带", "器材类别": "",
    "器材数量": "6", "器材编号": "", "存放位置": "值班室", "保养间隔（天）": "30", "上次保养": "2026-10-01",
}  # fmt: skip
NOTES = (
    "#说明 以“#说明”“#示例”开头的行不会导入。Rows that begin with #说明 or #示例 are not loaded.",
    "#说明 一支队伍可占几行：编号相同，每行写一名队员、一件器材，队伍信息写在第一行。"
    "A team may have several rows with one code: a person and a piece of equipment a row.",
    "#说明 队员填工号，或填姓名和电话；带星号的姓名和电话保持原值。"
    "A member by staff number, or by name and phone; what is masked stays as it is.",
)


def export_teams(actor: Actor, *, at: datetime) -> Iterator[dict[str, object]]:
    """Return the standing teams of the caller's own territory, a row a person or piece, with an audit row.

    Raises: NotYourRole. Rule: TM-14; names of outside people and phones are masked.
    """
    actor.check_can(READ)
    actor.check_can("teams.write")
    audit.record([("teams.export", "team", "", {})], actor=actor, at=at)
    return _rows(actor)


def _rows(actor: Actor) -> Iterator[dict[str, object]]:
    kinds = dict(TeamKind.objects.values_list("code", "name_zh"))
    found = Team.objects.owned_by(actor).filter(is_standing=True).order_by("pk")
    last = None
    while teams := list(
        (found.filter(pk__gt=last) if last else found).prefetch_related("members__user", "equipment")[:PAGE]
    ):
        last = teams[-1].pk
        for team in teams:
            people = sorted(team.members.all(), key=lambda one: one.position)
            pieces = sorted(team.equipment.all(), key=lambda one: (one.name, str(one.pk)))
            for n, (one, piece) in enumerate(
                zip_longest(people, pieces) if people or pieces else [(None, None)]
            ):
                head = _head(team, kinds) if n == 0 else {COLUMNS["code"]: team.code or team.pk.hex}
                yield dict.fromkeys(COLUMNS.values(), "") | head | _person(one) | _piece(piece)


def _head(team: Team, kinds: dict[str, str]) -> dict[str, object]:
    said = (
        team.code or team.pk.hex, team.name, kinds.get(team.kind, team.kind), team.path, team.address,
        repr(team.lon), repr(team.lat), team.radius_m or "", ";".join(team.areas),
        phone_of(team.sealed_duty_phone),
    )  # fmt: skip
    return dict(zip(list(COLUMNS.values())[: len(said)], said, strict=True))


def _person(one: TeamMember | None) -> dict[str, object]:
    if one is None:
        return {}
    phone = mask_phone(phone_of(one.sealed_phone)) if one.sealed_phone else ""
    staff = (one.user.staff_number or "") if one.user else ""
    return {
        "队员工号": staff,
        "队员姓名": shown_name(one),
        "队员电话": phone,
        "职责": DUTY_ZH[TeamDuty(one.duty)],
    }


def _piece(one: Equipment | None) -> dict[str, object]:
    if one is None:
        return {}
    said = (
        one.name,
        one.kind,
        one.count,
        one.serial,
        one.storage,
        one.interval_days or "",
        one.last_on or "",
    )
    return dict(zip(list(COLUMNS.values())[-len(said) :], said, strict=True))
