"""The signals and how they are said. Pure."""

from __future__ import annotations

from yilu.kernel.errors import Sentence
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
    "BILL_SEX": _("{n} 项收费只适用于另一性别"),
    "BILL_AGE": _("{n} 项收费与被保险人年龄不符"),
    "BILL_SETTING": _("{n} 项限住院或急诊使用的药品开在普通门诊票据上"),
    "BILL_INSURANCE": _("{n} 项药品限工伤或生育保险使用"),
    "BILL_COURSE": _("{n} 项超过规定的支付疗程"),
    "BILL_QUANTITY": _("{n} 项数量超过规定频次"),
    "BILL_DOUBLE": _("{n} 项已包含在同时收费的主项目里"),
    "DIAGNOSIS_SEX": _("{n} 项诊断只见于另一性别"),
    "DIAGNOSIS_AGE": _("{n} 项诊断与年龄不符"),
    "DECLARED_DIFFERENTLY": _("{n} 项投保时告知“无”的情况，诊断显示可能早已存在"),
    "WAITING_DIAGNOSIS": _("{n} 项诊断的确诊日在等待期内"),
}


_MEASURED = _LINES | {
    "EARLY_CLAIM": _("保单生效后第 {n} 天出险"),
    "FREQUENT_REPORTS": _("被保险人 90 天内第 {n} 次报案"),
    "FREQUENT_REPORTS_30": _("被保险人 30 天内第 {n} 次报案"),
    "SHARED_INVOICE": _("与其他 {n} 件赔案的票据医院、日期、金额相同"),
    "HIGH_DAILY_COST": _("住院日均费用 {n:,} 元"),
    "LATE_REPORT": _("出险 {n} 天后报案"),
    "MODEL": _("与过去人工核实过的赔案相比，模型评分高于其中 {n}%"),
}


def sentence(signal: str, measure: int) -> Sentence:
    """A signal as staff read it, with its number; a door says it in any language."""
    if template := _MEASURED.get(signal):
        return Sentence(template, n=measure)
    return Sentence(_("{label}（{n} 人）"), label=SIGNAL_LABELS[signal], n=measure)
