"""Drafting, approving and giving answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests import make
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.knowledge import operations, queries, shipped
from yilu.knowledge.models import AnswerVersion, Asked, Question
from yilu.knowledge.operations import Draft

AT = make.NOON
PETS = Draft(
    asked="住院期间可以请护工吗？", phrasings=["能报护工费吗", "护工费用赔不赔"],
    answer="护工费不在医疗费用的范围内；有住院护理责任的产品按条款给付。", source="所投保产品的护理责任条款",
)  # fmt: skip


def begin(editors, draft=PETS, who=None):
    who = who or editors.author
    return operations.begin_question(
        topic="CLAIM", draft=draft, access=editors.access(who), actor=who, at=AT
    )


def approve(editors, question, revision=1, who=None, at=AT):
    who = who or editors.approver
    operations.approve(
        question_id=question, revision=revision, access=editors.access(who), actor=who, at=at
    )


def said(text, at=AT):
    return queries.find_answers(text, at=at)


class TestApproving:
    def test_only_what_a_second_person_approved_is_given(self, editors):
        question = begin(editors)
        assert said("护工费用赔不赔") == ()

        approve(editors, question)

        (found, *_rest) = said("护工费用赔不赔")
        assert (found.question_id, found.version) == (question, 1)
        assert found.clause == "所投保产品的护理责任条款"

    def test_of_ones_own_draft_is_refused_by_us_and_by_the_database(self, editors):
        question = begin(editors)
        with pytest.raises(operations.OwnDraft):
            approve(editors, question, who=editors.author)

        row = AnswerVersion.objects.get(question_id=question)
        with pytest.raises(IntegrityError), transaction.atomic():
            AnswerVersion.objects.filter(pk=row.pk).update(
                state="APPROVED", approver=row.author, approved_at=AT, valid_from=AT
            )
        row.refresh_from_db()
        assert row.state == "DRAFT"

    def test_needs_the_right(self, editors):
        question = begin(editors)
        for who in (editors.drafter, editors.stranger):
            with pytest.raises(NotAllowed):
                approve(editors, question, who=who)
        with pytest.raises(NotAllowed):
            begin(editors, who=editors.stranger)
        assert AnswerVersion.objects.get(question_id=question).state == "DRAFT"

    def test_is_of_what_was_seen(self, editors):
        question = begin(editors)
        operations.save_draft(
            question_id=question, revision=1, draft=PETS,
            access=editors.access(editors.drafter), actor=editors.drafter, at=AT,
        )  # fmt: skip
        with pytest.raises(operations.DraftChanged):
            approve(editors, question, revision=1)
        with pytest.raises(operations.DraftChanged):
            operations.save_draft(
                question_id=question, revision=1, draft=PETS,
                access=editors.access(editors.author), actor=editors.author, at=AT,
            )  # fmt: skip
        approve(editors, question, revision=2, who=editors.author)  # the drafter is its author now

    def test_a_new_version_ends_the_one_before_and_the_past_stays(self, editors):
        question = begin(editors)
        approve(editors, question)
        later = AT + timedelta(days=3)
        operations.begin_draft(
            question_id=question,
            access=editors.access(editors.author),
            actor=editors.author,
            at=later,
        )
        assert said("护工费用赔不赔", later)[0].version == 1  # until it is approved
        with pytest.raises(operations.DraftExists):
            operations.begin_draft(
                question_id=question, access=editors.access(editors.author), actor=editors.author,
                at=later,
            )  # fmt: skip
        approve(editors, question, at=later)

        assert said("护工费用赔不赔", later)[0].version == 2
        assert said("护工费用赔不赔", AT + timedelta(days=1))[0].version == 1
        assert AnswerVersion.objects.filter(question_id=question, valid_to=None).count() == 1

    def test_may_send_back_with_a_reason(self, editors):
        question = begin(editors)
        for why in ("", "x" * 201):
            with pytest.raises(operations.BadEntry):
                send_back(editors, question, why)
        send_back(editors, question, "请补上条款号")
        draft = queries.get_question(question).draft
        assert (draft.sent_back, draft.state) == ("请补上条款号", "DRAFT")

    def test_retiring_ends_the_answer_once(self, editors):
        question = begin(editors)
        approve(editors, question)
        later = AT + timedelta(days=1)
        for _ in range(2):
            operations.retire(
                question_id=question, access=editors.access(editors.approver),
                actor=editors.approver, at=later,
            )  # fmt: skip
        assert said("护工费用赔不赔", later) == ()
        with pytest.raises(operations.QuestionNotFound):
            operations.retire(
                question_id=10**9, access=editors.access(editors.approver),
                actor=editors.approver, at=later,
            )  # fmt: skip

    def test_reviewing_gives_it_another_year(self, editors):
        question = begin(editors)
        approve(editors, question)
        later = AT + timedelta(days=300)
        before = queries.get_question(question).in_force.review_by
        operations.review(
            question_id=question, number=1, access=editors.access(editors.approver),
            actor=editors.approver, at=later,
        )  # fmt: skip
        assert queries.get_question(question).in_force.review_by > before
        with pytest.raises(operations.QuestionNotFound):
            operations.review(
                question_id=question, number=7, access=editors.access(editors.approver),
                actor=editors.approver, at=later,
            )  # fmt: skip


def send_back(editors, question, why):
    operations.send_back(
        question_id=question, revision=1, why=why, access=editors.access(editors.approver),
        actor=editors.approver, at=AT,
    )  # fmt: skip


class TestDrafting:
    @pytest.mark.parametrize("source", ["", "   "])
    def test_without_a_source_is_refused_by_us_and_by_the_database(self, editors, source):
        with pytest.raises(operations.NoSource):
            begin(editors, Draft(PETS.asked, (), PETS.answer, source))
        assert Question.objects.count() == 0
        question = begin(editors)
        with pytest.raises(IntegrityError), transaction.atomic():
            AnswerVersion.objects.filter(question_id=question).update(source="")

    @pytest.mark.parametrize(
        "bad",
        [
            Draft("", (), PETS.answer, "x"),
            Draft("问" * 61, (), PETS.answer, "x"),
            Draft("问", ["同"] * 2, PETS.answer, "x"),
            Draft("问", [f"{n}" for n in range(21)], PETS.answer, "x"),
            Draft("问", (), "短", "x"),
            Draft("问", (), "长" * 601, "x"),
        ],
    )
    def test_refuses_what_cannot_stay_so(self, editors, bad):
        with pytest.raises(operations.BadEntry):
            begin(editors, bad)
        assert Question.objects.count() == 0

    def test_a_question_has_one_answer(self, editors):
        begin(editors)
        with pytest.raises(operations.BadEntry):
            begin(editors)

    def test_may_be_given_up(self, editors):
        question = begin(editors)
        operations.discard_draft(
            question_id=question, revision=1, access=editors.access(editors.author),
            actor=editors.author, at=AT,
        )  # fmt: skip
        assert queries.get_question(question).versions == ()
        with pytest.raises(operations.DraftChanged):
            operations.discard_draft(
                question_id=question, revision=1, access=editors.access(editors.author),
                actor=editors.author, at=AT,
            )  # fmt: skip


class TestShipped:
    def test_answers_are_drafts_until_somebody_of_the_insurer_adopts_them(self, editors):
        count = operations.load_catalogue(AT)
        assert count == len(shipped.entries()) >= 120  # no product is on sale here
        assert operations.load_catalogue(AT) == 0
        assert said("理赔要多久？") == ()
        with pytest.raises(NotAllowed):
            operations.adopt_shipped(
                access=editors.access(editors.drafter), actor=editors.drafter, at=AT
            )

        adopted = operations.adopt_shipped(
            access=editors.access(editors.approver), actor=editors.approver, at=AT
        )

        assert adopted == count
        (found, *_rest) = said("理赔要多久？")
        assert found.sure
        assert "保险法" in found.clause
        assert queries.counts(on=AT.date())["in_force"] == count
        again = operations.adopt_shipped(
            access=editors.access(editors.approver), actor=editors.approver, at=AT
        )
        assert again == 0

    def test_clauses_of_products_on_sale_become_answers_with_their_number(self, editors):
        make.products_on_sale()
        count = operations.load_clauses(at=AT)
        assert count > 50
        operations.adopt_shipped(
            access=editors.access(editors.approver), actor=editors.approver, at=AT
        )
        (found, *_rest) = said("一路平安综合意外伤害保险的高风险运动是怎么规定的？")
        assert found.clause == "《一路平安综合意外伤害保险》条款 3.8"
        assert "潜水" in found.answer


class TestAsked:
    def test_is_kept_masked_rated_once_and_listed_for_who_writes(self, editors):
        from yilu.kernel import tx

        question = begin(editors)
        approve(editors, question)
        about = Ref("conversation", 5)
        note = tx.use_case(operations.note_asked)
        given = note(
            about=about,
            text="护工费",
            verdict="SURE",
            question_id=question,
            version=1,
            score=0.9,
            at=AT,
        )
        note(
            about=about,
            text="买火箭",
            verdict="NONE",
            question_id=None,
            version=None,
            score=0.0,
            at=AT,
        )
        lin = Ref("party", 1)
        with pytest.raises(operations.QuestionNotFound):
            operations.rate_answer(
                asked_id=given, about=Ref("conversation", 6), helpful=True, actor=lin, at=AT
            )
        for helpful in (False, True):
            operations.rate_answer(asked_id=given, about=about, helpful=helpful, actor=lin, at=AT)

        assert Asked.objects.get(pk=given).helpful is False  # the first word counts
        rows = queries.list_not_answered()
        assert [row.text for row in rows] == ["买火箭", "护工费"]
        operations.deal_with(
            asked_id=rows[0].id,
            access=editors.access(editors.drafter),
            actor=editors.drafter,
            at=AT,
        )
        assert [row.text for row in queries.list_not_answered()] == ["护工费"]
        assert queries.get_question(question).not_helpful == 1
