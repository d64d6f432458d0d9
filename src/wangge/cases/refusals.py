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


class MarkNotAllowed(Refused):
    code = "cases.mark_not_allowed"
    zh = "案件已处于“{status_zh}”状态，不能再记“{mark_zh}”。"
    en = "A case that is {status} cannot be marked with {mark}."

    def __init__(self, *, status: Status, mark: Mark) -> None:
        super().__init__(status=status, mark=mark, status_zh=STATUS_ZH[status], mark_zh=MARK_ZH[mark])
