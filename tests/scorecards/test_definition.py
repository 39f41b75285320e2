"""A catalogue of figures that cannot be used is refused with file, line and reason."""

import pytest

from yilu.kernel.facts import REGISTRY
from yilu.scorecards.book import known, the_book
from yilu.scorecards.rules.definition import DefinitionError
from yilu.scorecards.rules.reading import Known, read_book

KPI = """
[[kpi]]
code = "closed"
group = "CLAIMS"
title = "结案率"
title_en = "Closed rate"
means = "结案的比例"
means_en = "Share that is closed"
unit = "PERCENT"
form = "SHARE"
better = "UP"
target = 90
citation = "结案率（A168）"
"""
COUNT = 'count = [{ on = "claims.claim_closed", good = { outcome = "PAID" } }]\n'
KNOWN = Known(REGISTRY, {"law.pay_ten_days"}, {"message_seconds"})


def mistakes(text):
    with pytest.raises(DefinitionError) as refused:
        read_book(text, "kpis.toml", KNOWN)
    return [str(each) for each in refused.value.mistakes]


def test_the_shipped_catalogue_is_sound_and_cites_everything():
    book = the_book()
    assert len(book.kpis) >= 30
    assert all("（A" in k.citation or "（E" in k.citation for k in book.kpis.values())
    assert book.kinds <= set(REGISTRY)
    assert "law.complaint_15_days" in known().clocks


def test_a_good_definition_is_read():
    kpi = read_book(KPI + COUNT, "kpis.toml", KNOWN).kpis["closed"]
    assert kpi.target == 90
    assert kpi.count[0].is_good({"outcome": "PAID"})
    assert not kpi.count[0].is_good({"outcome": "DECLINED"})


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("[[kpi]\n", 1, "不是有效的 TOML 文本"),
        ("", 1, "至少需要一项指标"),
        ("kpi = 3\n", 1, "应写成 [[kpi]]"),
        (KPI, 2, "只能用一种方式计数"),
        (KPI + COUNT + 'colour = "red"\n', 15, "不认识的项：colour"),
        (KPI.replace('"closed"', '"Closed!"') + COUNT, 3, "代码应由小写字母"),
        (KPI.replace("（A168）", "") + COUNT, 13, "依据里要写明条目编号"),
        (KPI.replace('"SHARE"', '"GUESS"') + COUNT, 10, "form 只能是"),
        (KPI.replace("90", '"many"') + COUNT, 12, "target 应为数字"),
        (KPI.replace('"结案率"', '""') + COUNT, 5, "1 至 40 字"),
        (KPI + 'count = ["claims.claim_sung"]\n', 14, "没有这种事件：claims.claim_sung"),
        (KPI + 'count = "claims.claim_closed"\n', 14, "应为事件的列表"),
        (KPI + 'count = [{ on = "claims.claim_closed", when = { mood = "good" } }]\n', 14, "没有这一项：mood"),
        (KPI + 'count = [{ on = "claims.claim_closed", with = 1 }]\n', 14, "不认识的项：with"),
        (KPI + 'count = [{ on = "claims.claim_sent_to_review", when = { reasons = "x" } }]\n', 14, "不能作条件"),
        (KPI + 'enter = ["claims.claim_reported"]\n', 14, "enter 与 reach 要一起写"),
        (KPI + COUNT + 'within = "soon"\n', 15, "时长应写成"),
        (KPI + 'clocks = ["law.no_such"]\n', 14, "没有这项时限：law.no_such"),
        (KPI.replace('"SHARE"', '"MEAN"') + COUNT, 10, "平均数要说明取什么值"),
        (KPI.replace('"SHARE"', '"SCORE"') + COUNT, 2, "得分要说明取哪一项"),
        (KPI.replace('"SHARE"', '"RATE"') + COUNT + 'per = "moons"\n', 15, "没有这个基数：moons"),
        (KPI + COUNT + 'amount = "weight"\n', 15, "没有这一项：weight"),
        (KPI + COUNT + 'look_up = "stars"\n', 15, "没有这种取值：stars"),
        (KPI + COUNT + KPI + COUNT, 17, "代码重复：closed"),
        (KPI + COUNT + '[[series]]\ncode = "stock"\ntitle = "存量"\n', 15, "没有说明由什么事件计入"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_their_line(text, line, reason):
    found = mistakes(text)
    assert any(m.startswith(f"kpis.toml:{line}:") and reason in m for m in found), found


def test_every_mistake_is_said_at_once():
    assert len(mistakes(KPI.replace("90", '"x"').replace("UP", "SIDEWAYS"))) == 3
