"""An application told step by step, as a customer does it; each step can be told otherwise."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests import make
from yilu.documents import operations as reading
from yilu.documents import queries as documents
from yilu.documents.rules.found import Found, Recognised
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.people import operations as people
from yilu.people import queries as persons
from yilu.products import queries as products
from yilu.underwriting import operations as underwriting
from yilu.underwriting.models import Application
from yilu.underwriting.queries.shown import conditions_shown, shown_now
from yilu.underwriting.rules.shown import text_digest
from yilu.underwriting.rules.suitability import Finances

NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
BODY = {"height_cm": "170", "weight_kg": "62", "smoker": "NO"}
_count = itertools.count(1)


def insurer() -> int:
    """The office, the catalogue of products and the tables, as shipped."""
    make.standards_in_force()
    make.products_on_sale()
    return make.office()


def customer(
    office_id: int, born: date = date(1990, 3, 4), sex: str = "FEMALE", **given: Any
) -> int:
    """A grown-up with an identity number that the register bears out, and the consent to underwrite."""
    while True:
        number = make.resident_id(born, sex)
        if number[-2:] not in {"44", "77", "88"}:
            break
    party_id = make.party(office_id, identity_number=number, **given)
    make.consent(party_id, "UNDERWRITING")
    return party_id


def healthy(version_id: int, **said: str) -> dict[str, str]:
    """The answers of somebody in good health to every question, but for what is said."""
    answers = {}
    for question in products.get_questionnaire(version_id).questions:
        if question.kind == "YES_NO":
            answers[question.code] = "NO"
        elif question.kind == "NUMBER":
            answers[question.code] = "0"
    return {**answers, **BODY, **said}


def plan(**given: Any) -> underwriting.Plan:
    told: dict[str, Any] = {
        "sum_insured": Decimal(300_000), "pay_mode": "YEARLY", "pay_years": 20,
        "with_social_insurance": True,
    }  # fmt: skip
    return underwriting.Plan(**{**told, **given})


class Story:
    """One customer's application; ``at`` moves on by itself from step to step."""

    def __init__(
        self,
        office_id: int,
        *,
        holder_id: int | None = None,
        product: str = "critical-illness",
        at: datetime = NOON,
        **start: Any,
    ) -> None:
        self.office_id = office_id
        self.holder_id = holder_id or customer(office_id)
        self.me = Ref("party", self.holder_id)
        self.at = at
        told: dict[str, Any] = {
            "channel": "APP",
            "actor": self.me,
            "request_key": f"tap-{next(_count)}",
        }
        self.id = underwriting.start_application(
            holder_id=self.holder_id, product_code=product, at=at, **{**told, **start}
        )

    @property
    def row(self) -> Application:
        return Application.objects.get(pk=self.id)

    def do(self, operation: Any, **given: Any) -> Any:
        """Call an operation on the application as the customer, a minute later."""
        self.at += timedelta(minutes=1)
        return operation(application_id=self.id, **{"actor": self.me, "at": self.at, **given})

    def identified(self) -> Story:
        for party_id in {self.row.holder_id, self.row.insured_id}:
            underwriting.record_identity_check(
                application_id=self.id, party_id=party_id, matched=True, receipt="SF1", at=self.at
            )
        return self

    def price(self, wanted: underwriting.Plan) -> Decimal:
        row = self.row
        insured = persons.get_party(row.insured_id)
        assert insured.birth_date
        age = (self.at.date() - insured.birth_date).days * 4 // 1461
        return products.price(
            row.product_version_id, sex=insured.sex, age=age, sum_insured=wanted.sum_insured,
            pay_years=wanted.pay_years, pay_mode=wanted.pay_mode, years=wanted.years,
            occupation_class=wanted.occupation_class, with_social_insurance=wanted.with_social_insurance,
        ).premium  # fmt: skip

    def planned(self, **given: Any) -> Story:
        wanted = plan(**given)
        self.do(underwriting.choose_plan, plan=wanted, seen=self.price(wanted))
        return self

    def declared(self, **said: str) -> Story:
        """The health questions answered; a parent has agreed to the use of a child's data."""
        version = self.row.product_version_id
        if not persons.child_agreed(self.row.insured_id, self.at.date()):
            make.consent(self.row.insured_id, "CHILD_DATA", given_by=self.holder_id)
        self.do(
            underwriting.declare_health, questionnaire=products.get_questionnaire(version).version,
            answers=healthy(version, **said),
        )  # fmt: skip
        return self

    def afforded(self, income: int = 300_000, budget: int = 30_000, **given: Any) -> Story:
        finances = Finances(income=Decimal(income), budget=Decimal(budget))
        self.do(underwriting.tell_means, finances=finances, **given)
        return self

    def confirmed(self, leave: int = 0) -> Story:
        notices = products.list_notices(self.row.product_version_id)
        shown = {n.code: text_digest(n.text) for n in notices[: len(notices) - leave]}
        self.do(underwriting.confirm_notices, confirmed=shown)
        return self

    def code(self, purpose: str = "APPLICATION", signer: Ref | None = None) -> str:
        """Ask for a code and read it from the message, as the signer would."""
        shown = shown_now(self.row) if purpose == "APPLICATION" else conditions_shown(self.row)
        self.do(
            underwriting.ask_signature,
            digest=shown.digest,
            purpose=purpose,
            actor=signer or self.me,
        )
        return sent_code(signer or self.me)

    def signed(self, purpose: str = "APPLICATION", signer: Ref | None = None) -> Story:
        code = self.code(purpose, signer)
        self.do(underwriting.sign, code=code, door="APP", purpose=purpose, actor=signer or self.me)
        return self

    def ready(self, **said: str) -> Story:
        """Everything but the last tap."""
        return self.identified().planned().declared(**said).afforded().confirmed().signed()

    def submitted(self, **said: str) -> underwriting.Submitted:
        return self.ready(**said).do(underwriting.submit)

    def read_card(self, at: datetime | None = None, **said: str) -> Story:
        """
        What the machine reads from the identity cards handed in that it has not read, as the job records
        it: the holder's name and number but for what is said; reactions run.
        """
        holder = persons.get_identity(self.holder_id)
        found = {"name": holder.name, "identity_number": holder.number, **said}
        for upload in documents.list_uploads(self.row.ref):
            if upload.kind == "ID_CARD" and upload.state == "RECEIVED":
                fields = {n: Found(n, text, "OCR", 0.99) for n, text in found.items() if text}
                read = Recognised("OCR", "test", "1", "id_card_front", fields)
                reading.record_reading(upload_id=upload.id, read=read, at=at or self.at)
        react(at or self.at)
        return self

    def paid(self) -> Application:
        """The first premium arrives, and the worker hears of it."""
        pay(self.row, self.at)
        return self.row


def sent_code(to: Ref) -> str:
    """The code in the latest message to somebody."""
    from yilu.kernel import sealing
    from yilu.messaging.operations.queueing import SECRETS_PLACE

    message = Message.objects.filter(recipient=str(to), template="underwriting.sign_code").latest(
        "pk"
    )
    found = re.search(r"\d{6}", sealing.unseal(bytes(message.secrets), SECRETS_PLACE))
    assert found
    return found.group()


def pay(row: Application, at: datetime) -> None:
    """The money of an application comes in; reactions run."""
    settle(row.collection_id, at)
    react(at)


def settle(collection_id: int | None, at: datetime) -> None:
    """What the bank's word does to a collection, without the bank."""
    from yilu.journal import operations as journal
    from yilu.kernel import tx
    from yilu.payments import events
    from yilu.payments.models import Collection

    row = Collection.objects.get(pk=collection_id)

    @tx.use_case
    def say() -> None:
        row.state, row.ended_at = "COLLECTED", at
        row.save(update_fields=["state", "ended_at"])
        fact = events.CollectionSettled(
            collection_id=row.pk, key=row.key, amount=str(row.amount), method=row.method
        )
        journal.record(
            fact, about=Ref.parse(row.about), actor=Ref("bank", 1), at=at, party=row.payer_id
        )

    say()


def react(at: datetime) -> None:
    """Let the worker run what is owed."""
    from yilu.journal import operations as journal

    while journal.run_reactions(at=at):
        pass


def consent(party_id: int, purpose: str) -> None:
    people.give_consent(
        party_id=party_id, purpose=purpose, channel="APP", actor=Ref("party", party_id), at=NOON,
        text_version=persons.consent_text(purpose).version,
    )  # fmt: skip
