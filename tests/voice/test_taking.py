"""Ratings and comments come from customers and third parties alone, each once, masked, and are answered."""

from datetime import timedelta

import pytest

from tests import cast, make
from tests.make import NOON
from yilu.claims import operations as claims
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.obligations import queries as obligations
from yilu.voice import operations as voice
from yilu.voice import queries
from yilu.voice.models import Feedback, Handling, Invitation
from yilu.voice.operations import following
from yilu.voice.operations.surveys import invite
from yilu.voice.operations.taking import hear_wechat
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
VISIT = Ref("visit", 7)
GOOD = voice.Said(stars=5, recommend=10, comment="很快")


@pytest.fixture
def people():
    made = cast.assemble()
    make.standards_in_force()
    return made


@pytest.fixture
def manager(people):
    return make.colleague(people.branch_a, "SERVICE_MANAGER")


def rate(people, said=GOOD, actor=None, **given):
    told = {"touchpoint": "servicing_page", "journey": "servicing", "at": NOON, **given}
    return voice.take_rating(said=said, actor=actor or people.as_lin, **told)


class TestRating:
    def test_is_kept_said_and_counted_into_its_journey(self, people, manager):
        for key in ("one", "one", "two"):
            rate(people, request_key=key)
        assert Feedback.objects.count() == 2
        assert Event.objects.filter(kind="voice.rating_taken").count() == 2
        while journal.run_reactions(NOON):
            pass
        [score] = queries.journey_scores(manager[0], NOON.date(), NOON.date() + timedelta(days=1))
        assert (score.journey, score.nps.value, score.csat.n) == ("servicing", 100, 2)

    @pytest.mark.parametrize("who", ["as_chen", "as_wei"])
    def test_never_comes_from_our_own(self, people, who):
        with pytest.raises(voice.StaffNeverRate):
            rate(people, actor=getattr(people, who))
        assert not Feedback.objects.exists()

    def test_is_refused_from_the_rated_colleagues_own_telephone(self, people):
        rated = make.staff(
            people.branch_a, username="gu.chakan", name="顾查勘", phone=cast.LIN_PHONE
        )
        with pytest.raises(voice.StaffNeverRate):
            rate(people, staff_id=rated)
        rate(people, staff_id=people.chen)

    @pytest.mark.parametrize(
        ("said", "refusal"),
        [
            (voice.Said(), voice.NothingSaid),
            (voice.Said(stars=6), voice.OutOfScale),
            (voice.Said(recommend=11), voice.OutOfScale),
            (voice.Said(stars=5, comment="好" * 500_000), voice.CommentTooLong),
        ],
    )
    def test_that_says_nothing_or_too_much_is_refused_and_nothing_is_kept(
        self, people, said, refusal
    ):
        with pytest.raises(refusal):
            rate(people, said)
        assert not Feedback.objects.exists()

    def test_personal_data_is_masked_and_the_original_sealed(self, people):
        rate(people, voice.Said(stars=1, comment="电话13812345678没人接😡，資料要交三遍"))
        [kept] = Feedback.objects.all()
        assert kept.text == "电话〔电话〕没人接😡，資料要交三遍"
        assert b"13812345678" not in bytes(kept.original)
        assert not [e for e in Event.objects.all() if "没人接" in str(e.facts)]

    def test_as_it_was_written_goes_when_the_person_is_erased(self, people):
        rate(people, voice.Said(stars=1, comment="电话13812345678没人接"))
        tx.use_case(following.forget)([people.lin])
        [kept] = Feedback.objects.all()
        assert (bytes(kept.original), kept.text, kept.party_id, kept.stars) == (b"", "", None, 1)

    def test_of_a_claim_is_taken_over_once(self, people):
        lin = make.insured(people.branch_a)
        claim_id = make.reported_claim(lin, office_id=people.branch_a).claim_id
        from yilu.claims.models import Rating

        Rating.objects.create(
            claim_id=claim_id, party_id=lin, stars=2, recommend=3, comment="太慢", rated_at=NOON
        )
        take = tx.use_case(following.take_over_claim_rating)
        for _ in range(2):
            take(claim_id=claim_id, party_id=lin, at=NOON)
        [kept] = Feedback.objects.all()
        assert (kept.source, kept.stars, kept.about) == ("CLAIM", 2, f"claim:{claim_id}")
        assert claims.rate_claim is not None


class TestSurvey:
    def ask(self, people, **given):
        told = {"touchpoint": "visit_done", "party_id": people.lin, "about": VISIT, "at": NOON}
        return tx.use_case(invite)(**{**told, **given})

    def link(self):
        from yilu.kernel import sealing

        [message] = Message.objects.filter(template="voice.survey")
        return sealing.unseal(message.secrets, "messaging_message.secrets").rpartition("/")[2][:-2]

    def test_is_answered_once_and_a_used_late_or_guessed_link_gets_the_same_words(self, people):
        assert self.ask(people) is None
        token = self.link()
        assert queries.survey_by_link(token, NOON).journey_label == "上门服务"
        voice.answer_survey(token=token, said=GOOD, actor=None, at=NOON)
        words = set()
        for secret, at in ((token, NOON), ("guessed", NOON)):
            for call in (
                lambda secret=secret, at=at: queries.survey_by_link(secret, at),
                lambda secret=secret, at=at: voice.answer_survey(
                    token=secret, said=GOOD, actor=None, at=at
                ),
            ):
                with pytest.raises(voice.SurveyOver) as refused:
                    call()
                words.add((refused.value.message, refused.value.hint, refused.value.status))
        assert len(words) == 1
        [kept] = Feedback.objects.all()
        assert (kept.source, kept.party_id, kept.journey) == ("LINK", people.lin, "visit")

    def test_out_of_time_is_over(self, people):
        self.ask(people)
        token = self.link()
        with pytest.raises(voice.SurveyOver):
            voice.answer_survey(token=token, said=GOOD, actor=None, at=NOON + timedelta(days=15))

    def test_is_refused_where_staff_are_signed_in(self, people):
        self.ask(people)
        token = self.link()
        with pytest.raises(voice.StaffNeverRate):
            voice.answer_survey(token=token, said=GOOD, actor=people.as_chen, at=NOON)
        assert Invitation.objects.get().answered_at is None

    def test_leaves_people_in_peace(self, people):
        assert self.ask(people) is None
        assert self.ask(people) == "ASKED_LATELY"
        assert self.ask(people, about=Ref("visit", 8), at=NOON + timedelta(days=31)) == "UNANSWERED"
        assert Invitation.objects.count() == 1

    def test_is_not_sent_after_an_urgent_word(self, people):
        rate(people, voice.Said(comment="我要投诉"))
        assert self.ask(people) == "COMPLAINED"

    def test_rules_are_the_insurers_to_change_within_measure(self, people, manager):
        access, actor = manager
        change = {"touchpoint": "visit_done", "quiet_days": 60, "per_year": 2, "enabled": True,
                  "access": access, "actor": actor, "at": NOON}  # fmt: skip
        with pytest.raises(voice.BadRule):
            voice.change_rule(share=101, **change)
        with pytest.raises(NotAllowed):
            voice.change_rule(share=10, **{**change, "access": people.chens_access})
        voice.change_rule(share=0, **change)
        assert self.ask(people) == "NOT_DRAWN"
        voice.change_rule(share=50, **{**change, "enabled": False})
        assert self.ask(people) in ("OFF", "NOT_DRAWN")


class TestCard:
    def test_is_answered_once_a_telephone_never_by_staff_and_not_when_guessed(self, people):
        code = voice.make_card(
            claim_id=None, access=people.chens_access, actor=people.as_chen, at=NOON
        )
        again = voice.make_card(
            claim_id=None, access=people.chens_access, actor=people.as_chen, at=NOON
        )
        assert code == again
        told = {"said": GOOD, "third_party": True, "actor": None, "at": NOON}
        voice.answer_card(code=code, device="d1", **told)
        with pytest.raises(voice.RatedAlready):
            voice.answer_card(code=code, device="d1", **told)
        with pytest.raises(voice.StaffNeverRate):
            voice.answer_card(code=code, device="d2", **{**told, "actor": people.as_bai})
        with pytest.raises(voice.CardEnded):
            voice.answer_card(code="guessed", device="d2", **told)
        [kept] = Feedback.objects.all()
        assert (kept.who, kept.staff_id, kept.party_id) == ("THIRD_PARTY", people.chen, None)
        voice.end_card(claim_id=None, access=people.chens_access, actor=people.as_chen, at=NOON)
        with pytest.raises(voice.CardEnded):
            queries.card_of(code)


class TestAnswering:
    def test_goes_from_the_window_to_solved_by_way_of_not_solved(self, people, manager):
        access, actor = manager
        for _ in range(2):
            voice.take_comment(
                comment="我的电话13812345678，赔款什么时候到？",
                request_key="once",
                actor=people.as_lin,
                at=NOON,
            )
        [feedback] = Feedback.objects.all()
        [row] = queries.inbox(access)
        assert (row.id, row.urgent, row.state) == (feedback.pk, False, "OPEN")
        assert Item.objects.get(queue__code="voice.feedback").state == "OPEN"
        do = {"feedback_id": feedback.pk, "access": access, "actor": actor, "at": NOON}
        with pytest.raises(voice.NotTheOwner):
            voice.reply(text="已查到，今天到账。", **do)
        for _ in range(2):
            voice.take_feedback(**do)
        other, as_other = make.colleague(people.branch_a, "SERVICE_MANAGER")
        with pytest.raises(voice.AlreadyAnswered):
            voice.take_feedback(**{**do, "access": other, "actor": as_other})
        assert "13812345678" in voice.show_original(**do)
        with pytest.raises(Invalid):
            voice.reply(text="好", **do)
        secret = voice.reply(text="已查到，今天到账。", **do).rpartition("/")[2]
        assert queries.reply_by_link(secret).reply == "已查到，今天到账。"
        [clock] = obligations.list_clocks(Ref("feedback", feedback.pk), NOON)
        assert clock.state == "MET"

        voice.confirm(secret=secret, solved=False, words="还没到", at=NOON)
        with pytest.raises(voice.SurveyOver):
            voice.confirm(secret=secret, solved=True, at=NOON)
        [mine] = queries.inbox(access, group="mine")
        assert (mine.urgent, mine.customer_said) == (True, "还没到")
        assert Item.objects.filter(
            queue__code="voice.feedback", staff_id=access.staff_id, state="TAKEN"
        ).exists()
        secret = voice.reply(text="已催银行，现在到账。", **do).rpartition("/")[2]
        voice.confirm(secret=secret, solved=True, at=NOON)
        assert Handling.objects.get().state == "SOLVED"
        assert not Item.objects.filter(
            queue__code="voice.feedback", state__in=["OPEN", "TAKEN"]
        ).exists()
        [told] = queries.feedback_of_party(people.lin)
        assert told.reply == "已催银行，现在到账。"

    def test_of_what_is_written_by_wechat_is_the_conversations_and_keeps_surveys_away(self, people):
        hear = tx.use_case(hear_wechat)
        for _ in range(2):
            hear(reply_id=3, text="什么时候到账？不给就找记者曝光", party_id=people.lin, at=NOON)
        [kept] = Feedback.objects.all()
        assert (kept.source, kept.about, kept.party_id) == ("WECHAT", "reply:3", people.lin)
        assert not Handling.objects.exists()
        asked = tx.use_case(invite)(
            touchpoint="visit_done", party_id=people.lin, about=VISIT, at=NOON
        )
        assert asked == "COMPLAINED"

    def test_silence_closes_after_fifteen_days(self, people, manager):
        access, actor = manager
        feedback_id = voice.take_comment(comment="请回复", actor=people.as_lin, at=NOON)
        do = {"feedback_id": feedback_id, "access": access, "actor": actor, "at": NOON}
        voice.take_feedback(**do)
        voice.reply(text="已经答复您了。", **do)
        assert voice.close_silent(at=NOON + timedelta(days=14)) == 0
        assert voice.close_silent(at=NOON + timedelta(days=16)) == 1
        assert Handling.objects.get().state == "SILENT"

    def test_a_paper_of_the_box_is_words_only_and_ends_with_a_note(self, people, manager):
        access, actor = manager
        typed = {"who": "THIRD_PARTY", "journey": "claim", "office_id": people.branch_a,
                 "found_on": "大厅", "access": access, "actor": actor, "at": NOON}  # fmt: skip
        with pytest.raises(voice.NothingSaid):
            voice.type_in_opinion(comment=" ", **typed)
        with pytest.raises(NotAllowed):
            voice.type_in_opinion(comment="慢", **{**typed, "access": people.chens_access})
        feedback_id = voice.type_in_opinion(comment="定损员不解释", **typed)
        do = {"feedback_id": feedback_id, "access": access, "actor": actor, "at": NOON}
        voice.take_feedback(**do)
        with pytest.raises(voice.NobodyToAnswer):
            voice.reply(text="谢谢您的意见", **do)
        voice.note(text="已安排定损员学习讲解要点", **do)
        assert Handling.objects.get().state == "NOTED"

    def test_another_offices_feedback_is_not_found(self, people):
        feedback_id = voice.take_comment(comment="请回复", actor=people.as_zhou, at=NOON)
        access, actor = make.colleague(people.branch_a, "SERVICE_MANAGER")
        with pytest.raises(voice.FeedbackNotFound):
            voice.take_feedback(feedback_id=feedback_id, access=access, actor=actor, at=NOON)
        with pytest.raises(voice.FeedbackNotFound):
            queries.get_feedback(feedback_id, access)
