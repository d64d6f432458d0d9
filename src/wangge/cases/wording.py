"""What people call statuses, steps and needs in Chinese: the words of the faces, for refusals."""

STATUS_ZH = {
    "reported": "上报",
    "accepted": "受理",
    "dispatched": "派遣",
    "handling": "处置",
    "verifying": "核查",
    "closed": "结案",
    "rejected": "不予受理",
    "merged": "并案",
    "suspended": "延期",
    "transferred": "移交执法",
}
ACTION_ZH = {
    "report": "上报",
    "fix_on_spot": "当场整改",
    "accept": "受理",
    "reject": "不予受理",
    "merge": "并案",
    "dispatch": "派遣",
    "object": "退回派遣",
    "suspend": "批准延期",
    "resume": "恢复计时",
    "sign": "签收",
    "feed_back": "反馈处置结果",
    "transfer": "移交执法",
    "transfer_back": "执法办结",
    "pass": "核查通过",
    "fail": "核查不通过",
    "reopen": "重新打开",
}
MARK_ZH = {
    "set_deadline": "确定期限",
    "move_deadline": "调整期限",
    "urge": "催办",
    "supervise": "督办",
    "escalate": "升级督办",
    "card": "亮牌",
    "suspect_major": "疑似重大隐患",
    "decide_major": "重大隐患判定",
    "list_major": "挂牌督办",
    "delist_major": "摘牌销号",
    "issue_document": "出具文书",
    "export_evidence": "导出证据包",
    "note": "备注",
    "raise_severity": "等级上调",
}
NEED_ZH = {"reason": "理由", "photos": "照片", "department": "承办部门", "case": "并入的案件"}
SEVERITY_ZH = {"general": "一般", "larger": "较大", "suspected_major": "重大（疑似）", "urgent": "紧急"}
