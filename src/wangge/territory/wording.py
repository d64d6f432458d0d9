"""What an import of divisions or grids can find wrong, and the remedy, in both languages."""

from __future__ import annotations

from wangge.territory.rules import Kind

BAD_CODE = Kind(
    "territory.bad_division_code",
    "区划代码“{value}”不是 2、4、6、9 或 12 位数字",
    "division code “{value}” has not 2, 4, 6, 9 or 12 digits",
    "核对代码；表格软件常会丢掉前导零或改成科学计数，请把该列设为文本后重新导出",
    "check the code; spreadsheets drop leading zeros: make the column text and export again",
)
BAD_OWN_CODE = Kind(
    "territory.bad_own_code",
    "代码“{value}”不能用作网格代码",
    "“{value}” cannot be the code of a grid",
    "用 1 到 24 位数字、字母、- 或 _，不能为空；核对代码列",
    "use 1 to 24 digits, letters, - or _, and look whether it is the right column",
)
NO_NAME = Kind(
    "territory.bad_name",
    "名称为空或超过 64 个字",
    "the name is empty or longer than 64 characters",
    "补全或缩短名称",
    "fill in or shorten the name",
)
TWICE = Kind(
    "territory.code_twice",
    "代码“{value}”与第 {other} 行重复",
    "code “{value}” is also in row {other}",
    "只保留一行",
    "keep one of the rows",
)
NO_PARENT = Kind(
    "territory.parent_missing",
    "代码“{value}”的上级区划 {parent} 不在文件中，也不在系统中",
    "the parent {parent} of code “{value}” is neither in the file nor in the system",
    "先导入上级区划，或与它一起导入",
    "import the parent first, or together with it",
)
NOT_YOURS = Kind(
    "territory.division_not_yours",
    "代码“{value}”不在您的辖区 {within} 内，不能新增或改名",
    "code “{value}” lies outside your territory {within}: it is neither added nor renamed",
    "删去该行，或请上级单位导入",
    "leave the row out, or let the level above import it",
)
NOT_STANDING = Kind(
    "territory.division_not_standing",
    "区划“{value}”不存在、已改码，或不在您的辖区内",
    "division “{value}” is not there, was recoded before, or lies outside your territory",
    "核对旧代码",
    "check the old code",
)
OTHER_LEVEL = Kind(
    "territory.other_level",
    "新代码“{value}”与旧代码“{old}”位数不同，层级不能改变",
    "the new code “{value}” has not as many digits as “{old}”: a level does not change",
    "使用同一层级的新代码",
    "use a code of the same level",
)
CODE_TAKEN = Kind(
    "territory.code_taken",
    "新代码“{value}”已有区划或网格在用，或曾经用过",
    "the new code “{value}” holds divisions or grids already, or was used before",
    "先处理新代码下的内容，或更正映射；代码不重复使用",
    "clear what lies under it first, or correct the mapping; no code is used twice",
)
NO_COLUMN = Kind(
    "territory.column_missing",
    "文件没有“{value}”列（现有：{there}）",
    "the file has no column “{value}” (it has: {there})",
    "改列名，或用参数指定列名",
    "rename the column, or name yours on the command line",
)
BAD_SHAPE = Kind(
    "territory.bad_polygon",
    "图形不能用：{why_zh}",
    "the polygon cannot be used: {why_en}",
    "在地图软件中修复该图形；若只是边线自相交，可加 --repair 让系统修复",
    "mend it in a map program; where sides only cross, --repair mends it here",
)
REPAIRED = Kind(
    "territory.polygon_repaired",
    "图形边线自相交（{why_en}），已修复",
    "the polygon's sides crossed ({why_en}); it was repaired",
    "请在地图上核对修复后的范围",
    "look at the repaired outline on the map",
    is_error=False,
)
SWAPPED = Kind(
    "territory.lon_lat_swapped",
    "经度和纬度写反了：{value}",
    "longitude and latitude are swapped: {value}",
    "按“经度, 纬度”的顺序重新导出",
    "export again in the order longitude, latitude",
)
OFF_EARTH = Kind(
    "territory.no_position",
    "“{value}”不是经纬度（度）",
    "“{value}” is no longitude and latitude in degrees",
    "用经纬度（度）导出，不要用投影坐标（米）",
    "export in degrees, not in projected metres",
)
WRONG_DATUM = Kind(
    "territory.datum_suspect",
    "坐标系标为 {datum}，但按 {other} 换算才与已有边界吻合（偏差 {misfit_pct}%，换算后 {other_pct}%）",
    "named {datum}, but only as {other} it fits the known outline (off {misfit_pct} %, then {other_pct} %)",
    "向数据提供方核实坐标系，用 --datum {other} 重新导入",
    "ask whoever made the file; import again with --datum {other}",
)
FILE_SAYS_CRS = Kind(
    "territory.crs_unknown",
    "文件声明的坐标参考系 {value} 不受支持",
    "the file names the reference system {value}, which is not read",
    "转换为 WGS-84（EPSG:4326）或 CGCS2000（EPSG:4490）后再导入",
    "convert it to WGS-84 (EPSG:4326) or CGCS2000 (EPSG:4490) first",
)
NO_DIVISION = Kind(
    "territory.no_such_division",
    "“{value}”在 {within} 内没有对应的区划。相近的有：{similar}",
    "“{value}” matches no division inside “{within}”. Most alike: {similar}",
    '更正名称，或加 --match "{value}={best}" 指定',
    'correct the name, or say --match "{value}={best}"',
)
MANY_DIVISIONS = Kind(
    "territory.ambiguous_name",
    "“{value}”在 {within} 内对应多个区划：{similar}",
    "“{value}” matches several divisions inside {within}: {similar}",
    '缩小 --within，或加 --match "{value}={best}" 指定',
    'narrow --within, or say --match "{value}={best}"',
)
SAME_GRID = Kind(
    "territory.grid_twice",
    "“{value}”与第 {other} 行是同一个网格 {path}",
    "“{value}” is the same grid {path} as row {other}",
    "合并或删除其中一行",
    "merge the rows or drop one",
)
OVERLAP = Kind(
    "territory.grids_overlap",
    "“{value}”与“{other}”（{where_zh}）重叠 {m2} 平方米",
    "“{value}” overlaps “{other}” ({where_en}) by {m2} m²",
    "在地图软件中修正边界，使两格共用一条边",
    "correct the border in a map program so that both share one line",
)
SLIVER = Kind(
    "territory.sliver",
    "“{value}”与“{other}”（{where_zh}）重叠 {m2} 平方米，在容差内",
    "“{value}” overlaps “{other}” ({where_en}) by {m2} m², within the tolerance",
    "可以不管；修正边界后会消失",
    "may stay; it goes when the border is corrected",
    is_error=False,
)
OUTSIDE = Kind(
    "territory.outside_parent",
    "“{value}”有 {share_pct}% 在上级 {parent} 的范围之外",
    "{share_pct} % of “{value}” lies outside its parent {parent}",
    "核对坐标系、归属代码和边界",
    "check the datum, the code and the border",
)
NOT_WITHIN = Kind(
    "territory.not_within",
    "“{value}”（{path}）不在 {within} 内",
    "“{value}” ({path}) does not lie in {within}",
    "更正代码，或改用更大的 --within",
    "correct the code, or name a wider --within",
)
EMPTY = Kind(
    "territory.file_empty",
    "文件没有数据行",
    "the file holds no rows",
    "核对文件",
    "look at the file",
)
