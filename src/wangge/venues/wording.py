"""What an import of venues can find wrong, and the remedy, in both languages."""

from __future__ import annotations

from wangge.territory.rules import Kind

NO_COLUMN = Kind(
    "venues.column_missing",
    "文件没有“{value}”列（需要：{needs}；现有：{there}）",
    "the file has no column “{value}” (for: {needs}; it has: {there})",
    "改列名，或说明它对应文件里的哪一列（命令行：--column {needs}=列名）",
    "rename the column, or say which of the file's it is (command line: --column {needs}=yours)",
)
EMPTY = Kind("venues.file_empty", "文件没有数据行", "the file holds no rows", "核对文件", "look at the file")
NO_CODE = Kind(
    "venues.bad_code",
    "编号“{value}”为空或超过 64 个字符",
    "the id “{value}” is empty or longer than 64 characters",
    "补全编号；同一来源内编号要唯一且不变",
    "fill it in; inside one source it is unique and never changes",
)
TWICE = Kind(
    "venues.code_twice",
    "编号“{value}”与第 {other} 行重复",
    "id “{value}” is also in row {other}",
    "只保留一行，或改正编号",
    "keep one of the rows, or correct the id",
)
ELSEWHERE = Kind(
    "venues.code_elsewhere",
    "编号“{value}”在来源“{source}”中已属于您范围之外的场所",
    "id “{value}” of source “{source}” already belongs to a venue outside your grids",
    "换一个来源名称，或请上级单位导入",
    "use another source name, or let the level above import it",
)
MERGED = Kind(
    "venues.merged_row",
    "编号“{value}”的场所已并入“{name}”，本行未导入",
    "the place with id “{value}” was merged into {name}; this row was left out",
    "无需处理；要改那份档案，请用它自己的编号",
    "nothing to do; to change that dossier use its own id",
    is_error=False,
)
NO_WHOLE = Kind(
    "venues.whole_unknown",
    "所属场所“{value}”不在本来源，也不在您的辖区",
    "the whole “{value}” is neither in this source nor in your territory",
    "填同一来源中上级场所的编号；不属于任何场所时留空",
    "write the id of the whole in the same source; leave it empty if it belongs to none",
)
CIRCLE = Kind(
    "venues.whole_circle",
    "归属关系绕回了自己：“{value}”已在本场所之下",
    "the place would be a part of itself: “{value}” lies below it already",
    "改正其中一行的所属场所编号",
    "correct the whole of one of the rows",
)
TOO_LONG = Kind(
    "venues.too_long",
    "内容超过 {longest} 个字",
    "longer than {longest} characters",
    "缩短内容",
    "shorten it",
)
BAD_VALUE = Kind(
    "venues.bad_value",
    "“{value}”不能作为{what_zh}",
    "“{value}” is no {what_en}",
    "改正该单元格，或清空它",
    "correct the cell, or empty it",
)
NO_CLASS = Kind(
    "venues.unknown_class",
    "场所类别“{value}”不在已安装的规则包中（现有：{there}）",
    "class “{value}” is in no installed policy pack (there are: {there})",
    "改用现有类别；文件没有类别列时用 --class 指定；一个也没有时先执行 wangge pack install",
    "use one of them; without a class column say --class; if there is none, run wangge pack install first",
)
BAD_CREDIT_CODE = Kind(
    "venues.bad_credit_code",
    "统一社会信用代码有误：{why_zh}",
    "the credit code is wrong: {why_en}",
    "对照营业执照核对；不清楚时留空",
    "compare it with the licence; leave it empty if unsure",
)
NO_POSITION = Kind(
    "venues.no_position",
    "没有位置：{why_zh}",
    "no position: {why_en}",
    "补全经度、纬度两列或图形",
    "fill in longitude and latitude, or a geometry",
)
NO_DIVISION = Kind(
    "venues.unknown_division",
    "区划代码“{value}”不存在",
    "division code “{value}” does not exist",
    "核对代码；新设的区划请先导入",
    "check the code; import new divisions first",
)
WRONG_DIVISION = Kind(
    "venues.wrong_division",
    "区划代码“{value}”与位置不符：该点在{place}（{path}）",
    "division code “{value}” and position disagree: the point lies in {place} ({path})",
    "核对坐标和代码，改正错的一项",
    "check position and code, correct the wrong one",
)
OUTSIDE = Kind(
    "venues.outside_territory",
    "该点在 {territory} 之外：离最近的{place} {metres} 米，超过 {limit} 米",
    "the point lies outside {territory}: {metres} m from {place}, the nearest grid; the limit is {limit} m",
    "核对坐标、坐标系和 --territory；确属本地的，用 --max-distance 放宽",
    "check position, datum and --territory; if it does belong here, widen --max-distance",
)
ORPHAN = Kind(
    "venues.orphan",
    "不在任何网格内，最近的是{place}，相距 {metres} 米",
    "in no grid; the nearest is {place}, {metres} m away",
    "已按孤立点存入 {territory}；补画网格或改正坐标后重新导入即可归格",
    "stored as an orphan of “{territory}”; it finds its grid when the gap is drawn or the point corrected",
    is_error=False,
)
NO_GRIDS = Kind(
    "venues.no_grids",
    "{value} 内没有“{layer}”图层的网格",
    "there is no grid of layer {layer} inside {value}",
    "先导入网格：wangge import grids",
    "import grids first: wangge import grids",
)
DATUM = Kind(
    "venues.datum_suspect",
    "标为 {datum} 时有 {misfit_pct}% 的点不在网格内，按 {other} 换算只有 {other_pct}%",
    "as {datum} {misfit_pct} % of the points lie in no grid, as {other} only {other_pct} %",
    "向数据提供方核实坐标系；若确为 {other}，用 --datum {other} 重新导入",
    "ask whoever made the file; if it is {other}, import again with --datum {other}",
    is_error=False,
)
CRS = Kind(
    "venues.crs_unknown",
    "文件声明的坐标参考系 {value} 不受支持",
    "the file names the reference system {value}, which is not read",
    "转换为 WGS-84（EPSG:4326）或 CGCS2000（EPSG:4490）后再导入",
    "convert it to WGS-84 (EPSG:4326) or CGCS2000 (EPSG:4490) first",
)
