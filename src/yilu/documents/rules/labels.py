"""What fields are called on screens, and which a kind of document has."""

from __future__ import annotations

from yilu.documents.rules.invoices import DATE_FIELDS, MONEY_FIELDS, TEXT_FIELDS

LABELS = {
    "title": "票据名称",
    "code": "票据代码",
    "number": "票据号码",
    "check_code": "校验码",
    "issued_on": "开具日期",
    "payer_name": "交款人",
    "payer_code": "交款人证件号码",
    "buyer_code": "购买方识别号",
    "payee_name": "收款单位",
    "payee_code": "收款单位统一社会信用代码",
    "machine_number": "机器编号",
    "total": "金额合计",
    "capitals": "金额大写",
    "net": "不含税金额",
    "tax": "税额",
    "fund_paid": "医保统筹基金支付",
    "account_paid": "个人账户支付",
    "own_paid": "个人现金支付",
    "other_paid": "其他支付",
    "attached_paid": "附加基金支付",
    "self_paid": "个人自付",
    "self_cost": "个人自费",
    "own_burden": "个人自负",
    "classified_self_paid": "分类自负",
    "admitted_on": "入院日期",
    "discharged_on": "出院日期",
    "visited_on": "就诊日期",
    "hospital_days": "住院天数",
    "department": "科室",
    "insurance_type": "医保类型",
    "reversed": "已冲红",
    "exchanged": "已换开纸质票据",
    "lines": "收费明细",
    "name": "姓名",
    "sex": "性别",
    "nation": "民族",
    "birth_date": "出生日期",
    "address": "住址",
    "identity_number": "身份证号码",
    "issued_by": "签发机关",
    "valid_from": "有效期起",
    "valid_to": "有效期止",
    "account_number": "银行卡号",
    "bank_name": "发卡银行",
    "valid_thru": "有效期",
    "holder_name": "持卡人",
    "patient_name": "患者姓名",
    "age": "年龄",
    "hospital": "医疗机构",
    "diagnosis": "诊断",
    "admission_diagnosis": "入院诊断",
    "advice": "医嘱",
    "doctor": "医师",
    "record_number": "住院号",
}
DATES = frozenset({*DATE_FIELDS, "birth_date", "valid_from", "valid_to"})
WITNESSES = {
    "QR": "二维码一致",
    "CAPITALS": "大小写金额一致",
    "LINES": "明细之和一致",
    "PAYMENTS": "支付构成之和一致",
    "OWN_PARTS": "自付自费之和一致",
    "TAX": "金额加税额一致",
    "STAY": "住院天数一致",
    "CHECK_DIGIT": "校验位正确",
    "PRINTED_TWICE": "票面两处一致",
    "STRUCTURE": "电子文件数据",
    "SIGNATURE": "电子签章文件",
}
NOTES = {
    "BLURRED": "图像模糊",
    "SMALL": "图像尺寸偏小",
    "DARK": "图像过暗",
    "GLARE": "图像反光",
    "UNREADABLE": "未能识别出文字",
    "QR_DIFFERS": "二维码与票面不一致",
    "SUM_DIFFERS": "明细之和与合计不一致",
    "NO_LINES": "没有读到收费明细",
    "WORDS_DIFFER": "大小写金额不一致",
    "TEXT_DIFFERS": "电子数据与版面不一致",
    "FUTURE_DATE": "日期晚于今天",
    "WRONG_KIND": "资料类型与内容不符",
    "LOOKS_LIKE": "与已有资料相似",
    "REVERSED": "票据已冲红",
    "EXCHANGED": "票据已换开纸质票据",
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


def label_of(name: str) -> str:
    """The Chinese name of a field."""
    return LABELS.get(name, name)
