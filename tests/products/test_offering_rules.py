"""A product whose price, questions or notices are wrong is refused whole, with place and reason."""

import shutil

import pytest

from tests.make import NOON
from yilu.products import operations
from yilu.products.models import Offering, ProductVersion, RateTable
from yilu.products.operations import CATALOGUE, BadWording, WordingAlreadyPublished

WRONG = [
    ("term-life", "pricing", 'basis = "LIFE"', 'basis = "GUESS"', "行 basis：没有“GUESS”"),
    ("term-life", "pricing", "interest = 0.025", "interest = 0.06", "预定利率要大于零，不高于发布时的上限"),
    ("term-life", "pricing", '["CL1", "CL2"]', '["CL1", "CL9"]', "mortality：写男、女两张生命表"),
    ("term-life", "pricing", 'mode = "MONTHLY", factor = 0.089', 'mode = "MONTHLY", factor = 0.5',
     "modes[5].factor：分期系数"),
    ("term-life", "pricing", "interest", "intrest", "是不是 interest？"),
    ("term-life", "pricing", "demo = true", 'demo = "maybe"', "行 demo：这里应当是 true 或 false"),
    ("term-life", "pricing", "shares = [0.06]", "shares = [1.5]", "附加费用率都在 0 到 1 之间"),
    ("term-life", "pricing", "shares = [0.5, 0.25", "shares = [0.2, 0.25", "附加费用率应当逐年不增"),
    ("whole-life", "pricing", "{ pay_years = 10, to_age = 60 }", "{ pay_years = 10, to_age = 70 }",
     "交 10 年：算不出保险费"),
    ("small-medical", "pricing", "from_age = 18, to_age = 30", "from_age = 19, to_age = 30",
     "bands[3].from_age：年龄段要从 0 岁起首尾相接"),
    ("small-medical", "pricing", "renewal_needs_consent = true", "renewal_needs_consent = false",
     "须由投保人同意后才能自动续保"),
    ("small-medical", "pricing", "social_factor = 0.58", "social_factor = 1.58", "有社保的费率系数"),
    ("small-medical", "pricing", "pay_years = [1]", "pay_years = [1, 5]", "短期产品只能交一年"),
    ("term-life", "questionnaire", '"smoker",', '"smokes",', "ask[3]：题库里没有问题“smokes”"),
    ("term-life", "questionnaire", "]\n", ']\n[[questions]]\ncode = "rest"\ntext = "是否患有其他疾病？"\n',
     "概括性问题对投保人没有约束力"),
    ("term-life", "questionnaire", "]\n", ']\n[[questions]]\ncode = "x"\ntext = "血压正常"\n',
     "要写成一个具体的问题"),
    ("term-life", "questionnaire", "]\n",
     ']\n[[questions]]\ncode = "x"\ntext = "是否？"\nshown_if = { question = "smoker", equals = ["OFTEN"] }\n',
     "“smoker”没有答案 OFTEN"),
    ("term-life", "questionnaire", "]\n",
     ']\n[[questions]]\ncode = "x"\ntext = "哪种？"\nkind = "CHOICE"\n', "单选题至少两个选项"),
    ("term-life", "notices", 'clause = "3.5"', 'clause = "3.55"', "没有条款 3.55"),
    ("term-life", "notices", 'clause = "3.5"', 'clause = "2.1"', "条款 3.5 免除或者减轻责任"),
    ("small-medical", "notices", 'clause = "2.3"', 'clause = "2.2"', "条款 2.3 免除或者减轻责任"),
    ("term-life", "notices", 'clause = "4.2"', 'clause = "2.2"', "条款 4.2 免除或者减轻责任"),
    ("term-life", "notices", 'clause = "2.3"', 'clause = "2.2"', "条款 2.3 免除或者减轻责任"),
    ("small-medical", "notices", 'clause = "2.5"', 'clause = "2.3"', "条款 2.5 免除或者减轻责任"),
    ("small-medical", "notices", 'clause = "2.6"', 'clause = "2.3"', "条款 2.6 免除或者减轻责任"),
    ("accident", "notices", 'clause = "2.1"', 'clause = "2.4"', "条款 2.1 免除或者减轻责任"),
    ("accident", "notices", 'clause = "2.3"', 'clause = "2.4"', "条款 2.3 免除或者减轻责任"),
    ("accident", "notices", 'clause = "2.5"', 'clause = "2.4"', "条款 2.5 免除或者减轻责任"),
    ("critical-illness", "notices", 'clause = "2.3"', 'clause = "2.4"', "条款 2.3 免除或者减轻责任"),
    ("hospital-allowance", "notices", 'clause = "2.2"', 'clause = "2.4"', "条款 2.2 免除或者减轻责任"),
    ("whole-life", "notices", 'clause = "2.1"', 'clause = "2.2"', "条款 2.1 免除或者减轻责任"),
    ("term-life", "terms", "grace_days = 60", "grace_days = 30", "不得少于 60 日（保险法第36条）"),
    ("term-life", "terms", "cooling_off_days = 15", "cooling_off_days = 10", "犹豫期不得少于 15 日"),
    ("whole-life", "terms", "limit = 500000", "limit = 800000", "不得高于 500,000 元（保险法第33条）"),
]  # fmt: skip


@pytest.fixture
def product(tmp_path):
    def copied(code):
        shutil.copytree(CATALOGUE / code, tmp_path / code)
        return tmp_path / code

    return copied


def rewrite(folder, name, old, new):
    path = folder / f"{name}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(("code", "name", "old", "new", "said"), WRONG)
def test_names_place_and_reason(product, code, name, old, new, said):
    folder = product(code)
    rewrite(folder, name, old, new)

    with pytest.raises(BadWording) as refused:
        operations.read_folder(folder)

    assert all(problem.startswith(f"{code}/") for problem in refused.value.problems)
    assert any(said in problem for problem in refused.value.problems), refused.value.problems


def test_names_the_line_of_what_is_no_toml(product):
    folder = product("term-life")
    rewrite(folder, "pricing", "interest = 0.025", "interest = ")

    with pytest.raises(
        BadWording, match=r"term-life/pricing.toml 第 \d+ 行第 \d+ 列 不是有效的 TOML 文件"
    ):
        operations.read_folder(folder)


def test_names_the_file_that_is_missing(product):
    folder = product("term-life")
    (folder / "notices.toml").unlink()

    with pytest.raises(BadWording, match=r"缺少文件 notices.toml"):
        operations.read_folder(folder)


def test_a_folder_with_a_wording_alone_is_not_sold_to_single_persons():
    read = operations.read_folder(CATALOGUE / "group-medical")
    assert read.offering is None
    assert read.rates == {}


@pytest.mark.django_db
class TestPublishing:
    def test_publishes_nothing_of_a_product_with_one_bad_file(self, product):
        folder = product("term-life")
        rewrite(folder, "notices", 'clause = "3.5"', 'clause = "3.55"')

        with pytest.raises(BadWording):
            operations.load_catalogue(folder=folder.parent, at=NOON)
        assert not ProductVersion.objects.exists()

    def test_keeps_every_rate_table_with_the_version(self, product):
        folder = product("endowment")
        operations.load_catalogue(folder=folder.parent, at=NOON)
        operations.load_catalogue(folder=folder.parent, at=NOON)

        assert Offering.objects.count() == 1
        assert RateTable.objects.count() == 8
        stored = RateTable.objects.get(sex="MALE", pay_years=10)
        assert stored.premiums["30"] == 9258
        assert stored.values["30"][-1] == 100_000

    def test_never_changes_how_a_published_version_is_sold(self, product):
        folder = product("term-life")
        operations.load_catalogue(folder=folder.parent, at=NOON)
        rewrite(folder, "pricing", "interest = 0.025", "interest = 0.02")

        with pytest.raises(WordingAlreadyPublished, match="投保资料已经发布"):
            operations.load_catalogue(folder=folder.parent, at=NOON)

    def test_adds_to_a_version_published_before_it_was_sold(self, product):
        folder = product("term-life")
        beside = {}
        for name in ("pricing", "questionnaire", "notices"):
            path = folder / f"{name}.toml"
            beside[path] = path.read_text(encoding="utf-8")
            path.unlink()
        operations.load_catalogue(folder=folder.parent, at=NOON)
        assert not Offering.objects.exists()

        for path, text in beside.items():
            path.write_text(text, encoding="utf-8")
        loaded = operations.load_catalogue(folder=folder.parent, at=NOON)

        assert loaded.published == ()
        assert Offering.objects.count() == 1
