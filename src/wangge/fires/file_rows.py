"""Fires as rows of a file, and a row of a file as a fire. Rule: FR-7."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wangge.fires.models import Fire
from wangge.fires.rules import NOTICE_ZH, FireSource, FireStatus
from wangge.kernel.clock import CHINA
from wangge.teams.rules import paths_of_code

COLUMNS = {
    "code": "编号",
    "occurred_at": "发生时间",
    "grid": "网格编码",
    "address": "地址",
    "lon": "经度",
    "lat": "纬度",
    "source": "来源",
    "cause": "起火原因",
    "place": "起火场所",
    "status": "状态",
    "confirmed_at": "确定火情时间",
    "out_at": "出警时间",
    "ended_at": "结束救援时间",
    "dead": "死亡",
    "injured": "受伤",
    "loss": "直接财产损失（元）",
    "text": "说明",
    "notice": "性质",
}
TABLE = list(COLUMNS.values())
STATUS_ZH = {
    FireStatus.REPORTED: "已接报",
    FireStatus.CONFIRMED: "已确定火情",
    FireStatus.OUT: "已出警",
    FireStatus.ENDED: "已结束救援",
    FireStatus.DISMISSED: "误报",
}
SOURCE_ZH = {
    FireSource.BRIGADE: "消防救援",
    FireSource.MEMBER: "网格员",
    FireSource.CITIZEN: "群众",
    FireSource.ALARM: "设备报警",
    FireSource.OTHER: "其他",
}
EXAMPLE: dict[str, object] = {
    "编号": "#示例 HZ-2026-001",
    "发生时间": "2026-03-08 21:40",
    "网格编码": "340203005012001",
    "地址": "人民路 12 号",
    "经度": "118.305",
    "纬度": "31.305",
    "来源": "消防救援",
    "起火原因": "电气",
    "起火场所": "住宅",
    "状态": "已结束救援",
    "确定火情时间": "2026-03-08 21:44",
    "出警时间": "2026-03-08 21:46",
    "结束救援时间": "2026-03-08 22:30",
    "死亡": "0",
    "受伤": "0",
    "直接财产损失（元）": "3500",
    "说明": "厨房起火",
}
NOTES = (
    "#说明 编号相同的行更新已有登记；经纬度为 WGS-84，可以不填。Rows are known by their number (编号).",
    f"#说明 {NOTICE_ZH}",
)


@dataclass(frozen=True, slots=True)
class Known:
    """What a file may name."""

    fires: Mapping[str, Fire]
    paths: frozenset[str]  # inside the territory of whoever loads it
    words: Mapping[str, str]  # name or code -> code


@dataclass(slots=True)
class Read:
    """A row as it was read: what it says, or in which column it is wrong."""

    values: dict[str, Any] = field(default_factory=dict)
    wrong: list[tuple[str, str]] = field(default_factory=list)  # column, what stands there

    def cell(self, cells: Mapping[str, str], name: str) -> str:
        return cells.get(COLUMNS[name], "").strip()


def row_of(fire: Fire, words: Mapping[str, tuple[str, str]]) -> dict[str, object]:
    """Return a fire as a row that can be loaded again."""
    said = (
        fire.code or fire.pk.hex,
        fire.occurred_at,
        fire.grid_path,
        fire.address,
        "" if fire.lon is None else repr(fire.lon),
        "" if fire.lat is None else repr(fire.lat),
        SOURCE_ZH[FireSource(fire.source)],
        words.get(fire.cause, (fire.cause,))[0],
        words.get(fire.place, (fire.place,))[0],
        STATUS_ZH[FireStatus(fire.status)],
        fire.confirmed_at or "",
        fire.out_at or "",
        fire.ended_at or "",
        fire.dead,
        fire.injured,
        f"{fire.loss_fen / 100:.2f}",
        fire.text,
        NOTICE_ZH,
    )
    return dict(zip(TABLE, said, strict=True))


def read_row(cells: Mapping[str, str], known: Known) -> Read:
    """Return what a row says. Nothing is guessed: what cannot be read is named by its column."""
    read = Read()
    _put(read, cells, "status", _named(STATUS_ZH, FireStatus.ENDED.value))
    _put(read, cells, "source", _named(SOURCE_ZH, FireSource.OTHER.value))
    for name in ("occurred_at", "confirmed_at", "out_at", "ended_at"):
        _put(read, cells, name, _moment)
    for name in ("cause", "place"):
        _put(read, cells, name, lambda text: known.words[text] if text else "")
    for name in ("dead", "injured"):
        _put(read, cells, name, _count)
    _put(read, cells, "loss", _fen)
    _put(read, cells, "grid", lambda text: _path(text, known.paths))
    _put(read, cells, "lon", lambda text: _degrees(text, 180))
    _put(read, cells, "lat", lambda text: _degrees(text, 90))
    for name, most in (("address", 128), ("text", 500)):
        _put(read, cells, name, lambda text, most=most: _short(text, most))
    if read.values.get("occurred_at", 0) is None:
        read.wrong.append((COLUMNS["occurred_at"], ""))
    if (read.values.get("lon") is None) != (read.values.get("lat") is None):
        read.wrong.append((COLUMNS["lon"], read.cell(cells, "lon")))
    return read


def _put(read: Read, cells: Mapping[str, str], name: str, turn: Any) -> None:
    text = read.cell(cells, name)
    try:
        read.values[name] = turn(text)
    except (ValueError, KeyError):
        read.wrong.append((COLUMNS[name], text))


def _named(words: Mapping[Any, str], plain: str) -> Any:
    known = {zh: one.value for one, zh in words.items()} | {one.value: one.value for one in words}
    return lambda text: known[text] if text else plain


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=CHINA)


def _count(text: str) -> int:
    count = int(text or "0")
    if not 0 <= count <= 100_000:
        raise ValueError
    return count


def _fen(text: str) -> int:
    fen = round(float(text or "0") * 100)
    if not 0 <= fen <= 10**14:
        raise ValueError
    return fen


def _degrees(text: str, most: int) -> float | None:
    if not text:
        return None
    degrees = float(text)
    if not -most <= degrees <= most:
        raise ValueError
    return degrees


def _path(text: str, paths: frozenset[str]) -> str:
    """A path as it went out, or the code of a grid or division."""
    for path in candidates(text):
        if path in paths:
            return path
    raise ValueError


def candidates(text: str) -> list[str]:
    """Return the paths that a cell may mean."""
    return [text] if text.endswith(".") else paths_of_code(text)


def _short(text: str, most: int) -> str:
    if len(text) > most or "\0" in text:
        raise ValueError
    return text
