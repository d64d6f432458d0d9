"""What major hazards refuse, and in which words."""

from __future__ import annotations

from wangge.kernel.errors import NotYourRole, Refused


class ElementSetEmpty(Refused):
    code = "major_hazards.element_set_empty"
    zh = "“{name}”还没有判定要素，不能用来判定。{remedy}"
    en = "{name} holds no elements yet and cannot be used. {remedy}"


class UnknownElement(Refused):
    status = 422
    code = "major_hazards.unknown_element"
    zh = "“{name}”中没有要素 {codes}，或不适用于这类场所。"
    en = "{name} has no element {codes}, or it is not for this kind of place."


class ElementSetInUse(Refused):
    code = "major_hazards.element_set_in_use"
    zh = "“{code}”已用于判定，内容不能再改。请用新的版本号导入。"
    en = "{code} was used for assessments and cannot be changed. Import it under a new code."


class ReasonMissing(Refused):
    status = 422
    code = "major_hazards.reason_missing"
    zh = "适用例外情形必须写明理由并附证明材料。"
    en = "An exception needs its reason and evidence."


class EvidenceMissing(Refused):
    status = 422
    code = "major_hazards.evidence_missing"
    zh = "要素 {codes} 没有证据：请写明情况或附照片。"
    en = "Elements {codes} come without evidence: say what was seen or add a photo."


class NotSuspected(Refused):
    code = "major_hazards.not_suspected"
    zh = "该判定结论不是“疑似重大”，不能提请认定。"
    en = "The assessment does not say suspected: there is nothing to decide."


class PanelTooSmall(Refused):
    status = 422
    code = "major_hazards.panel_too_small"
    zh = "集体讨论至少 {members} 人、专家组至少 {experts} 人；现有 {given_members} 人、{given_experts} 人。"
    en = "It takes {members} members and {experts} experts; there are {given_members} and {given_experts}."


class NotYourSeat(NotYourRole):
    code = "major_hazards.not_your_seat"
    zh = "您不在本次认定的签署人名单中，只能由本人登录签署。"
    en = "You have no seat in this decision; everybody signs under the own log-in."


class AlreadySigned(Refused):
    code = "major_hazards.already_signed"
    zh = "您已经签署过，签署后不能更改。"
    en = "You have signed already; a signature is not changed."


class DecisionEnded(Refused):
    code = "major_hazards.decision_ended"
    zh = "这次认定已经结束。"
    en = "This decision has ended."


class DecisionPending(Refused):
    code = "major_hazards.decision_pending"
    zh = "已有一次认定正在等待签署。"
    en = "A decision waits for signatures already."


class WrongStage(Refused):
    code = "major_hazards.wrong_stage"
    zh = "该隐患现为“{stage_zh}”，不能这样做。"
    en = "The hazard is {stage}: this cannot be done."


class SameHands(Refused):
    code = "major_hazards.same_hands"
    zh = "复查应由没有报告整改进展、也没有承办案件的人进行。"
    en = "Somebody else re-inspects: not who reported progress and not who handles the case."


class NotReinspected(Refused):
    code = "major_hazards.not_reinspected"
    zh = "最近一次复查还没有通过，不能提请销号。"
    en = "The last re-inspection has not passed: it cannot be de-listed."


class CaseRefuses(Refused):
    code = "major_hazards.case_refuses"
    zh = "案件不能记录这一步：{why_zh}"
    en = "The case does not take this: {why_en}"
