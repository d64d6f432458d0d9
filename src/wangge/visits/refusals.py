"""Every no of the room of visits, by code and in both languages. Rule: docs/rules/visits.md."""

from __future__ import annotations

from wangge.kernel.errors import Refused


class InTheFuture(Refused):
    status = 422
    code = "visits.in_the_future"
    zh = "时间（{at}）晚于服务器时间。请校准手机时钟后再提交。"
    en = "The moment ({at}) lies ahead of the server's clock. Set the phone's clock and send it again."


class TooLate(Refused):
    status = 422
    code = "visits.too_late"
    zh = "这条记录超过 {hours} 小时才上传，不能作为走访或到场的证明。请向网格长说明情况。"
    en = "It came more than {hours} hours later and proves nothing any more. Tell the grid chief."


class PhotoTooOld(Refused):
    status = 422
    code = "visits.photo_too_old"
    zh = "照片拍摄于 {minutes} 分钟以前，不能证明这次到场。请现场拍照。"
    en = "The photo was taken more than {minutes} minutes before. Take one on the spot."


class PhotosMissing(Refused):
    status = 422
    code = "visits.photos_missing"
    zh = "至少需要 {least} 张现场照片。"
    en = "It needs at least {least} photos of the spot."


class PositionMissing(Refused):
    status = 422
    code = "visits.position_missing"
    zh = "到场需要位置。请打开手机定位后再提交。"
    en = "An arrival needs a position. Switch the phone's positioning on and send it again."


class TooFar(Refused):
    status = 422
    code = "visits.too_far"
    zh = "当前位置不在现场（相距 {metres} 米，允许 {near} 米）。请到现场后再报到。"
    en = "This position is not the place ({metres} m off, {near} m allowed). Report when you are there."


class WrongTime(Refused):
    status = 422
    code = "visits.before_the_call"
    zh = "到场时间早于任务发出的时间（{at}）。"
    en = "The arrival lies before the call ({at})."


class ArrivedBefore(Refused):
    code = "visits.arrived_before"
    zh = "已经有人到场，或这项任务已经结束。"
    en = "Somebody has arrived before, or the call is over."


class PersonLeft(Refused):
    code = "visits.person_left"
    zh = "该走访对象已经不在册。"
    en = "This person is not in the register any more."


class OutsideTerritory(Refused):
    status = 422
    code = "visits.outside_territory"
    zh = "位置（{lon}, {lat}）不在任何网格内。请核对位置和坐标系。"
    en = "The point ({lon}, {lat}) lies in no grid. Check the point and its datum."


class GroupUnknown(Refused):
    status = 422
    code = "visits.group_unknown"
    zh = "没有编号为“{group}”的走访对象类别。"
    en = "There is no group {group} of people to visit."


class GroupProtected(Refused):
    status = 403
    code = "visits.group_protected"
    zh = "“{group_zh}”是受保护的标签，不能按它筛选名单。需要时请逐人查看并说明理由。"
    en = "{group_en} is a protected tag: no list is narrowed by it. Reveal one person with a reason."


class KindUnknown(Refused):
    status = 422
    code = "visits.kind_unknown"
    zh = "没有编号为“{kind}”的快报或到场类型。"
    en = "There is no kind {kind} of report or arrival."


class ReportIncomplete(Refused):
    status = 422
    code = "visits.report_incomplete"
    zh = "快报缺少内容：{what_zh}。"
    en = "The report lacks {what_en}."
