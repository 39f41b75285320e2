"""The glossary tells the truth about the code."""

import re

from tools import glossary

from tests.house.test_house_rules import HOUSE


def test_every_table_has_its_chinese_term():
    without = [f"{room}.{name}" for room, name, term, _ in glossary.kept() if not term]
    assert not without, f"say the Chinese term in the docstring of {without}"


def test_the_list_of_tables_is_up_to_date():
    page = glossary.PAGE.read_text(encoding="utf-8")
    assert glossary.written(page) == page, "run: python tools/glossary.py"


def test_every_word_of_the_trade_is_used_in_the_code():
    words = re.findall(r"^\| `(\w+)` \|", glossary.PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    words = [w for w in words if w.islower()]
    code = "\n".join(p.read_text(encoding="utf-8").lower() for p in HOUSE.rglob("*.py"))
    unused = [word for word in words if word not in code]
    assert len(words) > 30
    assert not unused, f"nobody uses {unused}"
