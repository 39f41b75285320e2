"""What fields are called on screens, and which a kind of document has."""

from __future__ import annotations

from yilu.documents.rules.invoices import DATE_FIELDS, MONEY_FIELDS, TEXT_FIELDS


def _(text: str) -> str:
    """Mark a text for the message catalogue; doors translate it."""
    return text


LABELS = {
    "title": _("票据名称"),
    "code": _("票据代码"),
    "number": _("票据号码"),
    "check_code": _("校验码"),
    "issued_on": _("开具日期"),
    "payer_name": _("交款人"),
    "payer_code": _("交款人证件号码"),
    "buyer_code": _("购买方识别号"),
    "payee_name": _("收款单位"),
    "payee_code": _("收款单位统一社会信用代码"),
    "machine_number": _("机器编号"),
    "total": _("金额合计"),
    "capitals": _("金额大写"),
    "net": _("不含税金额"),
    "tax": _("税额"),
    "fund_paid": _("医保统筹基金支付"),
    "account_paid": _("个人账户支付"),
    "own_paid": _("个人现金支付"),
    "other_paid": _("其他支付"),
    "attached_paid": _("其中附加基金支付"),
    "illness_paid": _("其中大病保险支付"),
    "servant_paid": _("其中公务员医疗补助支付"),
    "aid_paid": _("其中医疗救助支付"),
    "self_paid": _("个人自付"),
    "self_cost": _("个人自费"),
    "own_burden": _("个人自负"),
    "classified_self_paid": _("分类自负"),
    "admitted_on": _("入院日期"),
    "discharged_on": _("出院日期"),
    "visited_on": _("就诊日期"),
    "hospital_days": _("住院天数"),
    "department": _("科室"),
    "insurance_type": _("医保类型"),
    "reversed": _("已冲红"),
    "exchanged": _("已换开纸质票据"),
    "lines": _("收费明细"),
    "name": _("姓名"),
    "sex": _("性别"),
    "nation": _("民族"),
    "birth_date": _("出生日期"),
    "address": _("住址"),
    "identity_number": _("身份证号码"),
    "issued_by": _("签发机关"),
    "valid_from": _("有效期起"),
    "valid_to": _("有效期止"),
    "account_number": _("银行卡号"),
    "bank_name": _("发卡银行"),
    "valid_thru": _("有效期"),
    "holder_name": _("持卡人"),
    "patient_name": _("患者姓名"),
    "age": _("年龄"),
    "hospital": _("医疗机构"),
    "diagnosis": _("诊断"),
    "admission_diagnosis": _("入院诊断"),
    "advice": _("医嘱"),
    "doctor": _("医师"),
    "record_number": _("住院号"),
}
DATES = frozenset({*DATE_FIELDS, "birth_date", "valid_from", "valid_to"})
FLAGS = frozenset({"reversed", "exchanged"})
"""Fields that say yes or no."""
AS_PRINTED = frozenset({*FLAGS, "title", "net", "buyer_code", "capitals"})
"""Read for the comparison only: nobody corrects them."""
WITNESSES = {
    "QR": _("二维码一致"),
    "CAPITALS": _("大小写金额一致"),
    "LINES": _("明细之和一致"),
    "PAYMENTS": _("支付构成之和一致"),
    "OWN_PARTS": _("自付自费之和一致"),
    "TAX": _("金额加税额一致"),
    "STAY": _("住院天数一致"),
    "CHECK_DIGIT": _("校验位正确"),
    "PRINTED_TWICE": _("票面两处一致"),
    "BILL": _("与已确认的发票一致"),
    "STRUCTURE": _("电子文件数据"),
    "SIGNATURE": _("电子签章文件"),
}
NOTES = {
    "BLURRED": _("图像模糊"),
    "SMALL": _("图像尺寸偏小"),
    "DARK": _("图像过暗"),
    "GLARE": _("图像反光"),
    "UNREADABLE": _("未能识别出文字"),
    "QR_DIFFERS": _("二维码与票面不一致"),
    "SUM_DIFFERS": _("明细之和与合计不一致"),
    "NO_LINES": _("没有读到收费明细"),
    "WORDS_DIFFER": _("大小写金额不一致"),
    "PAYERS_UNCLEAR": _("支付构成之和与合计不一致，请核对基金、救助等已付的部分"),
    "TEXT_DIFFERS": _("电子数据与版面不一致"),
    "FUTURE_DATE": _("日期晚于今天"),
    "WRONG_KIND": _("资料类型与内容不符"),
    "LOOKS_LIKE": _("与已有资料相似"),
    "SEVERAL_INVOICES": _("像是有几张发票"),
    "REVERSED": _("票据已冲红"),
    "EXCHANGED": _("票据已换开纸质票据"),
}
_PERSON = ("patient_name", "sex", "age", "hospital", "department", "doctor")
_FIELDS = {
    "INVOICE": (*TEXT_FIELDS, *MONEY_FIELDS, *DATE_FIELDS, "hospital_days", "payer_code"),
    "ID_CARD": (
        "name", "sex", "nation", "birth_date", "address", "identity_number", "issued_by",
        "valid_from", "valid_to",
    ),
    "BANK_CARD": ("account_number", "bank_name", "valid_thru", "holder_name"),
    "DIAGNOSIS": (*_PERSON, "diagnosis", "advice", "issued_on"),
    "DISCHARGE": (
        *_PERSON, "record_number", "admitted_on", "discharged_on", "hospital_days",
        "admission_diagnosis", "diagnosis", "advice",
    ),
    "FEE_LIST": ("patient_name", "hospital", "issued_on", "total"),
    "PRESCRIPTION": ("patient_name", "hospital", "issued_on", "total"),
}  # fmt: skip


def fields_of(kind: str) -> tuple[str, ...]:
    """The fields a person may fill in or correct on a document of a kind, in the order of a form."""
    return _FIELDS.get(kind, ())


def is_correctable(kind: str, name: str) -> bool:
    """Whether a person may fill in or correct the field on a document of a kind."""
    return name in fields_of(kind) and name not in AS_PRINTED


def label_of(name: str) -> str:
    """The Chinese name of a field."""
    return LABELS.get(name, name)
