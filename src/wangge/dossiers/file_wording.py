"""What a file of entries can have wrong, and the remedy, in both languages. Rule: DS-16, DS-17."""

from __future__ import annotations

from wangge.territory.rules import Kind

NO_NUMBER = Kind(
    "dossiers.row_without_number",
    "编号为空或超过 64 个字",
    "the id is empty or longer than 64 characters",
    "补全编号；再次导入靠它认出同一条",
    "fill it in: a second import knows the entry by it",
)
TWICE = Kind(
    "dossiers.number_twice",
    "编号“{value}”与第 {other} 行重复",
    "id “{value}” is also in row {other}",
    "只保留一行，或改正编号",
    "keep one of the rows, or correct the id",
)
NO_PLACE = Kind(
    "dossiers.place_unknown",
    "没有编号为“{value}”的场所，或不在您的辖区",
    "there is no place “{value}” in your territory",
    "核对场所编号；先导入场所",
    "look at the id of the place; load the places first",
)
TWO_PLACES = Kind(
    "dossiers.place_in_two_registers",
    "编号“{value}”在几个来源中都有（{sources}）",
    "places of several registers have the id “{value}” ({sources})",
    "填写“场所来源”列",
    "fill in the column 场所来源 (register of the place)",
)
ELSEWHERE = Kind(
    "dossiers.entry_of_another_place",
    "编号“{value}”已属于另一处场所",
    "the id “{value}” belongs to another place already",
    "换一个编号，或先在原场所删除这一条",
    "use another id, or take the entry out of the other place first",
)
REMOVED = Kind(
    "dossiers.row_of_a_removed_entry",
    "编号“{value}”的一条已被删除，本行未导入",
    "the entry “{value}” was taken out; this row was left out",
    "如需恢复，请在场所页面操作",
    "restore it on the page of the place if it is needed",
    is_error=False,
)
BAD_KIND = Kind(
    "dossiers.kind_unknown",
    "规则包中没有“{value}”这一种类",
    "the pack has no kind “{value}”",
    "可用：{choice}",
    "use one of {choice}",
)
BAD_DAY = Kind(
    "dossiers.day_unreadable",
    "日期“{value}”无法识别",
    "“{value}” is no date",
    "写成 2026-01-31，或留空",
    "write it as 2026-01-31, or leave it empty",
)
BAD_COUNT = Kind(
    "dossiers.count_unreadable",
    "数量“{value}”不是 1 到 100000 的整数",
    "the count “{value}” is no whole number from 1 to 100,000",
    "改正数量，或留空（为 1）",
    "correct it, or leave it empty (1)",
)
BAD_PHONE = Kind(
    "dossiers.phone_unreadable",
    "电话含有数字以外的字",
    "the phone holds more than digits",
    "只写一个号码；分机用括号或短横",
    "write one number; an extension in brackets or after a dash",
)
NO_NAME = Kind(
    "dossiers.row_without_name",
    "姓名或单位名称为空",
    "the name is empty",
    "填写姓名或单位名称；不再负责的填写离任日期",
    "fill it in; for somebody who left enter the last day",
)
MASKED = Kind(
    "dossiers.row_masked",
    "“{value}”是隐去后的内容，这一条还没有登记过",
    "“{value}” is what was shown masked, and there is no such entry yet",
    "写出完整内容，或沿用导出时的编号",
    "write it out, or keep the id as it was exported",
)
DAYS_CROSSED = Kind(
    "dossiers.days_crossed",
    "日期前后矛盾：“{value}”不能早于{other}",
    "the days cross: “{value}” must not lie before {other_en}",
    "核对这两个日期",
    "look at the two days",
)
DAY_TO_COME = Kind(
    "dossiers.day_to_come",
    "日期“{value}”还没有到",
    "“{value}” has not come yet",
    "写实际发生的日期",
    "write the day on which it happened",
)
BAD_CREDIT_CODE = Kind(
    "dossiers.credit_code_wrong",
    "统一社会信用代码不正确：{zh}",
    "the credit code is wrong: {en_text}",
    "对照营业执照改正，或留空",
    "correct it by the licence, or leave it empty",
)
ANOTHER_STANDS = Kind(
    "dossiers.row_another_stands",
    "“{zh}”同一时间只能有一个，{name}在此期间仍在任{at_row}",
    "a place has one {en_text} at a time, and {name} stands in these days{at_row_en}",
    "先填写前任的离任日期",
    "enter the last day of the other first",
)
CHANGED_MEANWHILE = Kind(
    "dossiers.row_changed_meanwhile",
    "编号“{value}”在读取文件时被别人修改",
    "somebody changed the entry “{value}” while the file was read",
    "再导入一次",
    "load the file again",
)
TOO_LONG = Kind(
    "dossiers.text_too_long",
    "“{value}”超过 {longest} 个字",
    "“{value}” is longer than {longest} characters",
    "缩短内容",
    "shorten it",
)
EMPTY = Kind("dossiers.file_empty", "文件没有数据行", "the file holds no rows", "核对文件", "look at it")
BAD_FACT = Kind(
    "dossiers.fact_unreadable",
    "“{value}”不能填在这一列：{zh}",
    "“{value}” cannot stand in this column: {en_text}",
    "可填：{choice}；不清楚的留空",
    "it takes {choice_en}; leave it empty if nobody knows",
)
PLACE_TWICE = Kind(
    "dossiers.place_twice",
    "场所“{value}”与第 {other} 行重复",
    "the place “{value}” is also in row {other}",
    "一处场所只留一行，把各列合在一起",
    "keep one row a place, with all its columns",
)
NO_FACTS = Kind(
    "dossiers.file_without_facts",
    "没有一列是规则包中的场所情况",
    "no column is a fact that the pack names",
    "列名可用：{choice}；或下载模板",
    "name the columns after {choice}, or take the template",
)
STRANGE_COLUMN = Kind(
    "dossiers.column_passed_over",
    "“{value}”列不是规则包中的场所情况，没有读取",
    "the column “{value}” is no fact that the pack names; it was not read",
    "如需导入，按模板改列名",
    "to load it, name the column as the template does",
    is_error=False,
)
TWO_COLUMNS = Kind(
    "dossiers.fact_in_two_columns",
    "“{value}”列与另一列都是“{zh}”",
    "the column “{value}” and another are the same fact ({zh})",
    "只保留一列",
    "keep one of them",
)
FACT_REMOVED = Kind(
    "dossiers.fact_taken_out",
    "场所“{value}”的“{zh}”此前已被删除，与这里的值相同，没有导入",
    "{en_text} of the place “{value}” was taken out with this very value; it was left out",
    "如需恢复，请在场所页面操作",
    "restore it on the page of the place if it is needed",
    is_error=False,
)
