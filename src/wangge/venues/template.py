"""The empty register that people fill in: the columns we know, an example, and what each column takes."""

from __future__ import annotations

from collections.abc import Iterator

from wangge.kernel.actor import Actor
from wangge.kernel.spreadsheets import write_csv, write_xlsx
from wangge.venues.export import MEDIA_TYPES, check_suffix
from wangge.venues.models import VenueClass

COLUMNS = (
    "编号", "名称", "类别代码", "标签", "地址", "经度", "纬度", "面积（平方米）", "高度（米）",
    "统一社会信用代码", "负责人", "负责人电话", "在营", "区划代码", "所属场所编号",
)  # fmt: skip
EXAMPLE = (
    "#示例 GS0001", "红星小卖部", "{class_code}", "三小;沿街", "人民路 12 号", "118.305", "31.305", "36",
    "3.5", "", "王某", "13800000000", "是", "340203005012", "",
)  # fmt: skip
NOTES = (
    "#说明 以“#说明”“#示例”开头的行不会导入。Rows that begin with #说明 or #示例 are not loaded.",
    "#说明 编号、类别代码、经度、纬度必填。编号在来源内唯一且不变，再次导入按编号更新。"
    "Id, class, longitude and latitude are needed. The id is unique in its source and never changes.",
    "#说明 类别代码：{classes}",
    "#说明 标签用分号隔开；在营填“是”或“否”；编号、信用代码、电话请设为文本格式。"
    "Tags are parted by semicolons; 在营 is 是 or 否; ids, credit codes and phones are text cells.",
    "#说明 所属场所编号填同一来源中上级场所的编号，如商场里的店铺填商场的编号。"
    "The whole: the id of the place that this one is a part of, such as the mall of a shop.",
    "#说明 文件没有的列保持原值，空单元格清空原值。"
    "A column that is not there is left as it is; an empty cell empties the field.",
)


def write_template(actor: Actor, suffix: str) -> tuple[str, Iterator[bytes]]:
    """Return the media type and the pieces of the template. Raises: NotYourRole, Unreadable. Rule: VE-21."""
    actor.check_can("venues.write")
    check_suffix(suffix)
    classes = list(VenueClass.objects.order_by("code").values_list("code", "name_zh"))
    known = "；".join(f"{code} {name}" for code, name in classes) or "—"
    first = classes[0][0] if classes else "shop"
    example = [cell.format(class_code=first) for cell in EXAMPLE]
    rows: list[dict[str, object]] = [dict(zip(COLUMNS, example, strict=True))]
    rows += [{"编号": note.format(classes=known)} for note in NOTES]
    return MEDIA_TYPES[suffix], write_csv(rows, COLUMNS) if suffix == "csv" else write_xlsx(rows, COLUMNS)
