"""propose_end_of_sale, confirm_end_of_sale, drop_end_of_sale: a product leaves the shelf by two hands, from a day on."""

import shutil
from datetime import timedelta

import pytest

from tests import make
from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.products import operations, queries
from yilu.products.models import EndOfSale, ProductVersion
from yilu.products.operations import CATALOGUE

CODE = "term-life"
TODAY = day_of(NOON)
DAY = timedelta(days=1)
ONE, OTHER = Ref("staff", 1), Ref("staff", 2)


@pytest.fixture
def version(db):
    return make.product(CODE)


def propose(version, last_day=TODAY + 10 * DAY, **more):
    told = {"reason": "定期寿险换代", "actor": ONE, "at": NOON} | more
    return operations.propose_end_of_sale(version_id=version, last_day=last_day, **told)


def confirm(version, actor=OTHER, at=NOON):
    return operations.confirm_end_of_sale(version_id=version, actor=actor, at=at)


def told():
    return list(
        Event.objects.filter(kind__startswith="products.sale")
        .order_by("id")
        .values_list("kind", flat=True)
    )


def sold_on(day):
    return queries.find_version_id(CODE, day) is not None


def test_nothing_changes_until_another_one_agrees_and_then_it_is_sold_to_the_last_day(version):
    propose(version)
    assert queries.sale_of(version).last_day is None
    assert sold_on(TODAY + 11 * DAY)

    assert confirm(version) == TODAY + 10 * DAY

    assert sold_on(TODAY + 10 * DAY)
    assert not sold_on(TODAY + 11 * DAY)
    assert queries.get_terms(version).code == CODE
    assert not queries.list_ended(TODAY + 10 * DAY)
    assert [row.code for row in queries.list_ended(TODAY + 11 * DAY)] == [CODE]
    sale = queries.sale_of(version)
    assert (sale.last_day, sale.waiting) == (TODAY + 10 * DAY, None)
    assert (sale.ended_by.proposed_by, sale.ended_by.decided_by) == (str(ONE), str(OTHER))
    assert told() == ["products.sale_end_proposed", "products.sale_end_confirmed"]


def test_a_proposal_that_lay_longer_than_its_day_ends_the_sale_today_and_not_before(version):
    propose(version, last_day=TODAY)
    later = NOON + 3 * DAY
    assert confirm(version, at=later) == TODAY + 3 * DAY
    assert sold_on(TODAY + 3 * DAY)


def test_a_dropped_proposal_leaves_it_on_sale_and_another_may_follow(version):
    propose(version)
    operations.drop_end_of_sale(version_id=version, actor=ONE, at=NOON)
    assert queries.sale_of(version).waiting is None
    with pytest.raises(operations.NoEndProposed):
        confirm(version)
    assert sold_on(TODAY + 11 * DAY)
    propose(version)
    assert told()[-2:] == ["products.sale_end_dropped", "products.sale_end_proposed"]


class TestRefusals:
    def test_nobody_agrees_with_themselves(self, version):
        propose(version)
        with pytest.raises(operations.SameHandsEndSale):
            confirm(version, actor=ONE)
        assert queries.sale_of(version).waiting is not None

    @pytest.mark.parametrize("days", [-1, 367])
    def test_a_day_gone_by_or_far_off(self, version, days):
        with pytest.raises(operations.BadLastDay):
            propose(version, last_day=TODAY + days * DAY)
        assert not told()

    @pytest.mark.parametrize("reason", ["", "  旧 ", "长" * 201])
    def test_no_reason(self, version, reason):
        with pytest.raises(operations.EndReasonMissing):
            propose(version, reason=reason)
        assert not EndOfSale.objects.exists()

    def test_twice(self, version):
        propose(version)
        with pytest.raises(operations.EndProposedAlready):
            propose(version, actor=OTHER)
        confirm(version)
        with pytest.raises(operations.NotOnSale):
            propose(version)
        assert EndOfSale.objects.count() == 1

    def test_no_such_version(self, db):
        for do in (propose, confirm):
            with pytest.raises(operations.VersionNotFound):
                do(0)


class TestNewerVersion:
    @pytest.fixture
    def newer(self, tmp_path):
        """Publishes the next wording from a day on."""

        def publish(day):
            shutil.copytree(CATALOGUE / CODE, tmp_path / CODE)
            terms = queries.get_terms(queries.get_version_id(CODE, TODAY))
            for file, old, new in (
                ("terms", f'version = "{terms.version}"', 'version = "next"'),
                ("terms", f"valid_from = {terms.valid_from}", f"valid_from = {day}"),
                ("pricing", "interest = 0.025", "interest = 0.02"),  # the ceiling of its day
            ):
                path = tmp_path / CODE / f"{file}.toml"
                text = path.read_text(encoding="utf-8")
                assert old in text
                path.write_text(text.replace(old, new, 1), encoding="utf-8")
            path = tmp_path / CODE / "terms.toml"
            return operations.publish_wording(path=path, actor=ONE, at=NOON)

        return publish

    def test_it_takes_over_earlier_than_the_last_day(self, version, newer):
        propose(version)
        confirm(version)
        newer(TODAY + 5 * DAY)
        assert queries.get_version_id(CODE, TODAY + 4 * DAY) == version
        assert queries.get_version_id(CODE, TODAY + 5 * DAY) != version

    def test_it_comes_back_after_a_pause(self, version, newer):
        propose(version)
        confirm(version)
        newer(TODAY + 30 * DAY)
        assert not sold_on(TODAY + 20 * DAY)
        assert sold_on(TODAY + 30 * DAY)
        assert queries.sale_of(version).last_day == TODAY + 10 * DAY

    def test_a_proposal_it_overtook_cannot_be_agreed_to_but_given_up(self, version, newer):
        propose(version)
        newer(TODAY + 5 * DAY)
        with pytest.raises(operations.NotOnSale):
            confirm(version)
        operations.drop_end_of_sale(version_id=version, actor=OTHER, at=NOON)
        assert ProductVersion.objects.get(pk=version).valid_to == TODAY + 5 * DAY
