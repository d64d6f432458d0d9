"""Every no of orders. Where each is tested: docs/rules/orders.md."""

from __future__ import annotations

from wangge.kernel.errors import NotYourRole, Refused, Unreadable
from wangge.orders.statuses import OrderStatus


class RangeTooLong(Refused):
    status = 422
    code = "orders.range_too_long"
    zh = "计划区间应从 {starts_on} 之后结束，且不超过 {days} 天。"
    en = "The range must end after {starts_on} and span at most {days} days."


class ChecklistMissing(Refused):
    code = "orders.checklist_missing"
    zh = "计划规则 {rule} 用到的检查表“{checklist}”在 {on} 没有生效的版本。请重新安装规则包。"
    en = "Rule {rule} asks with list {checklist}, not in force on {on}. Install the pack again."


class TooManySpells(Refused):
    code = "orders.too_many_spells"
    zh = "同时生效的加密期有 {count} 处，最多 {most} 处。请结束一些，或分区域计划。"
    en = "{count} intensified periods at once, at most {most}. End some, or plan by territory."


class OrderNotOpen(Refused):
    code = "orders.not_open"
    zh = "这张工单已经{what_zh}。"
    en = "This order is already {status}."

    def __init__(self, status: OrderStatus) -> None:
        what = {OrderStatus.DONE: "完成", OrderStatus.MISSED: "逾期关闭", OrderStatus.WITHDRAWN: "撤回"}.get(
            status, status.value
        )
        super().__init__(status=status.value, what_zh=what)


class NotYourOrder(NotYourRole):
    code = "orders.not_your_order"
    zh = "这张工单属于另一位网格员。"
    en = "This order belongs to another member."


class NotAPlace(Refused):
    status = 422
    code = "orders.not_a_place"
    zh = "网格不会关闭或搬走。请填写实际检查情况。"
    en = "A grid does not close down or move away. Say what you found."


class InTheFuture(Refused):
    status = 422
    code = "orders.in_the_future"
    zh = "到场时间 {at} 晚于现在。请检查手机时间。"
    en = "The visit's time {at} lies in the future. Check the phone's clock."


class OutsidePeriod(Refused):
    code = "orders.outside_period"
    zh = "工单期限为 {starts_on} 至 {last_on}，到场日期 {on} 不在其中。"
    en = "The order runs from {starts_on} to {last_on}; the visit was on {on}."


class AnswersIncomplete(Unreadable):
    code = "orders.answers_incomplete"
    zh = "还有 {count} 项没有回答：{items}。"
    en = "{count} items are not answered: {items}."


class AnswerUnknown(Unreadable):
    code = "orders.answer_unknown"
    zh = "检查表中没有这些项，或它们重复、当前不显示：{items}。"
    en = "Not on the list, given twice, or not shown: {items}."


class EvidenceMissing(Unreadable):
    code = "orders.evidence_missing"
    zh = "“{item}”：{why_zh}"
    en = "Item {item}: {why_en}"


class AnswersNotWanted(Unreadable):
    code = "orders.answers_not_wanted"
    zh = "没有检查就不能填写检查项。"
    en = "Answers belong to an inspection only."


class PhotoTooOld(Unreadable):
    code = "orders.photo_too_old"
    zh = "“{item}”的照片拍摄于 {taken_at}，早于到场 {minutes} 分钟以上。请在现场重新拍照。"
    en = "The photo of {item} dates from {taken_at}, over {minutes} minutes before the visit. Take a new one."


class SignatureUnclear(Unreadable):
    code = "orders.signature_unclear"
    zh = "被检查人要么签名，要么注明未签原因，不能两样都有；没有检查时都不填。"
    en = "Whoever was visited signed, or there is a reason why not: one of both, and of an inspection only."


class OutOfCity(Unreadable):
    code = "orders.out_of_city"
    zh = "到场位置（{lon}，{lat}）不在本市。请核对定位和坐标系。"
    en = "The visit's position ({lon}, {lat}) lies outside the city. Check the position and its datum."


class HalfPosition(Unreadable):
    code = "orders.half_a_position"
    zh = "位置需要经度和纬度，只收到其中一个。"
    en = "A position needs longitude and latitude; only one came."


class ChecklistWithdrawn(Refused):
    code = "orders.checklist_withdrawn"
    zh = "检查表“{name}”第 {version} 版自 {on} 起停用，现为第 {now} 版。请刷新工单后按新版检查。"
    en = "List {name_en} v{version} is withdrawn since {on}. Refresh the order: version {now} holds."


class ForeignChecklist(Unreadable):
    code = "orders.foreign_checklist"
    zh = "这张工单用的不是这份检查表。请刷新工单。"
    en = "This order does not ask with that list. Refresh the order."


class SeasonUnknown(Refused):
    status = 422
    code = "orders.season_unknown"
    zh = "规则包中没有加密期“{season}”。请从列表中选择。"
    en = "The pack has no intensified period {season}. Choose one of the list."


class SpellTooLong(Refused):
    status = 422
    code = "orders.spell_too_long"
    zh = "加密期应从 {starts_on} 之后结束，且不超过 {days} 天。"
    en = "The period must end after {starts_on} and last at most {days} days."


class SpellOver(Refused):
    code = "orders.spell_over"
    zh = "这个加密期已于 {ends_on} 结束。"
    en = "This intensified period ended on {ends_on}."


class NothingAlike(Refused):
    code = "orders.nothing_alike"
    zh = "所选范围内没有需要检查的同类场所。请换一个类别、标签或区域。"
    en = "No like place in the chosen territory needs a check. Choose another class, tag or territory."


class NothingToDraw(Refused):
    code = "orders.nothing_to_draw"
    zh = "所选范围内没有可抽取的场所。请换一个类别、标签或区域。"
    en = "No place in the chosen territory can be drawn. Choose another class, tag or territory."


class NobodyToDraw(Refused):
    code = "orders.nobody_to_draw"
    zh = "没有可以抽取的检查人员：本人网格内的场所不能由本人检查。请扩大区域或增加岗位。"
    en = "No inspector can be drawn: nobody checks an own grid. Choose a larger territory or more posts."


class CampaignUnclear(Unreadable):
    code = "orders.campaign_unclear"
    zh = "专项行动的阶段不成立：{why_zh}。"
    en = "The phases of the campaign do not hold: {why_en}."


class CampaignAccepted(Refused):
    code = "orders.campaign_accepted"
    zh = "这次专项行动已经通过验收。"
    en = "This campaign was accepted already."


class OwnCampaign(NotYourRole):
    code = "orders.own_campaign"
    zh = "专项行动由部署人以外的人验收。"
    en = "A campaign is accepted by somebody other than who set it up."


class TargetMissed(Refused):
    status = 422
    code = "orders.target_missed"
    zh = (
        "目标尚未完成：检查 {visited} %（目标 {visited_target} %），"
        "整改 {disposed} %（目标 {disposed_target} %）。"
        "请写明仍然通过的理由，或退回。"
    )
    en = (
        "Targets are missed: visited {visited} % of {visited_target} %, disposed {disposed} % of"
        " {disposed_target} %. Say why it is accepted all the same, or send it back."
    )


class TooManyAlike(Refused):
    status = 422
    code = "orders.too_many_alike"
    zh = "同类场所有 {count} 处，一次最多 {most} 处。请缩小区域或加上标签。"
    en = "There are {count} like places, at most {most} at once. Choose a smaller territory or a tag."


class ChecklistUnknown(Unreadable):
    code = "orders.checklist_unknown"
    zh = "没有生效的检查表“{checklist}”。请从列表中选择。"
    en = "No list {checklist} is in force. Choose one of the list."


class AlreadyUndone(Refused):
    code = "orders.already_undone"
    zh = "这项任务已经撤销。"
    en = "This assignment was undone already."
