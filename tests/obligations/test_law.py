"""Every rule of law with a number of days or hours, as it was read in the official text (E.1-E.6)."""

import pytest

from yilu.obligations.operations import shipped

READ = {
    "law.rescission_30_days": ("E2", 30, "NATURAL_DAYS", "保险法第十六条", ()),
    "law.rescission_two_year_bar": ("E2", 2, "YEARS", "保险法第十六条", ()),
    "law.decide_thirty_days": ("E6, E8", 30, "NATURAL_DAYS", "保险法第二十三条", ("SUPPLEMENT",)),
    "law.decide_five_working_days": ("E7, E8", 5, "WORKING_DAYS", "基本服务规定", ("SUPPLEMENT",)),
    "law.pay_ten_days": ("E9", 10, "NATURAL_DAYS", "保险法第二十三条", ()),
    "law.denial_notice_three_days": ("E10", 3, "NATURAL_DAYS", "保险法第二十四条", ()),
    "law.advance_sixty_days": ("E11", 60, "NATURAL_DAYS", "保险法第二十五条", ()),
    "law.limitation_two_years": ("E12", 2, "YEARS", "保险法第二十六条", ()),
    "law.limitation_five_years": ("E12", 5, "YEARS", "保险法第二十六条", ()),
    "law.lapse_notice_10_days": ("E27", 10, "WORKING_DAYS", "基本服务规定第二十一条", ()),
    "law.reinstatement_30_days": ("E29", 30, "NATURAL_DAYS", "司法解释三第八条", ()),
    "law.surrender_30_days": ("E30", 30, "NATURAL_DAYS", "保险法第四十七条", ()),
    "law.servicing_accept_2_days": ("E31", 2, "WORKING_DAYS", "基本服务规定第十九条", ()),
    "law.servicing_notice_5_days": ("E31", 5, "WORKING_DAYS", "基本服务规定第十九条", ()),
    "law.servicing_finish_5_days": (
        "E31",
        5,
        "WORKING_DAYS",
        "基本服务规定第二十条",
        ("SUPPLEMENT",),
    ),
    "law.application_defects_notice": ("E33", 5, "WORKING_DAYS", "基本服务规定第十条", ()),
    "law.application_examination_notice": ("E33", 5, "WORKING_DAYS", "基本服务规定第十一条", ()),
    "law.application_decided": ("E33", 15, "WORKING_DAYS", "基本服务规定第十一条", ()),
    "law.application_decided_after_report": ("E33", 15, "WORKING_DAYS", "基本服务规定第十二条", ()),
    "law.policy_made_after_payment": ("E33", 15, "WORKING_DAYS", "基本服务规定第十一条", ()),
    "law.agent_exit_30_days": ("E38", 30, "NATURAL_DAYS", "保险销售行为管理办法第三十六条", ()),
    "law.mis_selling_solved": ("E45", 15, "WORKING_DAYS", "基本服务规定第十八条", ()),
    "law.recording_put_right": ("E49", 15, "WORKING_DAYS", "可回溯", ()),
    "law.complaint_15_days": ("E58", 15, "NATURAL_DAYS", "投诉处理管理办法第十八条", ("OUTSIDE",)),
    "law.complaint_30_days": ("E58", 30, "NATURAL_DAYS", "投诉处理管理办法第十八条", ("OUTSIDE",)),
    "law.complaint_60_days": ("E58", 60, "NATURAL_DAYS", "投诉处理管理办法第十八条", ("OUTSIDE",)),
    "law.complaint_review_30_days": ("E62", 30, "NATURAL_DAYS", "投诉处理管理办法第二十条", ()),
    "law.matter_disclosure": ("E.5", 10, "WORKING_DAYS", "信息披露办法", ()),
}
"""By code: the number of the regulation, limit, unit, part of the citation, and what is not counted."""
LAST_DAY_TOLD = {"law.new_policy_follow_up", "law.recording_checked", "law.yearly_disclosure"}
LAST_DAY_TOLD |= {"law.privacy_data_returned"}
"""The last day comes with the event: the days a product or a contract has, or a day of the calendar."""
NO_NUMBER = {
    "law.one_off_notice", "law.claim_guidance", "law.disability_appraisal_notice", "law.disaster_fast_lane",
}  # fmt: skip
"""The law says “promptly”: the number is the insurer's own, and the text says so."""
LAW = {row["code"]: row for row in shipped() if row["grade"] == "LAW"}


def test_every_row_of_law_was_read():
    assert LAW.keys() == READ.keys() | LAST_DAY_TOLD | NO_NUMBER


@pytest.mark.parametrize("code", READ)
def test_a_row_of_law_says_what_the_law_says(code):
    _number, limit, unit, source, pauses = READ[code]
    rule = LAW[code]["rule"]
    assert (rule["limit"], rule["unit"], "grid" in rule) == (limit, unit, False)
    assert source in LAW[code]["citation"]
    assert tuple(each["cause"] for each in rule["pause"]) == pauses


def test_where_the_law_has_no_number_the_text_says_whose_it_is():
    for code in NO_NUMBER:
        assert "未定具体时限" in LAW[code]["text"], code
        assert "待确认" in LAW[code]["text"], code
    for code in LAST_DAY_TOLD:
        assert any(start.get("until") for start in LAW[code]["rule"]["start"]), code
