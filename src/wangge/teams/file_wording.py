"""What a file of teams can have wrong, and the remedy, in both languages. Rule: TM-14."""

from __future__ import annotations

from wangge.territory.rules import Kind

NO_CODE = Kind(
    "teams.row_without_code",
    "编号为空或超过 32 个字",
    "the code is empty or longer than 32 characters",
    "补全编号；同一队伍的几行写同一个编号",
    "fill it in; the rows of one team have the same code",
)
NO_NAME = Kind(
    "teams.row_without_name",
    "第一行没有队伍名称，或超过 64 个字",
    "the team's first row has no name, or one longer than 64 characters",
    "在该队伍的第一行写名称",
    "write the name in the first row of the team",
)
BAD_KIND = Kind(
    "teams.kind_unknown",
    "规则包中没有“{value}”这种队伍",
    "the pack has no kind of team “{value}”",
    "可用：{choice}",
    "use one of {choice}",
)
NO_PLACE = Kind(
    "teams.place_unknown",
    "辖区编码“{value}”不存在，或不在您的辖区",
    "there is no place “{value}” in your territory",
    "填区划或网格的编码，例如 340203005",
    "write the code of a division or grid, such as 340203005",
)
NO_POSITION = Kind(
    "teams.no_position",
    "经度或纬度“{value}”不是数",
    "the longitude or latitude “{value}” is no number",
    "在该队伍的第一行填写经度、纬度",
    "fill in both in the first row of the team",
)
BAD_NUMBER = Kind(
    "teams.bad_number",
    "“{value}”不是正整数",
    "“{value}” is no positive whole number",
    "改正或留空",
    "correct it or leave it empty",
)
BAD_DAY = Kind(
    "teams.bad_day",
    "日期“{value}”无法识别",
    "“{value}” is no date",
    "写成 2026-01-31",
    "write it as 2026-01-31",
)
NO_PERSON = Kind(
    "teams.person_unknown",
    "没有工号为“{value}”的人员，或不在您的辖区",
    "nobody of your territory has the staff number “{value}”",
    "核对工号，或改填姓名和电话",
    "look at the number, or write name and phone instead",
)
MASKED = Kind(
    "teams.member_masked",
    "“{value}”带星号，队伍中没有对应的队员",
    "“{value}” is masked and stands for nobody of the team",
    "填写完整姓名",
    "write the whole name",
)
BAD_DUTY = Kind(
    "teams.duty_unknown",
    "没有“{value}”这一职责",
    "there is no duty “{value}”",
    "可用：队长、副队长、队员",
    "use one of 队长, 副队长, 队员 (leader, deputy, member)",
)
REFUSED = Kind("teams.row_refused", "{zh}", "{en_text}", "按提示修改该队伍", "change the team accordingly")
