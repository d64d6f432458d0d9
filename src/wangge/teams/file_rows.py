"""The rows of one team in a file: text in, a whole team out. Rule: TM-14."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from wangge.kernel.datum import to_wgs84
from wangge.kernel.ids import new_id
from wangge.kernel.secrets import mask_phone
from wangge.teams import file_wording as wording
from wangge.teams.models import Equipment, Team, TeamMember
from wangge.teams.queries import phone_of, shown_name
from wangge.teams.rules import TeamDuty, is_masked
from wangge.territory.rules import Kind, Problems, closed

IDS = UUID("019ac0de-11ce-7000-8000-7ea350000001")  # a code makes the id of its team, and of what it has
HEAD = {
    "code": "编号", "name": "队伍", "kind": "类型", "path": "辖区编码", "address": "地址", "lon": "经度",
    "lat": "纬度", "radius_m": "服务半径（米）", "areas": "服务网格", "duty_phone": "值班电话",
}  # fmt: skip
PERSON = {"staff": "队员工号", "person": "队员姓名", "phone": "队员电话", "duty": "职责"}
PIECES = {
    "piece": "器材名称", "piece_kind": "器材类别", "count": "器材数量", "serial": "器材编号",
    "storage": "存放位置", "interval": "保养间隔（天）", "last_on": "上次保养",
}  # fmt: skip
COLUMNS = {**HEAD, **PERSON, **PIECES}
DUTIES = {
    word: duty
    for duty, zh in ((TeamDuty.LEADER, "队长"), (TeamDuty.DEPUTY, "副队长"), (TeamDuty.MEMBER, "队员"))
    for word in (zh, duty.value)
} | {"": TeamDuty.MEMBER}
Wrong = Callable[..., None]


@dataclass(slots=True)
class Sheet:
    """The rows of one team; of the head the first row that says something counts."""

    code: str
    head: dict[str, str] = field(default_factory=dict)
    rows: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)


class TeamRows:
    """The rows of a file by team."""

    def __init__(self) -> None:
        self.teams: dict[str, Sheet] = {}

    def add(self, number: int, cells: Mapping[str, str]) -> bool:
        """Take a row; return False for one without a code."""
        code = cell(cells, "code")
        if not 0 < len(code) <= 32:
            return False
        sheet = self.teams.setdefault(code, Sheet(code))
        sheet.rows.append((number, cells))
        for key in HEAD:
            if text := cell(cells, key):
                sheet.head.setdefault(key, text)
        return True


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows are read against."""

    teams: Mapping[str, Team]
    kinds: Mapping[str, str]
    pieces: Mapping[tuple[str, str], str]
    paths: set[str]
    people: Mapping[str, int]
    datum: str


def cell(cells: Mapping[str, str], key: str) -> str:
    return (cells.get(COLUMNS[key]) or cells.get(key) or "").strip()


def path_of(text: str) -> str:
    """Return the closed path of a code as people write it, "" of no code."""
    try:
        return closed(text)
    except ValueError:
        return ""


def told_of(one: TeamMember) -> tuple[object, ...]:
    """Return what a file says of somebody."""
    return (one.user_id, "" if one.user_id else one.name, phone_of(one.sealed_phone), one.duty)


def piece_of(one: Equipment) -> tuple[object, ...]:
    """Return what a file says of a piece."""
    return (one.kind, one.name, one.count, one.serial, one.storage, one.interval_days, one.last_on)


def read_team(sheet: Sheet, known: Known, problems: Problems) -> dict[str, Any] | None:
    """Return the team whole as `TeamIn` takes it, with what the file says of people and pieces beside it;
    None with everything noted that is wrong."""
    reader = _Reader(sheet, known, problems)
    given = reader.head() | reader.members() | reader.equipment()
    return None if reader.is_bad else given


class _Reader:
    def __init__(self, sheet: Sheet, known: Known, problems: Problems) -> None:
        self.sheet, self.known, self.problems = sheet, known, problems
        self.team = known.teams.get(sheet.code)
        self.team_id = self.team.pk if self.team else uuid5(IDS, sheet.code)
        self.is_bad = False

    def wrong(self, kind: Kind, key: str, value: str, row: int | None = None, **facts: Any) -> None:
        self.is_bad = True
        self.problems.add(kind, row or self.sheet.rows[0][0], COLUMNS[key], value, **facts)

    def head(self) -> dict[str, Any]:
        said, team = self.sheet.head, self.team
        name = said.get("name", team.name if team else "")
        kind = self.known.kinds.get(said.get("kind", team.kind if team else ""))
        path = path_of(said.get("path", team.path if team else ""))
        if not name or len(name) > 64:
            self.wrong(wording.NO_NAME, "name", name)
        if kind is None:
            choice = "、".join(sorted({one for one in self.known.kinds if not one.isascii()})) or "—"
            self.wrong(wording.BAD_KIND, "kind", said.get("kind", ""), choice=choice)
        if path not in self.known.paths and (team is None or path != team.path):
            self.wrong(wording.NO_PLACE, "path", said.get("path", ""))
        lon, lat = self._position()
        return {
            "id": new_id(), "team_id": self.team_id, "base_version": team.version if team else 0,
            "code": team.code if team else self.sheet.code,
            "kind": kind, "name": name, "path": path, "lon": lon, "lat": lat,
            "address": said.get("address", team.address if team else ""),
            "radius_m": self._number("radius_m", said.get("radius_m", ""), team.radius_m if team else None),
            "areas": self._areas(), "duty_phone": self._duty_phone(),
        }  # fmt: skip

    def _position(self) -> tuple[float, float]:
        said, team = self.sheet.head, self.team
        if team is not None and "lon" not in said and "lat" not in said:
            return team.lon, team.lat
        try:
            lon, lat = float(said.get("lon", "")), float(said.get("lat", ""))
        except ValueError:
            self.wrong(wording.NO_POSITION, "lon", f"{said.get('lon', '')}, {said.get('lat', '')}")
            return 0.0, 0.0
        return to_wgs84(lon, lat, self.known.datum)

    def _areas(self) -> list[str]:
        text = self.sheet.head.get("areas")
        if text is None:
            return list(self.team.areas) if self.team else []
        found = []
        for code in filter(None, text.replace("；", ";").split(";")):
            path = path_of(code.strip())
            if path not in self.known.paths:
                self.wrong(wording.NO_PLACE, "areas", code)
            found.append(path)
        return found

    def _duty_phone(self) -> str:
        stands = phone_of(self.team.sealed_duty_phone) if self.team else ""
        said = self.sheet.head.get("duty_phone", stands)
        return stands if is_masked(said) else said

    def _number(self, key: str, text: str, otherwise: int | None, row: int | None = None) -> int | None:
        if not text:
            return otherwise
        if not text.isdigit() or int(text) < 1:
            self.wrong(wording.BAD_NUMBER, key, text, row)
            return otherwise
        return int(text)

    def _has(self, *keys: str) -> bool:
        """Return whether the file has one of the columns."""
        return any(COLUMNS[key] in cells or key in cells for _, cells in self.sheet.rows for key in keys)

    def members(self) -> dict[str, Any]:
        """Return the people: in the order of the rows; without a column, as they stand."""
        stands = sorted(self.team.members.all(), key=lambda one: one.position) if self.team else []
        if not self._has("staff", "person"):
            said_now = [told_of(one) for one in stands]
            return {"members": [_as_it_is(one) for one in stands], "said_members": said_now}
        members, said = [], []
        for row, cells in self.sheet.rows:
            staff, name, phone = cell(cells, "staff"), cell(cells, "person"), cell(cells, "phone")
            if not (staff or name):
                continue
            duty = DUTIES.get(cell(cells, "duty"))
            if duty is None:
                self.wrong(wording.BAD_DUTY, "duty", cell(cells, "duty"), row)
                continue
            one = self._member(row, staff, name, phone, duty, stands)
            if one is not None:
                members.append(one[0])
                said.append(one[1])
        return {"members": members, "said_members": said}

    def _member(
        self, row: int, staff: str, name: str, phone: str, duty: TeamDuty, stands: list[TeamMember]
    ) -> tuple[dict[str, Any], tuple[object, ...]] | None:
        user_id = self.known.people.get(staff) if staff else None
        if staff and user_id is None:
            self.wrong(wording.NO_PERSON, "staff", staff, row)
            return None
        same = next((one for one in stands if _is(one, user_id, name, phone)), None)
        if user_id is None and is_masked(name) and same is None:
            self.wrong(wording.MASKED, "person", name, row)
            return None
        if same is not None:
            kept = phone_of(same.sealed_phone) if is_masked(phone) or not phone else phone
            told = {**_as_it_is(same), "duty": duty.value}
            told |= {} if kept == phone_of(same.sealed_phone) else {"phone": kept}
            return told, (same.user_id, "" if same.user_id else same.name, kept, duty.value)
        plain = "" if is_masked(phone) else phone
        pk = uuid5(self.team_id, f"member:{staff or f'{name}:{plain}'}")
        said = "" if user_id else name
        told = {"id": pk, "user_id": user_id, "name": said, "phone": plain, "duty": duty.value}
        return told, (user_id, said, plain, duty.value)

    def equipment(self) -> dict[str, Any]:
        """Return the pieces; without a column, as they stand."""
        stands = sorted(self.team.equipment.all(), key=lambda one: str(one.pk)) if self.team else []
        if not self._has("piece"):
            pieces = [{"id": one.pk, **dict(zip(OF_PIECE, piece_of(one), strict=True))} for one in stands]
            return {"equipment": pieces, "said_pieces": [piece_of(one) for one in stands]}
        pieces = []
        for row, cells in self.sheet.rows:
            if name := cell(cells, "piece"):
                pieces.append(self._piece(row, cells, name))
        pieces.sort(key=lambda one: str(one["id"]))
        return {"equipment": pieces, "said_pieces": [tuple(one[key] for key in OF_PIECE) for one in pieces]}

    def _piece(self, row: int, cells: Mapping[str, str], name: str) -> dict[str, Any]:
        kind, said = self.sheet.head.get("kind", ""), cell(cells, "piece_kind")
        code = self.known.kinds.get(kind, self.team.kind if self.team else "")
        serial, storage = cell(cells, "serial"), cell(cells, "storage")
        day = cell(cells, "last_on").replace("/", "-")
        try:
            last_on = date.fromisoformat(day[:10]) if day else None
        except ValueError:
            self.wrong(wording.BAD_DAY, "last_on", day, row)
            last_on = None
        return {
            "id": uuid5(self.team_id, f"piece:{name}:{serial}:{storage}"),
            "kind": self.known.pieces.get((code or "", said or name), ""),
            "name": name,
            "count": self._number("count", cell(cells, "count"), 1, row),
            "serial": serial,
            "storage": storage,
            "interval_days": self._number("interval", cell(cells, "interval"), None, row),
            "last_on": last_on,
        }


OF_PIECE = ("kind", "name", "count", "serial", "storage", "interval_days", "last_on")


def _as_it_is(one: TeamMember) -> dict[str, Any]:
    """Return a member so that saving leaves name and phone as they are."""
    phone = mask_phone(phone_of(one.sealed_phone)) if one.sealed_phone else ""
    name = "" if one.user_id else shown_name(one)
    return {"id": one.pk, "user_id": one.user_id, "name": name, "phone": phone, "duty": one.duty}


def _is(one: TeamMember, user_id: int | None, name: str, phone: str) -> bool:
    """Return whether a row names this member: by account, by whole name, or masked as it went out."""
    if user_id is not None or one.user_id is not None:
        return one.user_id == user_id
    known = phone_of(one.sealed_phone)
    if is_masked(name):
        return shown_name(one) == name and (not phone or phone in (known, mask_phone(known)))
    return one.name == name and (is_masked(phone) or phone in ("", known))
