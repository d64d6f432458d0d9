"""What a file of people can have wrong, and the remedy, in both languages. Rule: AC-19."""

from __future__ import annotations

from wangge.territory.rules import Kind

NO_NUMBER = Kind(
    "territory.person_without_number",
    "工号为空或超过 32 个字",
    "the staff number is empty or longer than 32 characters",
    "补全工号；再次导入靠它认人",
    "fill it in: a second import knows people by it",
)
NO_PERSON_NAME = Kind(
    "territory.person_without_name",
    "姓名为空或超过 64 个字",
    "the name is empty or longer than 64 characters",
    "补全或缩短姓名",
    "fill in or shorten the name",
)
BAD_PHONE = Kind(
    "territory.bad_phone",
    "手机号“{value}”不是有效号码",
    "“{value}” is no phone number",
    "填 5 到 15 位数字，或留空",
    "5 to 15 digits, or leave it empty",
)
TAKEN = Kind(
    "territory.person_taken",
    "工号或用户名“{value}”已被他人使用，或其人不在您的辖区",
    "the number or username “{value}” is somebody else's, or the person is not of your territory",
    "核对工号，或换一个用户名",
    "look at the number, or choose another username",
)
NUMBER_TWICE = Kind(
    "territory.person_named_twice",
    "工号“{value}”在第 {other} 行写的是另一个姓名",
    "the number “{value}” has another name in row {other}",
    "同一人的几行写同一个姓名",
    "write the same name in all rows of one person",
)
UNKNOWN_PERSON = Kind(
    "territory.person_unknown",
    "没有工号为“{value}”的人员，或不在您的辖区",
    "nobody of your territory has the number “{value}”",
    "请系统管理员先导入人员",
    "let the system administrator load the people first",
)
BAD_ROLE = Kind(
    "territory.bad_role",
    "没有名为“{value}”的岗位",
    "there is no post called “{value}”",
    "可用：{choice}",
    "use one of {choice}",
)
NO_PLACE = Kind(
    "territory.post_place_unknown",
    "辖区编码“{value}”不存在，或不在您的辖区",
    "there is no place “{value}” in your territory",
    "填区划或网格的编码，例如 340203005",
    "write the code of a division or grid, such as 340203005",
)
NO_DEPARTMENT = Kind(
    "territory.post_department_unknown",
    "部门编码“{value}”不存在；部门承办人必须写部门",
    "there is no department “{value}”; a handler needs one",
    "核对部门编码",
    "look at the department's code",
)
BAD_WORD = Kind(
    "territory.staff_word_unknown",
    "规则包中没有“{value}”",
    "the pack has no “{value}”",
    "可用：{choice}，或留空",
    "use one of {choice}, or leave it empty",
)
BAD_DAY = Kind(
    "territory.bad_day",
    "日期“{value}”无法识别",
    "“{value}” is no date",
    "写成 2026-01-31；开始日期必填",
    "write it as 2026-01-31; the first day is needed",
)
REFUSED = Kind(
    "territory.post_refused",
    "{zh}",
    "{en_text}",
    "按提示修改这一行",
    "change this row accordingly",
)
