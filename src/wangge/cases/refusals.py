"""Every no of the closed loop, with its code and its two sentences."""

from __future__ import annotations

from wangge.cases.vocabulary import Action, Mark, Status
from wangge.cases.wording import ACTION_ZH, MARK_ZH, STATUS_ZH
from wangge.kernel.errors import NotYourRole, Refused


class StepNotAllowed(Refused):
    code = "cases.step_not_allowed"
    zh = "案件现处于“{status_zh}”状态，不能执行“{action_zh}”。"
    en = "A case that is {status} cannot take the step {action}."

    def __init__(self, *, status: Status, action: Action) -> None:
        zh = {"status_zh": STATUS_ZH[status], "action_zh": ACTION_ZH[action]}
        super().__init__(status=status, action=action, **zh)


class NotAStep(Refused):
    code = "cases.not_a_step"
    zh = "“{action_zh}”不能作为单独的一步提交。"
    en = "{action} is not a step that anybody sends."


class SamePerson(Refused):
    code = "cases.same_person"
    zh = "上报、处置、核查应由三个不同的人完成（采办分离），您在本案中已是{role_zh}。"
    en = "Reporter, handler and verifier are three different people; here you are the {role_en}."


class NotYourDepartment(NotYourRole):
    code = "cases.not_your_department"
    zh = "该案件不由您所在的部门承办。"
    en = "Another department has this case."


class NeedMissing(Refused):
    status = 422
    code = "cases.need_missing"
    zh = "这一步还缺少：{need_zh}。"
    en = "This step also needs: {need}."


class MajorStands(Refused):
    code = "cases.major_stands"
    zh = "该案件的隐患已认定为重大火灾隐患，销号前不能重新归类。"
    en = "This hazard was decided to be major: before it is de-listed its matter stays."


class MarkNotAllowed(Refused):
    code = "cases.mark_not_allowed"
    zh = "案件已处于“{status_zh}”状态，不能再记“{mark_zh}”。"
    en = "A case that is {status} cannot be marked with {mark}."

    def __init__(self, *, status: Status, mark: Mark) -> None:
        super().__init__(status=status, mark=mark, status_zh=STATUS_ZH[status], mark_zh=MARK_ZH[mark])


class TooLate(Refused):
    code = "cases.too_late"
    zh = "“{action_zh}”须在 {until} 前提出，已过期限。"
    en = "{action} had to come before {until}."


class CountersignMissing(Refused):
    code = "cases.countersign_missing"
    zh = "还有 {count} 个协办部门没有会签。请等其会签，或由坐席免除。"
    en = "{count} co-handling departments have not countersigned. Wait for them, or the desk releases them."


class NoPower(Refused):
    code = "cases.no_power"
    zh = "执法清单中，该部门对本事项没有执法权。请移送给有权的单位：{there_zh}。"
    en = "The list of powers gives this department none for the matter. Hand over to whoever has it: {there}."


class AskedAlready(Refused):
    code = "cases.asked_already"
    zh = "{asked_zh}申请正在等待批复，不能再次申请。"
    en = "A request ({asked}) waits for its answer."


class NothingAsked(Refused):
    code = "cases.nothing_asked"
    zh = "没有待批的{asked_zh}申请。"
    en = "Nobody asked for it ({asked})."


class LimitReached(Refused):
    code = "cases.limit_reached"
    zh = "每个案件只能{asked_zh} {most} 次，本案已用完。"
    en = "A case may have this ({asked}) {most} times; this one had them."


class ResumeUnconfirmed(Refused):
    code = "cases.resume_unconfirmed"
    zh = "该事项须停止运营整改，请先“确认恢复运营”再结案。"
    en = "This matter stops operation: confirm that it may run again before the case is closed."


class NothingStopped(Refused):
    code = "cases.nothing_stopped"
    zh = "该案件没有待确认的恢复运营。"
    en = "Nothing waits to run again in this case."


class HasMerged(Refused):
    code = "cases.has_merged"
    zh = "已有 {count} 个案件并入本案，请先撤销并案，或把其他案件并入本案。"
    en = "{count} cases were merged into this one. Unmerge them, or merge the other case into this one."
