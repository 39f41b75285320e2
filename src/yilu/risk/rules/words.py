"""The signals and how they are said. Pure."""

from __future__ import annotations

from yilu.kernel.words import marked as _

SIGNAL_LABELS = {
    "FREQUENT_REPORTS": _("报案次数较多"),
    "FREQUENT_REPORTS_30": _("短期内多次报案"),
    "EARLY_CLAIM": _("保单生效后短期内出险"),
    "SHARED_ACCOUNT": _("收款账户与他人赔案相同"),
    "SHARED_PHONE": _("联系电话与他人赔案相同"),
    "SHARED_DEVICE": _("报案设备与他人赔案相同"),
    "SHARED_INVOICE": _("与其他赔案的票据相似"),
    "HIGH_DAILY_COST": _("日均费用明显偏高"),
    "LATE_REPORT": _("出险后很久才报案"),
    "BILL_SEX": _("收费项目与性别不符"),
    "BILL_AGE": _("收费项目与年龄不符"),
    "BILL_SETTING": _("门诊开具限住院使用的药品"),
    "BILL_INSURANCE": _("限其他险种使用的药品"),
    "BILL_COURSE": _("用药或治疗超过规定疗程"),
    "BILL_QUANTITY": _("收费数量超过规定频次"),
    "BILL_DOUBLE": _("疑似重复收费"),
    "DIAGNOSIS_SEX": _("诊断与性别不符"),
    "DIAGNOSIS_AGE": _("诊断与年龄不符"),
    "DECLARED_DIFFERENTLY": _("健康告知与诊断有出入"),
    "WAITING_DIAGNOSIS": _("等待期内的诊断"),
    "MODEL": _("模型提示"),
}
SEVERITY_LABELS = {"LOW": _("提示"), "MEDIUM": _("需核实"), "HIGH": _("重点核实")}
NODE_LABELS = {
    "CLAIM": _("赔案"),
    "INSURED": _("被保险人"),
    "ACCOUNT": _("收款账户"),
    "PHONE": _("联系电话"),
    "DEVICE": _("报案设备"),
    "INVOICE": _("票据"),
    "HOSPITAL": _("医疗机构"),
}

_LINES = {
    "BILL_SEX": "项收费只适用于另一性别",
    "BILL_AGE": "项收费与被保险人年龄不符",
    "BILL_SETTING": "项限住院或急诊使用的药品开在普通门诊票据上",
    "BILL_INSURANCE": "项药品限工伤或生育保险使用",
    "BILL_COURSE": "项超过规定的支付疗程",
    "BILL_QUANTITY": "项数量超过规定频次",
    "BILL_DOUBLE": "项已包含在同时收费的主项目里",
    "DIAGNOSIS_SEX": "项诊断只见于另一性别",
    "DIAGNOSIS_AGE": "项诊断与年龄不符",
    "DECLARED_DIFFERENTLY": "项投保时告知“无”的情况，诊断显示可能早已存在",
    "WAITING_DIAGNOSIS": "项诊断的确诊日在等待期内",
}


def sentence(signal: str, measure: int) -> str:
    """A signal as staff read it, with its number."""
    if signal == "EARLY_CLAIM":
        return f"保单生效后第 {measure} 天出险"
    if signal in ("FREQUENT_REPORTS", "FREQUENT_REPORTS_30"):
        days = 30 if signal.endswith("30") else 90
        return f"被保险人 {days} 天内第 {measure} 次报案"
    if signal == "SHARED_INVOICE":
        return f"与其他 {measure} 件赔案的票据医院、日期、金额相同"
    if signal == "HIGH_DAILY_COST":
        return f"住院日均费用 {measure:,} 元"
    if signal == "LATE_REPORT":
        return f"出险 {measure} 天后报案"
    if signal == "MODEL":
        return f"与过去人工核实过的赔案相比，模型评分高于其中 {measure}%"
    if said := _LINES.get(signal):
        return f"{measure} {said}"
    return f"{SIGNAL_LABELS[signal]}（{measure} 人）"
