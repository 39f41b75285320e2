"""Some weeks of claims, each made by the operations a customer, a hospital or a colleague would use."""

from __future__ import annotations

import random
from collections.abc import Container
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from demo import papers
from demo.customers import Insured, agree, open_account
from demo.time import Past
from demo.world import World
from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.claims.operations.report import Report
from yilu.documents import operations as documents
from yilu.documents import queries as document_queries
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.letters import operations as letters
from yilu.letters import queries as letter_queries
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.work import operations as work
from yilu.work import queries as work_queries

CHINA = ZoneInfo("Asia/Shanghai")
COMMENTS = (
    (5, 10, "没想到这么快，传完发票几分钟就到账了。"), (5, 9, "每一步都看得到，心里踏实。"),
    (4, 8, "整体不错，资料清单再简单一点就更好了。"), (5, 10, "老人不会用手机，工作人员一步步教，很耐心。"),
    (3, 6, "到账快，但是上传照片试了两次。"), (2, 4, "补充资料的通知看不太懂，打电话问了才明白。"),
    (5, 9, ""), (4, 9, ""), (5, 10, "谢谢。"),
)  # fmt: skip
CAME_BY = ("WECHAT", "WECHAT", "MINI_PROGRAM", "MESSAGE", "BROWSER")
"""How the demo's customers come to the pages, by their number."""


@dataclass
class Chronicle:
    """Tells claims one after another along the demo's past."""

    world: World
    customers: list[Insured]
    past: Past
    chance: random.Random
    bills: int = 0
    by_party: dict[int, Insured] = field(default_factory=dict)
    told_of: set[int] = field(default_factory=set)
    """Who has a story told by hand: two of one person would be one claim."""

    def __post_init__(self) -> None:
        self.by_party = {c.party_id: c for c in self.customers}

    # -- who and when ------------------------------------------------------------------------

    def holder_of(
        self, *products: str, since_days: int = 120, offices: Container[int] | None = None,
        but: Container[int] = (),
    ) -> tuple[Insured, str]:  # fmt: skip
        """Somebody with one of the products, past its waiting period; of some offices or any, none of ``but``."""
        before = self.past.now.date() - timedelta(days=since_days)
        for _ in range(5_000):
            customer = self.chance.choice(self.customers)
            if offices is not None and customer.office_id not in offices:
                continue
            if customer.party_id in but:
                continue
            for product in products:
                if product in customer.policies and customer.since[product] < before:
                    return customer, product
        raise LookupError(f"nobody holds {products}")

    def ready(self, customer: Insured) -> int:
        """Consent and account as the customer gives them before reporting."""
        agree(
            customer,
            self.past.now,
            "HEALTH_DATA",
            *(["AGENT_COPY"] if self.chance.random() < 0.6 else []),
        )
        return open_account(customer, self.past.now)

    @property
    def today(self) -> date:
        return self.past.now.astimezone(CHINA).date()

    def bill(
        self, customer: Insured, kind: str = "FISCAL_OUTPATIENT", largest: str | None = None
    ) -> papers.Bill:
        """A bill nobody had before."""
        self.bills += 1
        made = papers.make_bill(
            customer.person.name, 100_000 + self.bills, kind=kind,
            issued_on=self.today - timedelta(days=self.chance.randrange(0, 6)),
            hospital=self.chance.choice(HOSPITAL_NAMES),
            largest=Decimal(largest) if largest else None,
        )  # fmt: skip
        if kind != "FISCAL_INPATIENT" and self.chance.random() < 0.85:
            # Most small bills hold nothing outside the insured list: those a person need not see.
            made = within_the_list(made)
        return made

    def report(
        self,
        customer: Insured,
        product: str,
        claim_type: str,
        *,
        loss_on: date,
        channel: str = "APP",
        account_id: int | None = None,
        **more: Any,
    ) -> int:
        """The first notice, by the customer, their agent or a colleague on the telephone."""
        actor, access = Ref("party", customer.party_id), None
        if channel == "AGENT" and customer.agent_id:
            actor = Ref("agent", customer.agent_id)
        elif channel == "PHONE":
            actor, access = self.colleague("claims.register", customer.office_id)
        else:
            channel = "APP"
        made = claims.report_claim(
            report=Report(
                policy_number=customer.policies[product], claimant_id=customer.party_id,
                claim_type=claim_type, loss_date=loss_on, channel=channel,
                request_key=f"demo-{self.chance.getrandbits(64):x}", account_id=account_id,
                came_by=CAME_BY[customer.party_id % len(CAME_BY)] if channel == "APP" else "",
                **more,
            ),
            actor=actor, access=access, at=self.past.now,
        )  # fmt: skip
        return made.claim_id

    def colleague(self, right: str, office_id: int, unlike: int = 0) -> tuple[Ref, people.Access]:
        """Somebody who may, preferring the office's own people; ``unlike`` somebody else than that."""
        able = []
        for staff_id in self.world.staff.values():
            access = people.staff_access(staff_id)
            if staff_id != unlike and access.may(right, office_id=office_id):
                able.append(access)
        if not able:
            raise LookupError(f"nobody may {right} in office {office_id}")
        access = min(able, key=lambda a: (len(a.office_ids), a.staff_id))
        return Ref("staff", access.staff_id), access

    # -- what staff do -----------------------------------------------------------------------

    def go_on(self, claim_id: int, customer: Insured, upto: str) -> None:
        """From the desk on: supplement, investigation, decision."""
        self.past.settle()
        if queries.progress(claim_id, self.past.now).card.state != "REVIEW" or upto == "review":
            return
        looked_at = office_hour(self.past.now + timedelta(hours=self.chance.randrange(1, 6)))
        if not self.past.reaches(looked_at):
            return
        self.past.go_to(looked_at)
        actor, access = self.colleague("claims.assess", customer.office_id)
        if upto == "supplement":
            claims.request_supplement(
                claim_id=claim_id, missing=[claims.Missing("既往病历", ("OTHER",))], note="请补充近两年的门诊病历。",
                access=access, actor=actor, at=self.past.now,
            )  # fmt: skip
        elif upto == "investigate":
            actor, access = self.colleague("claims.investigate", customer.office_id)
            claims.open_investigation(
                claim_id=claim_id, reason="HOSPITAL_RECORDS", question="核实住院记录与费用是否相符。", access=access,
                actor=actor, at=self.past.now,
            )  # fmt: skip
        else:
            self.decide(claim_id, customer, decline=upto == "decline")
        self.past.settle()
        self.maybe_rate(claim_id, customer)

    def decide(self, claim_id: int, customer: Insured, *, decline: bool) -> None:
        """Decide as the desk shows it; where four eyes are wanted, the second pair too."""
        actor, access = self.colleague("claims.decide", customer.office_id)
        desk = queries.desk(claim_id, access, self.past.now)
        benefit = desk.calculation.benefit if desk.calculation else Decimal(0)
        if decline or benefit <= 0:
            actor, access = self.colleague("claims.decline", customer.office_id)
            desk = queries.desk(claim_id, access, self.past.now)
            clauses = [c.number for c in desk.policy.terms.clauses][:1] if desk.policy else []
            verdict = claims.Verdict(
                digest=desk.digest, kind="DECLINE", reason="所申请的费用不在合同约定的给付范围内，详见所引条款。",
                clauses=tuple(clauses), override_reason="经核对条款，机审未识别该项约定。",
            )  # fmt: skip
        else:
            verdict = claims.Verdict(
                digest=desk.digest, kind="APPROVE", reason="资料齐全，属于保险责任。"
            )
        made = claims.decide(
            claim_id=claim_id, verdict=verdict, access=access, actor=actor, at=self.past.now
        )
        if made.second and self.chance.random() < 0.75:
            self.past.go_to(self.past.now + timedelta(minutes=50))
            self.second(claim_id, customer, unlike=actor.id)

    def staff_round(self) -> None:
        """Twice a day the staff work off what has waited a day, and customers send what they owe."""
        head = people.staff_access(self.world.staff["shen.ji"])
        for state, patience in (
            ("REVIEW", 20),
            ("SECOND_REVIEW", 20),
            ("SUPPLEMENT", 90),
            ("INVESTIGATING", 100),
        ):
            for card in queries.list_for_staff(head, states=(state,), limit=200).claims:
                waited = self.past.now - card.reported_at
                # Some customers take their time with a paper, and some colleagues are away.
                slow = state in {"SUPPLEMENT", "SECOND_REVIEW"} and card.id % 3 == 0
                if waited < timedelta(hours=patience) or (slow and waited < timedelta(days=25)):
                    continue
                customer = self.by_party[card.claimant_id]
                try:
                    self.work_off(card, customer)
                except (Refusal, LookupError):
                    continue  # it stays on somebody's desk, as in life

        self.make_calls()

    def make_calls(self) -> None:
        """Calls and looks that leave no trace of their own: taken, made, said to be done."""
        for username in (
            "li.zhu",
            "baoan",
            "gu.wen",
            "zhu.guan",
            "guang.he",
            "guang.fu",
            "shu.he",
            "shu.fu",
            "jing.he",
        ):
            access = people.staff_access(self.world.staff[username])
            me = {"access": access, "actor": Ref("staff", access.staff_id), "at": self.past.now}
            for queue in work_queries.list_queues():
                if queue.code not in work_queries.BY_HAND or not access.may(queue.right):
                    continue
                for _ in range(3):
                    try:
                        item_id = work.take_next(queue=queue.code, **me)
                    except Refusal:
                        break
                    if self.chance.random() < 0.9:
                        work.finish(item_id=item_id, **me)

    def open_letters(self, claim_id: int, customer: Insured) -> None:
        """The customer reads what was sent, which is the proof that it arrived."""
        for letter in letter_queries.list_letters(Ref("claim", claim_id)):
            if letter.state == "ISSUED":
                letters.mark_delivered(
                    letter_id=letter.id,
                    proof="OPENED",
                    actor=Ref("party", customer.party_id),
                    at=self.past.now,
                )

    def work_off(self, card: queries.ClaimCard, customer: Insured) -> None:
        """The next step of a claim that waits."""
        if card.state == "REVIEW":
            self.decide(card.id, customer, decline=False)
            self.past.settle()
            self.maybe_rate(card.id, customer)
        elif card.state == "SECOND_REVIEW":
            self.second(card.id, customer, unlike=0)
            self.past.settle()
            self.maybe_rate(card.id, customer)
        elif card.state == "SUPPLEMENT":
            self.bills += 1
            self.hand_in(card.id, customer, [("OTHER", "既往病历.pdf", papers.diagnosis_pdf(
                customer.person.name, card.loss_date, seed=self.bills))])  # fmt: skip
            self.confirm_papers(card.id, customer)
        else:
            actor, access = self.colleague("claims.investigate", customer.office_id)
            claims.close_investigation(
                claim_id=card.id, finding="CONFIRMED", report="已向医院核实，住院记录与费用相符。", access=access,
                actor=actor, at=self.past.now,
            )  # fmt: skip

    def second(self, claim_id: int, customer: Insured, unlike: int) -> None:
        """The second pair of eyes agrees."""
        actor, access = self.colleague("claims.review", customer.office_id, unlike=unlike)
        shown = queries.desk(claim_id, access, self.past.now)
        claims.confirm_decision(
            claim_id=claim_id, digest=shown.digest, agrees=True, reason="", access=access, actor=actor,
            at=self.past.now,
        )  # fmt: skip

    def confirm_papers(self, claim_id: int, customer: Insured) -> None:
        """A registrar looks at what the machine could not settle."""
        looked_at = office_hour(self.past.now + timedelta(minutes=40))
        if not self.past.reaches(looked_at):
            return
        self.past.go_to(looked_at)
        actor, _access = self.colleague("claims.register", customer.office_id)
        for upload in document_queries.list_uploads(Ref("claim", claim_id)):
            if upload.state == "NEEDS_PERSON":
                try:
                    documents.confirm_document(
                        upload_id=upload.id, version=self.put_right(upload, actor), actor=actor,
                        at=self.past.now,
                    )  # fmt: skip
                except Refusal:
                    continue  # it stays on the desk, as in life
        self.past.settle()

    def put_right(self, upload: document_queries.UploadView, actor: Ref) -> int:
        """
        What the registrar changes before confirming: a place or an advice read short. Less often
        in the later weeks, so that the figures of recognition show a trend.
        """
        version, dice = upload.version, random.Random(f"put right {upload.id}")
        often = 0.6 if self.past.latest - self.past.now > timedelta(weeks=6) else 0.2
        read = {f.name: f.value for f in document_queries.fields(upload.id) if f.correctable}
        place = "hospital" if upload.kind == "FEE_LIST" else "department"
        for name, more in ((place, "（东院区）"), ("advice", "，不适随诊")):
            if name in read and dice.random() < often:
                version = documents.correct_field(
                    upload_id=upload.id, name=name, value=read[name] + more, version=version, actor=actor,
                    at=self.past.now,
                )  # fmt: skip
        return version

    # -- small things ------------------------------------------------------------------------

    def hand_in(
        self, claim_id: int, customer: Insured, files: list[tuple[str, str, bytes]]
    ) -> None:
        """The customer's files, then what the worker makes of them."""
        self.past.go_to(self.past.now + timedelta(minutes=self.chance.randrange(1, 20)))
        got = claims.hand_in_documents(
            claim_id=claim_id, papers=[claims.Paper(kind, name, content) for kind, name, content in files],
            actor=Ref("party", customer.party_id), at=self.past.now,
        )  # fmt: skip
        self.past.unread += got.upload_ids
        self.past.settle()

    def maybe_rate(self, claim_id: int, customer: Insured) -> None:
        """Half of those whose claim ended say what they think."""
        if self.chance.random() < 0.85:
            self.open_letters(claim_id, customer)
            self.past.settle()
        state = queries.progress(claim_id, self.past.now).card.state
        if state in {"PAID", "CLOSED", "DECLINED"} and self.chance.random() < 0.5:
            stars, recommend, comment = self.chance.choice(COMMENTS)
            claims.rate_claim(
                claim_id=claim_id, stars=stars, recommend=recommend, comment=comment,
                actor=Ref("party", customer.party_id), at=self.past.now,
            )  # fmt: skip

    def card_ending(self, ending: str, customer: Insured) -> int:
        """A card by which the practice bank behaves in a certain way: its last four digits."""
        from demo.names import card

        n = 0
        while not (
            number := card("622202", 900_000_000 + customer.party_id * 100_000 + n)
        ).endswith(ending):
            n += 1
        return people_operations.add_account(
            party_id=customer.party_id, bank_code="ICBC", number=number, holder_name=customer.person.name,
            agreed=people.consent_text("FINANCIAL").version, actor=Ref("party", customer.party_id),
            at=self.past.now,
        )  # fmt: skip

    def provider(self) -> int:
        return self.chance.choice(list(self.world.providers.values()))


def within_the_list(bill: papers.Bill) -> papers.Bill:
    """The same bill with every item on the list of the basic insurance."""
    return replace(
        bill,
        lines=tuple(replace(n, category="A") if n.category == "OWN" else n for n in bill.lines),
    )


HOSPITAL_NAMES = (
    "杭州钱塘人民医院（样张）", "温州瓯江医院（样张）", "广州珠江医院中心院区（样张）", "成都锦江人民医院（样张）",
)  # fmt: skip


def office_hour(at: datetime) -> datetime:
    """The same or the next moment somebody is at the desk."""
    local = at.astimezone(CHINA)
    if local.hour >= 18:
        local = (local + timedelta(days=1)).replace(hour=9, minute=local.minute)
    if local.hour < 9:
        local = local.replace(hour=9)
    while local.weekday() >= 5:
        local = (local + timedelta(days=1)).replace(hour=9)
    return local.astimezone(at.tzinfo)
