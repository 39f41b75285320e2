"""What some customers asked of their policies: a request in every state the hall knows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from demo import papers
from demo.customers import Insured, open_account
from demo.world import World
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.servicing import operations as servicing
from yilu.servicing.models import Request

PRODUCT = "whole-life"
LARGE = 310_000
"""More than one may borrow by oneself."""


class Hall:
    """One customer after another, and the colleagues who look at what they ask."""

    def __init__(self, made: World, insured: list[Insured], at: datetime) -> None:
        self.at = at
        self.handler = Ref("staff", made.staff["bao.quan"])
        self.access: Access = people.staff_access(self.handler.id)
        offices = self.access.offices_for("servicing.handle")
        near = sorted(insured, key=lambda c: c.office_id not in offices)
        self.holders = [c for c in near if PRODUCT in c.policy_ids]
        self._others = iter([c for c in near if PRODUCT not in c.policy_ids])

    def next(self) -> Insured:
        """Somebody else, of the desk's offices as long as there are any."""
        return next(self._others)

    def holder(self) -> Insured:
        """Somebody else with a policy that has a value."""
        return self.holders.pop(0)

    def ask(self, customer: Insured, kind: str, form: dict[str, Any], **given: Any) -> int:
        """Filled in on the customer's phone."""
        told = {
            "party_id": customer.party_id, "policy_id": customer.policy_ids.get(PRODUCT),
            "door": "CUSTOMER", "actor": Ref("party", customer.party_id), "at": self.at,
        }  # fmt: skip
        return servicing.start_request(kind=kind, form=form, **{**told, **given})

    def confirm(self, request_id: int, customer: Insured) -> str:
        """Shown, proved and confirmed on the customer's phone."""
        actor = Ref("party", customer.party_id)
        quoted = servicing.quote_request(request_id=request_id, actor=actor, at=self.at)
        # Codes go to telephones that the demo has not: proved as the check leaves it.
        Request.objects.filter(pk=request_id).update(
            verified_at=self.at, phone_proved_at=self.at, proof="CODE"
        )
        return servicing.confirm_request(
            request_id=request_id, digest=quoted.digest, actor=actor, at=self.at
        )

    def loan(self, customer: Insured, amount: str) -> int:
        account = str(open_account(customer, self.at))
        return self.ask(customer, "policy_loan", {"amount": amount, "account_id": account})


def tell(made: World, insured: list[Insured], at: datetime) -> dict[str, str]:
    """A request in every state; what was refused on the way is said and left out."""
    hall, refused = Hall(made, insured, at), {}
    for story in (
        _an_address, _a_loan_too_large, _a_loan, _beneficiaries, _a_new_name, _papers_missing,
        _refused, _prepared_by_the_agent, _half_filled, _their_own_data,
    ):  # fmt: skip
        try:
            story(hall)
        except (Refusal, StopIteration, IndexError) as problem:
            refused[story.__name__] = str(problem) or type(problem).__name__
        hall.at += timedelta(minutes=3)
    return refused


def _an_address(hall: Hall) -> None:
    customer = hall.next()
    form = {"region": "浙江省杭州市西湖区", "street": "文三路 100 号 3 幢 502 室"}
    hall.confirm(hall.ask(customer, "contact_address", form), customer)


def _their_own_data(hall: Hall) -> None:
    """Two ask about their own data: one waits to be answered, one has been."""
    from yilu.people import operations

    waiting, answered = hall.next(), hall.next()
    asked = [
        operations.open_data_request(
            party_id=each.party_id, kind=kind, wish=wish, actor=Ref("party", each.party_id), at=hall.at
        )
        for each, kind, wish in (
            (waiting, "CORRECT", "登记的邮箱是我以前单位的，请换成我在柜面留的那个。"),
            (answered, "DELETE", "我不再需要营销电话，请把不必要的资料删掉。"),
        )
    ]  # fmt: skip
    operations.answer_data_request(
        request_id=asked[1], fulfil=True, actor=hall.handler, at=hall.at + timedelta(minutes=2),
        answer="已停用营销用途并删去邮箱；保单和交易资料依法须保存，期满后可再次提出（反洗钱法第三十四条、保险法第八十七条）。",
    )  # fmt: skip


def _a_loan(hall: Hall) -> None:
    customer = hall.holder()
    hall.confirm(hall.loan(customer, "2000"), customer)


def _a_loan_too_large(hall: Hall) -> None:
    """Beyond self-service: the form is kept, and the customer asks for a video call."""
    from yilu.policies import queries as policies

    on = hall.at.date()
    worth = {
        c.party_id: policies.values_on(c.policy_ids[PRODUCT], on).lendable for c in hall.holders
    }
    customer = max(hall.holders, key=lambda c: worth[c.party_id])
    if worth[customer.party_id] <= LARGE:
        raise StopIteration("no policy is worth that much")
    hall.holders.remove(customer)
    request_id, actor = hall.loan(customer, str(LARGE)), Ref("party", customer.party_id)
    servicing.quote_request(request_id=request_id, actor=actor, at=hall.at)
    servicing.continue_with(
        request_id=request_id, way="VIDEO", wish="下午三点以后方便", actor=actor, at=hall.at
    )


def _beneficiaries(hall: Hall) -> None:
    customer = hall.holder()
    hall.confirm(hall.ask(customer, "beneficiaries", {"how": "LEGAL"}), customer)


def _a_new_name(hall: Hall) -> None:
    """Waits at the desk with its paper."""
    customer = hall.next()
    hall.confirm(_renamed(hall, customer), customer)


def _renamed(hall: Hall, customer: Insured) -> int:
    request_id = hall.ask(
        customer, "particulars", {"reason": "RENAMED", "name": f"{customer.person.name[:1]}一鸣"}
    )
    servicing.add_papers(
        request_id=request_id, filename="身份证.jpg",
        content=papers.identity_card(
            customer.person.name, customer.person.identity_number, "浙江省杭州市西湖区文三路 100 号"
        ),
        actor=Ref("party", customer.party_id), at=hall.at,
    )  # fmt: skip
    return request_id


def _papers_missing(hall: Hall) -> None:
    customer = hall.next()
    request_id = _renamed(hall, customer)
    hall.confirm(request_id, customer)
    servicing.ask_papers(
        request_id=request_id, missing=["户口簿本人页", "身份证反面"], note="", access=hall.access,
        actor=hall.handler, at=hall.at + timedelta(minutes=2),
    )  # fmt: skip


def _refused(hall: Hall) -> None:
    customer = hall.next()
    form = {"reason": "OTHER", "agent": "OFFICE", "words": "希望由指定人员服务"}
    request_id = hall.ask(customer, "agent_change", form)
    hall.confirm(request_id, customer)
    servicing.refuse_request(
        request_id=request_id, reasons=["您指定的人员已离职，暂不能安排；请另选一位，或由公司安排。"],
        access=hall.access, actor=hall.handler, at=hall.at + timedelta(minutes=2),
    )  # fmt: skip


def _prepared_by_the_agent(hall: Hall) -> None:
    customer = next(c for c in iter(hall.next, None) if c.agent_id)
    access, actor = (
        people.agent_access(customer.agent_id or 0),
        Ref("agent", customer.agent_id or 0),
    )
    form = {"region": "四川省成都市", "street": "人民南路 8 号 2 栋 1203"}
    request_id = hall.ask(customer, "contact_address", form, door="AGENT", by=access, actor=actor)
    servicing.prepare_request(request_id=request_id, by=access, actor=actor, at=hall.at)


def _half_filled(hall: Hall) -> None:
    hall.ask(hall.next(), "contact_email", {"email": "somebody@example.com"})
