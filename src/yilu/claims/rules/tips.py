"""A word of prevention after a claim (防灾防损提示): general, kind, and never about the person's illness."""

from __future__ import annotations

TIPS = {
    "MEDICAL": "换季时节早晚温差大，注意添衣、勤洗手、多通风；不舒服尽早就医，别拖延。",
    "ALLOWANCE": "出院后按医嘱复查、按时服药，循序渐进恢复活动，有不适及时就诊。",
    "ACCIDENT": "出行系好安全带、骑行戴好头盔；家中浴室铺防滑垫，能减少大半的跌倒。",
    "DISABILITY": "康复训练贵在坚持，居家加装扶手、夜灯，能让行动更安心。",
    "CRITICAL_ILLNESS": "治疗期间遵医嘱、保证睡眠和营养；我们的理赔顾问随时愿意帮忙。",
    "WAIVER": "后续保费已经豁免，保障继续有效，请放心。",
}
"""By claim type; after a death nobody is sent a tip."""


def tip_for(claim_type: str) -> str:
    """The tip for a type of claim; empty where none would be fitting."""
    return TIPS.get(claim_type, "")
