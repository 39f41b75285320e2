"""load_catalogue publishes wordings once, names every problem, and never changes what stands."""

import shutil
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel.refs import SYSTEM
from yilu.products import operations, queries
from yilu.products.models import Offering, Product, ProductVersion
from yilu.products.operations import CATALOGUE, BadWording, WordingAlreadyPublished

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    """A catalogue of its own with two wordings, free to be spoilt."""
    for code in ("term-life", "small-medical"):
        shutil.copytree(CATALOGUE / code, tmp_path / code)
    return tmp_path


def rewrite(folder, code, old, new):
    path = folder / code / "terms.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def load(folder):
    return operations.load_catalogue(folder=folder, at=NOON)


def test_publishes_every_wording_of_the_insurer():
    loaded = operations.load_catalogue(at=NOON)

    assert len(loaded.published) == 15
    assert {row.kind for row in queries.list_products(NOON.date())} == {
        "TERM_LIFE", "WHOLE_LIFE", "ENDOWMENT", "ANNUITY", "CRITICAL_ILLNESS", "HOSPITAL_ALLOWANCE",
        "MEDICAL", "ACCIDENT", "GROUP_MEDICAL",
    }  # fmt: skip
    assert Event.objects.filter(kind="products.version_published").count() == 15


def test_does_it_once():
    operations.load_catalogue(at=NOON)
    again = operations.load_catalogue(at=NOON)

    assert again.published == ()
    assert again.unchanged == 15
    assert ProductVersion.objects.count() == 15


def test_what_was_published_with_its_papers_upgrades_to_what_is_published_now(folder):
    """Offerings from before papers became a list of standards: nothing is new to publish, nothing is refused."""
    load(folder)
    now = dict(Offering.objects.values_list("pk", "digest"))
    assert now
    for row in Offering.objects.all():
        row.content["papers"] = [{"code": "RELATION", "title": "关系证明"}]
        row.digest = "as it was with its papers"
        row.save()
    with pytest.raises(WordingAlreadyPublished):
        load(folder)

    upgrade = import_module("yilu.products.migrations.0004_papers_apart")
    for _twice in range(2):
        upgrade.part_with_papers(apps, None)

    assert dict(Offering.objects.values_list("pk", "digest")) == now
    assert load(folder).published == ()
    version = queries.get_version_id("term-life", NOON.date())
    assert queries.get_questionnaire(version).questions


def test_gives_back_the_very_terms_that_were_written(folder):
    load(folder)
    for code in ("term-life", "small-medical"):
        stored = queries.get_terms(queries.get_version_id(code, NOON.date()))
        written = operations.read_wording(folder / code / "terms.toml")

        assert stored.benefits == written.benefits
        assert stored.clauses == written.clauses
        assert len(stored.digest) == 64


def test_reads_a_version_once_per_process(folder):
    load(folder)
    version_id = queries.get_version_id("term-life", NOON.date())
    queries.get_terms(version_id)

    with CaptureQueriesContext(connection) as asked:
        assert queries.get_terms(version_id) is queries.get_terms(version_id)
    assert len(asked) == 0


def test_refuses_to_change_a_published_wording(folder):
    load(folder)
    rewrite(folder, "small-medical", "ratio_social = 0.9", "ratio_social = 0.85")

    with pytest.raises(WordingAlreadyPublished, match="一路小额医疗保险 2015-2"):
        load(folder)
    assert ProductVersion.objects.count() == 2


def test_publishes_a_new_version_from_its_day_on(folder):
    load(folder)
    rewrite(folder, "small-medical", 'version = "2015-2"', 'version = "2026-1"')
    rewrite(folder, "small-medical", "valid_from = 2015-01-02", "valid_from = 2026-07-01")
    rewrite(folder, "small-medical", "ratio_social = 0.9", "ratio_social = 0.85")
    loaded = load(folder)

    assert loaded.published == ("small-medical 2026-1",)
    before = queries.get_terms(queries.get_version_id("small-medical", date(2026, 6, 30)))
    after = queries.get_terms(queries.get_version_id("small-medical", date(2026, 7, 1)))
    assert before.by_benefit["inpatient"].ratio_social == Decimal("0.9")
    assert after.by_benefit["inpatient"].ratio_social == Decimal("0.85")


def test_sells_a_version_written_for_the_past_from_the_day_it_is_published(folder):
    load(folder)
    rewrite(folder, "term-life", 'version = "2015-2"', 'version = "2015-3"')
    rewrite(folder, "term-life", "valid_from = 2015-01-02", "valid_from = 2015-02-01")
    load(folder)

    def sold(day):
        return queries.get_terms(queries.get_version_id("term-life", day)).version

    assert sold(NOON.date() - timedelta(days=1)) == "2015-2"
    assert sold(NOON.date()) == "2015-3"


def test_brings_nothing_back_that_was_taken_off_sale(folder):
    load(folder)
    ended = NOON.date() - timedelta(days=30)
    ProductVersion.objects.filter(product__code="term-life").update(valid_to=ended)
    rewrite(folder, "term-life", 'version = "2015-2"', 'version = "2015-3"')
    rewrite(folder, "term-life", "valid_from = 2015-01-02", "valid_from = 2015-02-01")

    assert load(folder).published == ()
    assert queries.find_version_id("term-life", NOON.date()) is None
    with pytest.raises(BadWording, match="产品已经停售"):
        operations.publish_wording(path=folder / "term-life" / "terms.toml", actor=SYSTEM, at=NOON)


def test_refuses_a_new_version_that_starts_before_the_present_one(folder):
    load(folder)
    rewrite(folder, "term-life", 'version = "2015-2"', 'version = "2014-1"')
    rewrite(folder, "term-life", "valid_from = 2015-01-02", "valid_from = 2014-01-01")

    with pytest.raises(BadWording, match="要晚于现行版本的生效日"):
        load(folder)


def test_publishes_none_where_one_is_bad_and_names_every_problem(folder):
    rewrite(folder, "small-medical", "ratio_social = 0.9", "ratio_socail = 0.9")
    rewrite(folder, "term-life", "waiting_days = 90", "waiting_days = 181")

    with pytest.raises(BadWording) as refused:
        load(folder)

    assert refused.value.problems == (
        "catalogue: small-medical/terms.toml 第 129 行 benefits[1].ratio_socail：没有这个字段，是不是 ratio_social？",
        "catalogue: term-life/terms.toml 第 99 行 benefits[1].waiting_days：等待期不得超过 180 日（健康保险办法第27条）",
    )
    assert not Product.objects.exists()
    assert not Event.objects.exists()


def test_names_the_line_also_of_what_lies_beside_a_wording_and_of_what_is_no_toml(folder):
    rewrite(folder, "small-medical", "valid_from = 2015-01-02", "valid_from 2015-01-02")
    path = folder / "term-life" / "pricing.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("shares = [0.2, 0.1", "shares = [0.1, 0.2"), encoding="utf-8")

    with pytest.raises(BadWording) as refused:
        load(folder)

    toml, rates = refused.value.problems
    assert toml.startswith(
        "catalogue: small-medical/terms.toml 第 7 行第 12 列 不是有效的 TOML 文件："
    )
    assert "term-life/pricing.toml 第 26 行 loadings[2].shares：附加费用率应当逐年不增" in rates


def test_publish_wording_publishes_one(folder):
    made = operations.publish_wording(
        path=folder / "term-life" / "terms.toml", actor=SYSTEM, at=NOON
    )

    assert queries.get_version_id("term-life", NOON.date()) == made


def test_a_product_that_was_not_sold_is_not_found(folder):
    load(folder)

    assert queries.find_version_id("term-life", date(2014, 12, 31)) is None
    with pytest.raises(queries.ProductNotFound):
        queries.get_version_id("no-such", NOON.date())
    with pytest.raises(queries.ProductNotFound):
        queries.get_terms(0)
