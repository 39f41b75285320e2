"""The English catalogue is complete, and compiles without GNU gettext."""

import gettext
import re

from tools import catalogue


def test_every_text_has_its_english():
    assert [(entry.text, entry.places[0]) for entry in catalogue.missing()] == []


def test_english_is_english():
    chinese = re.compile(r"[\u4e00-\u9fff]")
    # What people write into cells and files stays as it is written there, in any language.
    cell = re.compile(
        "是|否|男|女|姓名|性别|年龄|出生日期|身份证号|手机号|医院|状态|住院|门诊|购药|编码|名称|类别|单位|单价|机构|代码|"
        "触点|检查内容|结果|说明|责任人|整改期限|不?符合|不?适用|专业知识|服务技巧"
    )
    entries = [entry for entry in catalogue.read().values() if entry.done]

    assert [
        e.text for e in entries if any(chinese.search(cell.sub("", text)) for text in e.english)
    ] == []


def test_a_translation_has_the_places_of_its_original():
    places = re.compile(r"%\((\w+)\)s|{(\w*)}")
    wrong = [
        entry.text
        for entry in catalogue.read().values()
        if entry.done
        for text in entry.english
        if set(places.findall(text)) != set(places.findall(entry.text))
    ]

    assert wrong == []


def test_compile_is_read_by_gettext(tmp_path, monkeypatch):
    po = tmp_path / "django.po"
    po.write_text(catalogue.CATALOGUE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(catalogue, "CATALOGUE", po)

    with catalogue.compile_catalogue().open("rb") as file:
        english = gettext.GNUTranslations(file)

    assert english.gettext("我要报案") == "Report a loss"
    assert english.ngettext("%(n)s 天", "%(n)s 天", 1) == "%(n)s day"
    assert english.ngettext("%(n)s 天", "%(n)s 天", 2) == "%(n)s days"
    assert english.gettext("没有这句话") == "没有这句话"


def test_write_and_read_lose_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "CATALOGUE", tmp_path / "django.po")
    tricky = 'a "quoted" \\ back\nnew line\ttab 引号'
    catalogue.write({tricky: catalogue.Entry(tricky, "", ["web/x.py"], [tricky])})

    assert catalogue.read()[tricky].english == [tricky]


def test_marks_of_words_have_a_name_the_catalogue_listens_to():
    """Words marked under another name would never be said in English, and nobody would be told."""
    alias = re.compile(r"import \(?\s*(?:gettext\w*|ngettext\w*|marked) as (\w+)")
    for path in catalogue.SOURCE.rglob("*.py"):
        for name in alias.findall(path.read_text(encoding="utf-8")):
            assert list(catalogue._in_python(f'{name}("一路")')), f"{path}: {name}"
