"""The knowledge room adopted by two people, and a few chats of this morning: answered, chosen, left."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from demo.customers import Insured
from demo.world import World
from yilu.contact import operations as contact
from yilu.contact import queries as contacts
from yilu.kernel.refs import Ref
from yilu.knowledge import operations, queries
from yilu.people import queries as people

TALKS = (
    ("理赔需要什么资料？", "电子发票可以理赔吗？", "谢谢，清楚了，那怎么交今年的钱"),
    ("忘了交保费会怎样？", "晚交要付利息吗"),
    ("保单可以贷款吗？", "宠物保险多少钱"),
    ("犹豫期内退保能全额退吗？",),
)


def tell(made: World, insured: list[Insured], now: datetime) -> None:
    """Load and adopt the answers, change one, leave one draft; then let some customers ask."""
    begun = now - timedelta(days=20)
    operations.load_catalogue(begun)
    operations.adopt_shipped(**_who(made, "biao.fu", begun))
    _change_one(made, now - timedelta(days=2))
    grown_up = (now - timedelta(days=365 * 19)).date()
    asking = [each for each in insured if each.person.birth_date < grown_up][-len(TALKS) :]
    for n, (customer, questions) in enumerate(zip(asking, TALKS, strict=False)):
        _chat(customer.party_id, questions, now - timedelta(minutes=90 - 15 * n))


def _change_one(made: World, at: datetime) -> None:
    """One answer in its second version, another waiting for approval."""
    (loan, *_rest) = queries.find_answers("保单贷款多久放款？", at=at)
    (hours, *_rest) = queries.find_answers("人工客服几点上班？", at=at)
    for question_id, added in (
        (loan.question_id, "到账后短信告知。"),
        (hours.question_id, "留言必回。"),
    ):
        author = _who(made, "biao.zhun", at)
        operations.begin_draft(question_id=question_id, **author)
        draft = queries.get_question(question_id)
        assert draft is not None
        assert draft.draft is not None
        words = draft.draft
        operations.save_draft(
            question_id=question_id, revision=1,
            draft=operations.Draft(
                words.asked, words.phrasings, words.answer + added, words.source, words.quote, "说清后续"
            ),
            **author,
        )  # fmt: skip
    operations.approve(question_id=loan.question_id, revision=2, **_who(made, "biao.fu", at))


def _chat(party_id: int, questions: tuple[str, ...], at: datetime) -> None:
    me = Ref("party", party_id)
    told: dict[str, Any] = {
        "conversation_id": contact.open_chat(party_id=party_id, actor=me, at=at), "actor": me,
    }  # fmt: skip
    for n, text in enumerate(questions):
        moment = at + timedelta(minutes=n)
        contact.ask(text=text, at=moment, **told)
        last = contacts.chat_of(told["conversation_id"], party_id, at=moment).lines[-1]
        if last.choices:
            contact.choose(question_id=last.choices[0].question_id, at=moment, **told)
        elif last.rateable:
            asked = contact.rate(turn_id=last.turn.id, helpful=n == 0, at=moment, **told)
            operations.rate_answer(
                asked_id=asked, about=Ref("conversation", told["conversation_id"]), helpful=n == 0,
                actor=me, at=moment,
            )  # fmt: skip
    contact.hang_up(by="CUSTOMER", at=at + timedelta(minutes=8), **told)


def _who(made: World, name: str, at: datetime) -> dict[str, Any]:
    staff_id = made.staff[name]
    return {
        "access": people.staff_access(staff_id), "actor": Ref("staff", staff_id), "at": at,
    }  # fmt: skip
