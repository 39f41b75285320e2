"""Words of a template: one writes, another approves, from then on they are sent and can be traced."""

from datetime import timedelta

import pytest

from tests import make
from tests.messaging import post
from yilu.journal.models import Event
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.messaging import operations, templates
from yilu.messaging.models import TemplateVersion
from yilu.standards import queries as standards

pytestmark = pytest.mark.django_db
WRITER, CHECKER = Ref("staff", 1), Ref("staff", 2)
CODE = "claims.declined"
SHIPPED = tuple(templates.bodies()[CODE]["channels"])
ZH = {
    "title": "理赔结论",
    "text": "{name}您好，赔案{claim}已有结论，详见书面通知，也可致电{hotline}。【{insurer}】",
}
EN = {
    "title": "Our decision",
    "text": "Dear {name}, we have decided claim {claim}. Call {hotline}. {insurer}",
}


def draft(**given):
    told = {
        "template": CODE, "words": {"zh-hans": ZH, "en": EN}, "agent": {}, "channels": ("SMS", "OUTBOX"),
        "reason": "说得更明白", "actor": WRITER, "at": make.NOON,
    }  # fmt: skip
    return operations.draft_template(**{**told, **given})


def approve(version_id, **given):
    for check in ("told", "load"):
        operations.answer_template_check(
            version_id=version_id, check=check, passed=True, evidence="坐席班前会上念过，量与现在一样",
            actor=WRITER, at=make.NOON,
        )  # fmt: skip
    told = {"effective_from": make.NOON, "actor": CHECKER, "at": make.NOON}
    operations.approve_template(version_id=version_id, **{**told, **given})


def send(hours=0):
    post.queue(CODE, to=post.party(), facts={"claim": "LP1"}, at=make.NOON + timedelta(hours=hours))
    post.send(hours)
    from yilu.messaging.models import Message

    return Message.objects.latest("pk")


def test_a_second_person_puts_new_words_in_force_and_each_text_names_its_version():
    before = send()
    version_id = draft()
    assert send().template_version == before.template_version  # a draft is not sent
    approve(version_id, effective_from=make.NOON + timedelta(hours=1))
    assert send().template_version == before.template_version
    after = send(1)
    row = TemplateVersion.objects.get(pk=version_id)
    assert (after.template_version, row.version) == (row.version, before.template_version + 1)
    assert "已有结论" in after.text
    # What shipped is kept, too: the older text can still be traced to its words.
    shipped = TemplateVersion.objects.get(template=CODE, version=before.template_version)
    assert shipped.is_shipped
    assert list(Event.objects.filter(kind__startswith="messaging.template").values_list("kind", flat=True)) == [
        "messaging.template_drafted", "messaging.template_checked", "messaging.template_checked",
        "messaging.template_approved",
    ]  # fmt: skip


def test_words_are_sent_with_seven_answers_only_and_the_words_before_come_back_at_once():
    told = {"actor": CHECKER, "at": make.NOON + timedelta(minutes=1)}
    with pytest.raises(operations.NoEarlierWords):
        operations.roll_back_template(template=CODE, **told)
    version_id = draft()
    with pytest.raises(Refusal, match="七必查") as refused:
        operations.approve_template(version_id=version_id, effective_from=told["at"], **told)
    assert str(refused.value.hint) == "还差：查告知、查压力", "other channels are another load"
    approve(version_id)
    assert "已有结论" in send(1).text
    operations.roll_back_template(template=CODE, **told)
    assert "已有结论" not in send(1).text
    row = TemplateVersion.objects.get(template=CODE, version=3)
    assert row.digest == TemplateVersion.objects.get(template=CODE, version=1).digest
    with pytest.raises(operations.NoSuchTemplate):
        operations.roll_back_template(template="claims.rumour", **told)
    operations.return_template(version_id=draft(), remark="不改了", actor=WRITER, at=make.NOON)
    jargon = draft(
        words={"zh-hans": {**ZH, "title": "理算结论"}, "en": EN}, channels=SHIPPED, at=told["at"]
    )
    with pytest.raises(Refusal, match="系统检查没有通过"):
        operations.answer_template_check(
            version_id=jargon,
            check="readable",
            passed=True,
            evidence="客服都说大家懂这个词",
            **told,
        )
    checks = {c.code: c.passed for c in standards.checks_of(Ref("template_version", jargon))}
    assert [code for code, passed in checks.items() if not passed] == ["readable", "told"]


def test_nobody_approves_their_own_words():
    version_id = draft()
    with pytest.raises(operations.OwnDraft):
        approve(version_id, actor=WRITER)
    assert TemplateVersion.objects.get(pk=version_id).state == "DRAFT"


def test_words_come_into_force_now_or_later_and_once():
    version_id = draft()
    with pytest.raises(operations.TooEarly):
        approve(version_id, effective_from=make.NOON - timedelta(seconds=1))
    approve(version_id)
    for again in (lambda: approve(version_id), lambda: approve(999_999)):
        with pytest.raises(operations.NoSuchTemplate):
            again()


def test_a_draft_is_given_back_with_a_remark_and_another_may_follow():
    version_id = draft()
    with pytest.raises(operations.DraftOpen):
        draft()
    with pytest.raises(operations.ReasonMissing):
        operations.return_template(version_id=version_id, remark=" ", actor=CHECKER, at=make.NOON)
    operations.return_template(version_id=version_id, remark="缺热线", actor=CHECKER, at=make.NOON)
    assert draft() != version_id
    with pytest.raises(operations.NoSuchTemplate):
        approve(version_id)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"template": "claims.rumour"}, operations.NoSuchTemplate), ({"reason": " "}, operations.ReasonMissing),
        ({"words": {"zh-hans": {**ZH, "text": "您好"}, "en": EN}}, operations.BadWords),
        ({"words": {"zh-hans": {**ZH, "text": ZH["text"] + "{amount}"}, "en": EN}}, operations.BadWords),
        ({"words": {"zh-hans": {**ZH, "text": ZH["text"] + "{claim.__class__}"}, "en": EN}}, operations.BadWords),
        ({"words": {"zh-hans": {**ZH, "text": ZH["text"] + "{"}, "en": EN}}, operations.BadWords),
        ({"words": {"zh-hans": {**ZH, "title": ""}, "en": EN}}, operations.BadWords),
        ({"words": {"zh-hans": {**ZH, "text": ZH["text"] + "长" * 500}, "en": EN}}, operations.BadWords),
        ({"channels": ("PIGEON",)}, operations.BadWords), ({"channels": ()}, operations.BadWords),
        ({"agent": {"zh-hans": {"title": "x", "text": "{amount}"}}}, operations.BadWords),
    ],
)  # fmt: skip
def test_words_that_do_not_fit_are_refused_and_nothing_is_kept(change, refusal):
    with pytest.raises(refusal):
        draft(**change)
    assert not TemplateVersion.objects.exists()


def test_the_shipped_words_are_kept_once_and_never_push_aside_our_own():
    assert operations.load_catalogue(make.NOON) == len(templates.catalogue())
    assert operations.load_catalogue(make.NOON) == 0
    version_id = draft()
    approve(
        version_id, at=make.NOON + timedelta(hours=1), effective_from=make.NOON + timedelta(hours=1)
    )
    assert operations.load_catalogue(make.NOON + timedelta(days=1)) == 0
    assert templates.in_force(CODE, make.NOON + timedelta(days=2)).version == 2
    assert templates.in_force(CODE, make.NOON).version == 1
    assert templates.in_force("claims.rumour", make.NOON) is None
