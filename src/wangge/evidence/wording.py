"""What people read about evidence, in both languages."""

from __future__ import annotations

from wangge.evidence.rules import Finding, Kind, Verdict


def minutes_zh(minutes: float) -> str:
    """Return a length of time as people say it."""
    return _length(minutes, "分钟", "小时", "天")


def minutes_en(minutes: float) -> str:
    """Return a length of time as people say it."""
    return _length(minutes, " min", " h", " days")


def _length(minutes: float, *units: str) -> str:
    for unit, size in zip(reversed(units), (1440, 60, 1), strict=True):
        if abs(minutes) >= size or size == 1:
            return f"{abs(minutes) / size:.0f}{unit}"
    raise AssertionError


def words_of(finding: Finding, *, hidden: int) -> tuple[str, str]:
    """Return the finding as a sentence in Chinese and English; `hidden` uses are not the reader's to see."""
    if finding.kind is Kind.EDITED:
        return f"照片信息显示经“{finding.said}”处理过。", f"The photo says that {finding.said} changed it."
    if finding.kind is Kind.RECYCLED:
        return _recycled(finding, hidden)
    if finding.verdict is Verdict.UNKNOWN or finding.value is None:
        return _UNKNOWN[finding.kind]
    return _time(finding) if finding.kind is Kind.TIME else _place(finding)


_UNKNOWN = {
    Kind.TIME: ("照片没有拍摄时间，无法比对。", "The photo does not say when it was taken."),
    Kind.PLACE: ("照片没有拍摄位置，无法比对。", "The photo does not say where it was taken."),
    Kind.POSITION: ("这一步没有手机位置，无法比对。", "The step does not say where the phone was."),
    Kind.PAIR: ("整改前后照片没有位置，无法比对。", "The photos before and after do not say where."),
}
_PLACES = {
    Kind.PLACE: ("拍摄位置距上报位置", "Taken", "from the reported point"),
    Kind.POSITION: ("操作时手机距上报位置", "The phone was", "from the reported point"),
    Kind.PAIR: ("拍摄位置距整改前照片", "Taken", "from the photo before"),
}


def _time(finding: Finding) -> tuple[str, str]:
    value, limit = finding.value or 0, finding.limit or 0
    if value < 0:
        zh = f"照片拍摄于这一步之后 {minutes_zh(value)}"
        en = f"Taken {minutes_en(value)} after the step"
    else:
        zh, en = f"照片拍摄于这一步之前 {minutes_zh(value)}", f"Taken {minutes_en(value)} before the step"
    if finding.verdict is Verdict.AGREES:
        return f"{zh}，时间相符。", f"{en}: it fits."
    return (
        f"{zh}（一般不超过 {minutes_zh(limit)}），请核实。",
        f"{en}, usually within {minutes_en(limit)}: look again.",
    )


def _place(finding: Finding) -> tuple[str, str]:
    zh, verb, place = _PLACES[finding.kind]
    zh, en = f"{zh} {finding.value:.0f} 米", f"{verb} {finding.value:.0f} m {place}"
    if finding.verdict is Verdict.AGREES:
        return f"{zh}，位置相符。", f"{en}: it fits."
    return (
        f"{zh}（一般不超过 {finding.limit} 米），请核实。",
        f"{en} (usually within {finding.limit} m): look again.",
    )


def _recycled(finding: Finding, hidden: int) -> tuple[str, str]:
    if finding.verdict is Verdict.AGREES:
        return "此前没有用过这张照片。", "The photo was not used before."
    same = any(use.is_same_bytes for use in finding.uses)
    zh = "同一张照片" if same else "非常相似的照片"
    en = "The same photo" if same else "A photo that looks the same"
    count = len(finding.uses)
    often = "once" if count == 1 else f"{count} times"
    zh, en = f"{zh}此前用过 {count} 次", f"{en} was used {often} before"
    if hidden:
        zh, en = f"{zh}（其中 {hidden} 次在您的网格范围以外）", f"{en} ({hidden} outside your grids)"
    return f"{zh}，请核实。", f"{en}: look again."
