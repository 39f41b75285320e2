"""Whoever reads English buys in English; what has none yet stays Chinese and says so."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from tests import make
from tests.underwriting.story import Story, insurer
from tests.web.signing import signed_in
from yilu.kernel.errors import said
from yilu.underwriting import queries
from yilu.web.common.templatetags.yilu import tongued

pytestmark = pytest.mark.django_db
HAN = re.compile(r"[\u4e00-\u9fff]+")


def chinese_left(page: str) -> list[str]:
    """Chinese words on a page that do not say that they are Chinese."""
    main = re.search(r"<main.*?</main>", page, re.DOTALL)
    assert main
    text = re.sub(r'<span lang="zh">.*?</span>', "", main[0])
    text = re.sub(r'(value|name)="[^"]*"', "", text)
    return HAN.findall(text)


def test_every_page_on_the_way_is_english() -> None:
    story = Story(insurer())
    make.consent(story.holder_id, "MARKETING")
    story.identified().planned()
    browser = signed_in(story.me)
    browser.cookies["django_language"] = "en"
    here = f"/c/applications/{story.id}"
    pages = ["/c/buy", "/c/buy/critical-illness", "/c/needs"]
    pages += [f"{here}/{step}" for step in ("people", "plan", "health", "means", "notices")]
    for path in pages:
        page = browser.get(path)
        assert page.status_code == 200
        assert chinese_left(page.content.decode()) == [], path


def test_a_verdict_is_said_again_in_the_reader_s_language() -> None:
    story = Story(insurer())
    pressure = {
        "area_heart": "YES", "hypertension": "YES", "hypertension.systolic": "150",
        "hypertension.diastolic": "92", "hypertension.damage": "NO",
    }  # fmt: skip
    assert story.submitted(**pressure).outcome == "LOADING"
    view = queries.get_for_party(story.id, story.holder_id)
    with translation.override("en"):
        told = [said(why.in_words, translation.gettext) for why in view.reasons]
    assert any("50 points" in each for each in told)
    assert not [each for each in told if HAN.search(each)]
    assert all(str(why.in_words) for why in view.reasons)


def test_words_without_english_stay_chinese_and_say_so() -> None:
    with translation.override("en"):
        assert tongued("这句话还没有英文") == '<span lang="zh">这句话还没有英文</span>'
        assert tongued("<b>还没有</b>") == '<span lang="zh">&lt;b&gt;还没有&lt;/b&gt;</span>'
        assert tongued("heart") == "heart"
    with translation.override("zh-hans"):
        assert tongued("这句话还没有英文") == "这句话还没有英文"
