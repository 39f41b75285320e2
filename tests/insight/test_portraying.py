"""traits say who a customer is with what each rests on; a gap that was filled since is none."""

from datetime import date

from yilu.insight.rules import Near, Told, traits

TODAY = date(2026, 3, 4)
NEEDS = (("owner", "企业主", "工作？ 经营"), ("lacks_medical", "缺医疗险", "没有选医疗险"))


def told(**given):
    return Told(tags=NEEDS, asked_on=date(2026, 1, 2), applied_on=date(2026, 2, 1), **given)


def labels(told_=None, *, around=(), kinds=(), born=date(1990, 3, 5)):
    found = traits(birth_date=born, around=around, kinds=kinds, told=told_, on=TODAY)
    return [(each.group, str(each.label)) for each in found]


def test_the_record_alone_tells_age_and_who_is_young_or_old_at_home():
    around = [
        Near(masked_name=name, birth_date=born, kinds=())
        for name, born in (
            ("林*宝", date(2008, 3, 5)), ("林*成", date(2008, 3, 4)), ("林*父", date(1966, 3, 4)),
            ("林*母", date(1966, 3, 5)), ("无", None),
        )
    ]  # fmt: skip
    assert labels(around=around) == [
        ("AGE", "35 岁"), ("FAMILY", "家里有未成年人"), ("FAMILY", "家里有长者"),
    ]  # fmt: skip
    assert labels(born=None) == []


def test_what_was_said_is_told_by_group_with_its_day():
    whole = told(occupation="外卖", relations=("PARENT", "SPOUSE"), declared_yes=2)
    assert labels(whole) == [
        ("AGE", "35 岁"), ("WORK", "外卖"), ("FAMILY", "已婚"), ("FAMILY", "照顾父母"),
        ("HEALTH", "健康告知有异常"), ("NEED", "企业主"), ("NEED", "缺医疗险"),
    ]  # fmt: skip
    found = traits(birth_date=None, around=(), kinds=(), told=whole, on=TODAY)
    assert str(found[-2].why) == "2026-01-02 的需求诊断：工作？ 经营"
    assert ("HEALTH", "健康告知没有异常") in labels(told(declared_yes=0))
    assert "HEALTH" not in dict(labels(told()))


def test_a_gap_that_was_filled_since_is_none():
    assert ("NEED", "缺医疗险") in labels(told(), kinds=["ACCIDENT"])
    assert ("NEED", "缺医疗险") not in labels(told(), kinds=["MEDICAL"])
