"""What a template may ask for. Each placeholder has an English and a Chinese name (DO-5). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PICTURE = "·picture·"  # stands where a photo goes, in samples
CHART = {  # a chart as `charts.Chart` reads it
    "title": "每日上报与办结",
    "is_line": False,
    "categories": ["周一", "周二", "周三"],
    "series": [{"name": "上报", "values": [12, 9, 15]}, {"name": "办结", "values": [8, 11, 13]}],
}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A word that a template may hold. `parts` are the fields of an item when it is a list of them."""

    name: str
    zh: str
    en: str
    sample: Any
    is_personal: bool = False
    parts: tuple[tuple[str, str], ...] = ()


PLACEHOLDERS: Sequence[Placeholder] = (
    Placeholder("number", "编号", "number of the document", "芜消整〔2026〕第0001号"),
    Placeholder("title", "标题", "title of the kind", "整改通知书"),
    Placeholder("organisation", "发文单位", "who issues it", "镜湖区消防大队"),
    Placeholder("issued_on", "发文日期", "day of issue", "2026年11月26日"),
    Placeholder("issuer", "经办人", "person who issues it", "李经办"),
    Placeholder("recipient", "受送达单位", "whom it is for", "赭山百货商场"),
    Placeholder("keeper", "负责人", "keeper of the place (personal)", "王**", is_personal=True),
    Placeholder("keeper_phone", "负责人电话", "phone (personal)", "139****1234", is_personal=True),
    Placeholder("address", "地址", "address", "赭山街道花园社区花园路 18 号 1 至 3 层"),
    Placeholder("grid", "所属网格", "grid", "花园社区第一网格"),
    Placeholder("case_number", "案件编号", "short number of the case", "01935E2A"),
    Placeholder("matter", "事项", "kind of matter", "安全出口锁闭、封堵"),
    Placeholder("matter_code", "事项代码", "code of the matter", "H102"),
    Placeholder("severity", "等级", "severity", "较大"),
    Placeholder("basis", "依据", "legal basis", "《消防法》第二十八条、第六十条"),
    Placeholder(
        "text", "情况", "what was found", "二层东侧安全出口上锁，检查时无法打开。\n通道内堆放纸箱约三米。"
    ),
    Placeholder("found_at", "发现时间", "when it was found", "2026年11月25日 09:30"),
    Placeholder("deadline", "整改期限", "until when", "2026年11月28日 24:00"),
    Placeholder("status", "办理阶段", "stage", "处置中"),
    Placeholder("department", "承办部门", "department that has it", "镜湖区消防大队"),
    Placeholder("handler", "承办人", "handler", "韩处置"),
    Placeholder("verifier", "复查人", "verifier", "苏督查"),
    Placeholder("demand", "要求", "what is demanded", "立即拆除门锁，清除堆物，保持安全出口畅通。"),
    Placeholder("conclusion", "结论", "what was concluded", "已整改，同意销号。"),
    Placeholder("note", "备注", "remark", "本通知书一式两份。"),
    Placeholder("photos", "照片", "photos of what was found", [PICTURE, PICTURE]),
    Placeholder("after_photos", "整改后照片", "photos after the fix", [PICTURE]),
    Placeholder(
        "events",
        "经过",
        "steps so far",
        [{"at": "2026年11月25日 09:30", "action": "上报", "who": "包步行", "text": "二层东侧安全出口上锁"}],
        parts=(("at", "时间"), ("action", "步骤"), ("who", "人员"), ("text", "说明")),
    ),
    Placeholder(
        "signatures",
        "签名",
        "signatures: role, name, picture",
        [{"role": "检查人", "name": "包步行", "picture": PICTURE}],
        parts=(("role", "身份"), ("name", "姓名"), ("picture", "图样")),
    ),
    Placeholder("period", "时段", "days that a bulletin tells of", "2026年11月16日至11月22日"),
    Placeholder("summary", "概述", "the period in words", "本周上报案件 36 件，较上周增长 20.0%。"),
    Placeholder(
        "figures",
        "指标表",
        "figures: name, value, the period before, a year before, change",
        [{"name": "上报案件", "value": "36", "last": "30", "year": "40", "change": "-10.0%"}],
        parts=(
            ("name", "名称"),
            ("value", "本期"),
            ("last", "上期"),
            ("year", "上年同期"),
            ("change", "同比"),
        ),
    ),
    Placeholder(
        "places",
        "各辖区",
        "territories below, each with its figures",
        [{"name": "花园社区", "reported": "9", "closed": "7", "late": "1", "done": "120", "found": "14"}],
        parts=(
            ("name", "名称"),
            ("reported", "上报"),
            ("closed", "办结"),
            ("late", "超期未结"),
            ("done", "完成工单"),
            ("found", "发现隐患"),
        ),
    ),
    Placeholder(
        "goals",
        "目标进度",
        "targets with plan and fact",
        [{"name": "每月排查场所", "plan": "30%", "fact": "31.2%", "standing": "达到"}],
        parts=(("name", "名称"), ("plan", "计划"), ("fact", "完成"), ("standing", "状态")),
    ),
    Placeholder("charts", "图表", "charts of the period", [CHART]),
)
BY_NAME: Mapping[str, Placeholder] = {one.name: one for one in PLACEHOLDERS}
KNOWN = frozenset(word for one in PLACEHOLDERS for word in (one.name, one.zh))
LISTS = frozenset(one.name for one in PLACEHOLDERS if isinstance(one.sample, list))


def whole(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts under both names; what is not known is empty, never missing. Rule: DO-5."""
    words: dict[str, Any] = {}
    for one in PLACEHOLDERS:
        value = facts.get(one.name)
        if one.parts:
            value = [_both_names(item, one.parts) for item in value or ()]
        words[one.name] = words[one.zh] = value if value is not None else [] if one.name in LISTS else ""
    return words


def sample() -> dict[str, Any]:
    """Return a value for every placeholder, for a preview. Rule: DO-5."""
    return {one.name: one.sample for one in PLACEHOLDERS}


def _both_names(item: Mapping[str, Any], parts: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {word: item.get(name, "") for name, zh in parts for word in (name, zh)}
