import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.messaging import post
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.messaging import operations, queries, rules, templates
from yilu.messaging.models import Message

pytestmark = pytest.mark.django_db
WHO = Ref("party", 7)


def test_promises_a_message_with_the_change_it_tells_of():
    post.queue(to=WHO, copy_agent=True)

    message = post.the_message()
    assert (message.template, message.recipient, message.about) == (
        "claims.reported",
        "party:7",
        "claim:42",
    )
    assert message.facts == {"claim": "LP1", "by": post.BY}
    assert (message.state, message.copies_agent) == ("QUEUED", True)
    [seen] = queries.messages_about(post.CLAIM)
    assert (seen.title, seen.text) == ("报案已收到", "")  # never its code


def test_all_messages_of_a_use_case_are_one_statement(django_assert_num_queries):
    @tx.use_case
    def tell_everybody():
        for n in range(30):
            operations.queue(
                "claims.paid", to=Ref("party", n), about=post.CLAIM, at=make.NOON,
                facts={"claim": "LP1", "amount": "12.50"},
            )  # fmt: skip

    with django_assert_num_queries(3):
        tell_everybody()
    assert Message.objects.count() == 30


def test_leaves_nothing_behind_when_the_use_case_fails_later():
    @tx.use_case
    def report_and_fail():
        operations.queue(
            "claims.declined", to=WHO, about=post.CLAIM, at=make.NOON, facts={"claim": "LP1"}
        )
        raise LookupError

    with pytest.raises(LookupError):
        report_and_fail()
    assert not Message.objects.exists()


def test_refuses_an_unknown_template():
    with pytest.raises(operations.UnknownTemplate):
        post.queue("claims.rumour", to=WHO)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "facts",
    [
        {}, {"claim": "LP1"}, {"claim": "LP1", "by": post.BY, "name": "x"}, {"claim": "", "by": post.BY},
        {"claim": "LP1", "by": "tomorrow"}, {"claim": "LP1", "by": "2026-03-04T10:00:00"},
        {"claim": 5, "by": post.BY}, {"claim": "x" * 501, "by": post.BY},
    ],
)  # fmt: skip
def test_refuses_wrong_facts_before_anything_is_promised(facts):
    with pytest.raises(operations.WrongFacts):
        post.queue(to=WHO, facts=facts)
    assert not Message.objects.exists()


def test_the_same_message_twice_in_a_use_case_is_one():
    @tx.use_case
    def twice():
        for _ in range(2):
            operations.queue(
                "claims.declined", to=WHO, about=post.CLAIM, at=make.NOON, facts={"claim": "LP1"}
            )

    twice()
    assert Message.objects.count() == 1


def test_once_is_once_for_ever_and_for_everybody_their_own():
    for _ in range(3):
        post.queue(to=WHO, once="event:5")
        post.queue(to=Ref("party", 8), once="event:5")
    post.queue(to=WHO, once="event:6")
    assert Message.objects.count() == 3


def test_secrets_are_sealed_at_rest():
    operations.send_message(
        template="people.sign_in_code", to=WHO, about=WHO, facts={"code": "835127", "minutes": "5"},
        actor=WHO, at=make.NOON,
    )  # fmt: skip
    message = post.the_message()
    assert message.facts == {"minutes": "5"}
    assert b"835127" not in bytes(message.secrets)
    assert bytes(message.secrets)


# -- The catalogue -------------------------------------------------------------------------------

CATALOGUE = sorted(templates.catalogue())
SAMPLES = {
    "text": "样例",
    "words": "样例",
    "money": "1234.50",
    "time": post.BY,
    "date": "2026-03-04",
}


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_template_reads_whole_in_both_languages(code):
    template = templates.catalogue()[code]
    kinds = {**template.facts, **template.secrets}
    for language in rules.LANGUAGES:
        told = {n: rules.tell(k, SAMPLES[k], language, "Asia/Shanghai") for n, k in kinds.items()}
        told |= {"name": "林女士", "insurer": "一路人寿", "hotline": "400-000-0000"}
        words = template.words[language]
        text = words.text.format(**told)
        assert "{" not in text + words.title.format(**told)
        assert "一路人寿" in text
        if language == "zh-hans" and template.audience == "CUSTOMER":
            assert "您" in text
            assert len(text) <= 260, "too long for a short message"


@pytest.mark.parametrize("code", [c for c in CATALOGUE if c.startswith("claims.")])
def test_every_claims_template_says_whom_to_ask(code):
    template = templates.catalogue()[code]
    if template.timing != "MARKETING":
        assert all("{hotline}" in words.text for words in template.words.values())


def test_the_agreed_templates_are_there():
    agreed = {
        "claims.reported", "claims.documents_received", "claims.supplement_needed", "claims.upload_link",
        "claims.registered", "claims.in_review", "claims.approved", "claims.declined", "claims.paid",
        "claims.payout_failed", "claims.progress", "claims.closed_rate_us", "claims.prevention_tip",
        "people.sign_in_code", "obligations.staff_warning",
    }  # fmt: skip
    assert agreed <= set(CATALOGUE)


def test_the_agents_copy_never_tells_an_amount_or_a_secret():
    for template in templates.catalogue().values():
        assert not {template.facts[name] for name in template.agent_facts} & {"money"}
        assert not set(template.agent_facts) & set(template.secrets)


GOOD = {
    "version": 1, "audience": "CUSTOMER", "timing": "DAYTIME", "channels": ["OUTBOX"],
    "facts": {"claim": "text"}, "zh-hans": {"title": "题", "text": "{name}{claim}"},
    "en": {"title": "t", "text": "{claim}"},
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"timing": "SOON"}, {"audience": "ALL"}, {"channels": []}, {"channels": ["PIGEON"]}, {"mood": 1},
        {"facts": {"claim": "number"}}, {"facts": {}}, {"facts": {"claim": "text", "idle": "text"}},
        {"facts": {"name": "text"}}, {"en": {"title": "t", "text": "{claim.x}"}},
        {"en": {"title": "t", "text": "{claim!r}"}}, {"en": {"title": "t"}}, {"zh-hans": None},
        {"agent": {"facts": ["amount"], "zh-hans": {"title": "", "text": ""}, "en": {"title": "", "text": ""}}},
    ],
)  # fmt: skip
def test_a_faulty_template_is_refused(change):
    templates.read("x.y", GOOD)
    with pytest.raises((ValueError, KeyError, TypeError)):
        templates.read("x.y", {**GOOD, **change})


@given(
    kinds=st.dictionaries(
        st.sampled_from("abcdef"), st.sampled_from(["text", "money", "time"]), max_size=5
    ),
    given_=st.dictionaries(st.sampled_from("abcdef"), st.text(max_size=8), max_size=5),
)
def test_facts_are_taken_only_when_every_one_is_there_and_no_other(kinds, given_):
    """Whatever a caller hands in: either exactly the named facts, all readable, or a refusal."""
    try:
        rules.check_facts(kinds, given_)
    except rules.BadFact:
        return
    assert kinds.keys() == given_.keys()
    assert all(rules.tell(kinds[n], v, "zh-hans", "Asia/Shanghai") for n, v in given_.items())
