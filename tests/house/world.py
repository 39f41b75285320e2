"""One customer with something behind every address, and everybody who should not see it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests import cast, make
from tests.documents.papers import picture
from tests.house.doors import Address
from tests.letters.desk import facts
from tests.web.signing import signed_in
from yilu.care import operations as care
from yilu.catastrophe import jobs as catastrophe_jobs
from yilu.catastrophe import operations as catastrophe
from yilu.catastrophe.models import CasualtyRow
from yilu.claims import operations as claims
from yilu.claims import queries as claim_queries
from yilu.complaints import operations as complaints
from yilu.contact import operations as contact
from yilu.documents import operations as documents
from yilu.kernel import recall, tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.letters import operations as letters
from yilu.payments import operations as payment_operations
from yilu.payments import queries as payments
from yilu.people import operations as person_operations
from yilu.people import queries as person_queries
from yilu.people.rules.rights import ROLE_RIGHTS
from yilu.policies import queries as policies
from yilu.quality import operations as quality
from yilu.quality.operations.serving import keep_service
from yilu.quality.queries import inspections
from yilu.retention import operations as retention
from yilu.servicing import operations as servicing
from yilu.underwriting import operations as underwriting
from yilu.video import operations as video
from yilu.work.models import Item

FILE_NAME = "林女士的诊断证明.png"


@dataclass
class World:
    """Lin's things by url argument, what only Lin's people may read, and a browser for each."""

    people: cast.Cast
    things: dict[str, Any]
    hers: tuple[str, ...]
    token: str
    provider_token: str
    browsers: dict[str, Client] = field(default_factory=dict)
    remembered: recall.Kept = field(default_factory=dict)
    _cookies: dict[str, SimpleCookie[str]] = field(default_factory=dict)

    def browser(self, name: str) -> Client:
        """lin, zhou, wei, qian, luo, all_a, all_b or nobody: signed in."""
        if name not in self.browsers:
            browser = self.browsers[name] = Client()
            browser.cookies = deepcopy(self._cookies[name])
            browser.raise_request_exception = False
        return self.browsers[name]

    def come_in(self) -> None:
        """Everybody signs in, once for all tests."""
        for name in ("lin", "zhou", "wei", "qian", "luo", "all_a", "all_b", "nobody"):
            self._cookies[name] = self._open(name).cookies

    def has_left(self, name: str) -> bool:
        """Whether their browser is signed out by now."""
        kept = self.browsers[name].cookies.get(settings.SESSION_COOKIE_NAME)
        return kept is None or not kept.value

    def come_back(self, name: str) -> Client:
        """They sign in once more."""
        browser = self.browsers[name] = self._open(name)
        browser.raise_request_exception = False
        return browser

    def start_again(self) -> None:
        """Everybody is as they were when they had just come in."""
        self.browsers.clear()
        recall.resume(self.remembered)

    def _open(self, name: str) -> Client:
        if name == "nobody":
            browser = Client()
        elif name in {"all_a", "all_b"}:
            office = self.people.branch_a if name == "all_a" else self.people.branch_b
            browser = signed_in(Ref("staff", make.staff(office, *ROLE_RIGHTS)))
        else:
            browser = signed_in(getattr(self.people, f"as_{name}"))
        return browser

    def url(self, address: Address, **other: Any) -> str:
        """The address with Lin's things in it."""
        things = {"code": CODES.get(address.name, ""), **self.things, **other}
        path = address.pattern.replace("^", "").replace("$", "")
        return "/" + ARGUMENT.sub(lambda found: str(things[found[1] or found[2]]), path)


ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
CODES = {"public:verify_code": "ABCD-EFGH-JKMN-PQRS"} | {
    f"staff:{name}": code
    for code, names in {
        "closed_rate": "scorecards_kpi scorecards_chart scorecards_cases scorecards_export",
        "claims.review": "queue take_next pool",
        "claim": "journey journey_chart journey_versions_of journey_edit journey_roll_back",
        "claims.triage": "table table_compare table_export table_make table_draft table_cells table_rows"
        " table_cases table_import table_publish table_discard",
        "claims.paid": "message_template",
        "policies.loan_share": "figure figure_draft figure_publish figure_discard",
        "fast": "programme programme_make programme_draft programme_publish programme_discard programme_check programme_back",
        "plan": "apply_step apply_act",
        "family": "needs_part",
        "means": "family_step family_act",
        "IDENTITY": "recorded",
        "CALL": "score_five_chart",
        "GREEN_LANE": "emergency_measure",
        "phone_opening": "training_take training_versions training_preview training_preview_chapter training_course_act",
        "slow_claim": "training_drill_begin training_scenario training_scenario_preview training_scenario_act",
        "claim_pay_10": "training_question training_question_act",
        "law.one_off_notice": "promise promise_revise promise_end promise_change",
    }.items()
    for name in names.split()
}


def _held(people: cast.Cast) -> int:
    """Nothing recorded of Lin's contract may be deleted."""
    access, actor = make.colleague(people.branch_a, "COMPLAINT_OFFICER")
    contract = policies.list_for_party(people.lin)[0]
    return retention.place_hold(
        policy_id=contract.id, party_id=people.lin, office_id=people.branch_a, cause="LAWSUIT", case_number="",
        words="客户已经起诉", access=access, actor=actor, at=make.NOON,
    )  # fmt: skip


def _incident(people: cast.Cast) -> int:
    """Something of personal data leaked."""
    access, actor = make.colleague(people.head, "PRIVACY_OFFICER")
    form = person_queries.PRIVACY_FORMS["INCIDENT"]
    new = person_operations.NewPrivacyRecord(
        kind="INCIDENT", title="电脑丢失", said={f.name: "已写明" for f in form.fields},
        known_at=make.NOON, persons=1,
    )  # fmt: skip
    return person_operations.open_privacy_record(new=new, access=access, actor=actor, at=make.NOON)


def _double(people: cast.Cast) -> int:
    """Lin and her child have one name, somebody thinks."""
    access, actor = make.colleague(people.branch_a, "SERVICING")
    return person_operations.name_double(
        party_id=people.lin, other_id=people.lin_junior, access=access, actor=actor, at=make.NOON
    )


def _visit(people: cast.Cast, claim_id: int) -> int:
    """Somebody is asked to come to Lin."""
    return care.ask_visit(
        claim_id=claim_id,
        kind="HOSPITAL",
        place="市一医院 3 病区",
        actor=people.as_lin,
        at=make.NOON,
    )


def _video(people: cast.Cast, claim_id: int) -> int:
    """A colleague would see Lin."""
    access, actor = make.colleague(people.branch_a, "ASSESSOR")
    return video.ask(
        about=Ref("claim", claim_id), party_id=people.lin, case_number="", access=access,
        actor=actor, at=timezone.now(),
    )  # fmt: skip


def _agreement(people: cast.Cast, claim_id: int) -> int:
    """A colleague asks Lin to sign something."""
    access, actor = make.colleague(people.branch_a, "ASSESSOR")
    return claims.ask_agreement(
        claim_id=claim_id, kind="THIRD_PARTY", terms="本人同意向就诊医院调取病历。", access=access,
        actor=actor, at=make.NOON,
    )  # fmt: skip


def _waiting_report(people: cast.Cast) -> int:
    """Wei reports for Lin's husband, who has not agreed to the use of health data."""
    husband = make.party(people.branch_a)
    policy = make.medical_policy(
        people.branch_a, holder_id=people.lin, insured_id=husband, agent_id=people.wei
    )
    kept = claims.report_or_keep(
        report=make.report(policy.number, people.lin, channel="AGENT"), actor=people.as_wei,
        at=make.NOON,
    )  # fmt: skip
    assert isinstance(kept, claims.Kept)
    return kept.waiting_id


def _request_in_review(people: cast.Cast) -> int:
    """Lin asked for somebody else to look after her; a person has to look at it."""
    common: dict[str, Any] = {"actor": people.as_lin, "at": make.NOON}
    request_id = servicing.start_request(
        kind="agent_change", form={"reason": "MOVED", "agent": "OFFICE"}, party_id=people.lin,
        door="CUSTOMER", **common,
    )  # fmt: skip
    digest = servicing.quote_request(request_id=request_id, **common).digest
    servicing.confirm_request(request_id=request_id, digest=digest, **common)
    return request_id


def _emergency(people: cast.Cast) -> tuple[int, int, int, int]:
    """A storm over branch A, a list with Lin on it, and Lin confirmed."""
    lead, actor = make.colleague(people.branch_a, "TEAM_LEAD")
    new = catastrophe.NewEvent(
        name="甲地暴雨", kind="RAINSTORM", level="II", place="甲地", occurred_at=make.NOON,
        office_id=people.branch_a, request_key="world",
    )  # fmt: skip
    event_id = catastrophe.declare_event(new=new, access=lead, actor=actor, at=make.NOON)
    list_id = catastrophe.import_list(
        event_id=event_id, filename="名单.csv", source="甲地应急管理局",
        content=f"姓名,状态\n{cast.LIN_NAME},受伤\n".encode(), access=lead, actor=actor, at=make.NOON,
    )  # fmt: skip
    catastrophe_jobs.read_list(list_id=list_id)
    row_id = CasualtyRow.objects.get(sheet_id=list_id).pk
    affected_id = catastrophe.confirm_row(
        row_id=row_id, party_id=people.lin, reason="已向医院核实", access=lead, actor=actor,
        at=make.NOON,
    )  # fmt: skip
    return event_id, list_id, row_id, affected_id


def _inspected(people: cast.Cast, claim_id: int) -> tuple[int, int, int]:
    """Lin's claim was drawn, scored, and a colleague calls her: the inspection, its lot, the recovery."""
    quality.load_books(make.NOON)
    tx.use_case(keep_service)(
        what="claim", subject=Ref("claim", claim_id), staff_id=people.chen, party_id=people.lin,
        done_at=make.NOON,
    )  # fmt: skip
    later = make.NOON + timedelta(days=8)
    quality.draw_lots(at=later)
    (row,) = inspections.list_lots(make.colleague(people.branch_a, "COMPLAINT_OFFICER")[0])
    access, actor = make.colleague(people.branch_a, "COMPLAINT_OFFICER")
    drawn = inspections.to_inspect(access)[0].id
    form = inspections.get_inspection(drawn, access, later).form
    full = {code: inspections.Answer(item.full) for code, item in form.items.items()}
    told: dict[str, Any] = {"access": access, "actor": actor, "at": later}
    quality.score(inspection_id=drawn, answers=full, **told)
    owner, _ref = make.colleague(people.branch_a, "CONSULTANT")
    recovery = quality.open_recovery(
        origin=Ref("inspection", drawn), wrong="没有主动联系", owner_id=owner.staff_id, **told
    )
    return drawn, row.id, recovery


def make_world() -> World:
    """Everything Lin has: a claim in review with a file, a letter, an offer, a paid claim, work on them."""
    make.standards_in_force()
    make.journeys_in_force()
    people = cast.assemble()
    for purpose in ("HEALTH_DATA", "AGENT_COPY", "MEDICAL_DATA_FETCH"):
        make.consent(people.lin, purpose)
    policy = make.medical_policy(people.branch_a, holder_id=people.lin, agent_id=people.wei)
    large = make.policy(people.branch_a, holder_id=people.lin, agent_id=people.wei)
    account = make.account(people.lin)
    provider = make.provider(people.branch_a)
    claim_id, upload_id = _claim_in_review(people, large.number, account)
    paid = make.reported_claim(people.lin, policy_number=policy.number, account_id=account).claim_id
    claims.hand_in_invoices(
        claim_id=paid, provider_id=provider.provider_id, invoices=[make.invoice(cast.LIN_NAME)],
        actor=SYSTEM, at=make.NOON,
    )  # fmt: skip
    offer_id = claims.offer_proactive_claim(
        policy_number=policy.number, party_id=people.lin, claim_type="MEDICAL",
        provider_id=provider.provider_id, invoices=[make.invoice(cast.LIN_NAME)], actor=SYSTEM,
        at=make.NOON,
    )  # fmt: skip
    letter_id = tx.use_case(letters.issue)(
        kind="STATEMENT", about=Ref("claim", claim_id), party_id=people.lin,
        facts=facts("STATEMENT", people.lin), actor=SYSTEM, at=make.NOON,
    )  # fmt: skip
    token = tx.use_case(documents.make_upload_link)(
        about=Ref("claim", claim_id), party_id=people.lin, items=["INVOICE"],
        expires_at=timezone.now() + timedelta(days=3), actor=SYSTEM, at=make.NOON,
    )  # fmt: skip
    card = claim_queries.get_progress(claim_id, people.as_lin, make.NOON).card
    item = Item.objects.filter(subject=f"claim:{claim_id}").earliest("pk")
    (payout,) = payments.list_payouts(Ref("claim", paid))
    event_id, list_id, row_id, affected_id = _emergency(people)
    collection_id = tx.use_case(payment_operations.request_collection)(
        key="world", payer_id=people.lin, method="WECHAT", amount=Decimal("366.00"),
        about=Ref("premium_order", 1), at=timezone.now(),
    )  # fmt: skip
    request_id = _request_in_review(people)
    application_id = underwriting.start_application(
        holder_id=people.lin, product_code="million-medical-social", channel="APP",
        actor=people.as_lin, request_key="world", at=make.NOON,
    )  # fmt: skip
    family_id = underwriting.start_family(
        application_id=underwriting.start_application(
            holder_id=people.lin, product_code="million-medical-social", channel="APP",
            actor=people.as_lin, request_key="world family", at=make.NOON,
        ), actor=people.as_lin, at=make.NOON,
    )  # fmt: skip
    complaint_id = complaints.receive(
        party_id=people.lin, channel="APP", actor=people.as_lin, at=make.NOON,
        told=complaints.Told(business="CLAIMS", reason="SLOW", words="办得太慢，没有人联系我。"),
    ).id  # fmt: skip
    data_request_id = person_operations.open_data_request(
        party_id=people.lin, kind="COPY", actor=people.as_lin, at=make.NOON
    )
    conversation_id = contact.open_chat(party_id=people.lin, actor=people.as_lin, at=timezone.now())
    inspection_id, lot_id, recovery_id = _inspected(people, claim_id)
    things = {
        "inspection_id": inspection_id, "lot_id": lot_id, "recovery_id": recovery_id, "book": "plan", "part": "question",
        "finding_id": 1, "audit_id": 1, "position": 1, "correction_id": 1, "owner_id": 1,
        "session_id": _video(people, claim_id), "take_number": 1,
        "conversation_id": conversation_id, "question_id": 1, "touchpoint": "phone", "exam_id": 1, "sheet_id": 1, "enrolment_id": 1, "drill_id": 1, "class_id": 1, "chapter": "close",
        "staff_id": people.chen, "agent_id": people.wei, "office_id": people.branch_a, "card_id": 1, "scheme_id": 1, "board_id": 1, "campaign_id": 1, "initiative_id": 1, "study_id": 1, "paper_id": 1, "breakpoint_id": 1, "forecast_id": 1, "problem_id": 1, "review_id": 1, "decision_id": 1, "disclosure_id": 1, "follow_up_id": 1,
        "complaint_id": complaint_id, "agreement_id": _agreement(people, claim_id),
        "waiting_id": _waiting_report(people), "double_id": _double(people),
        "hold_id": _held(people),
        "collection_id": collection_id, "request_id": request_id, "data_request_id": data_request_id,
        "application_id": application_id, "family_id": family_id, "order_id": 1, "case_id": 1, "new_year_id": 1, "handover_id": 1,
        "visit_id": _visit(people, claim_id), "event_id": event_id, "list_id": list_id, "row_id": row_id, "affected_id": affected_id,
        "claim_id": claim_id, "party_id": people.lin, "policy_id": large.id, "offer_id": offer_id,
        "upload_id": upload_id, "letter_id": letter_id, "item_id": item.pk, "payout_id": payout.id,
        "difference_id": 1, "recording_id": 1, "receivable_id": 1, "credit_id": 1, "partner_id": 1, "batch_id": 1, "guarantee_id": 1, "authorisation_id": 1, "reaction_id": 1, "job_id": 1, "signal_id": 1, "group_id": 1, "model_id": 1, "run_id": 1, "version_id": 1, "what": "days", "year": 2026, "token": token, "sha256": "0" * 64,
        "number": card.number, "level": 0, "edition": 1, "where": "000", "subject": "MEDICAL", "name": "days",
        "privacy_id": _incident(people), "place": "team", "feedback_id": 1, "analysis_id": 1, "topic_id": 1, "improvement_id": 1, "report_id": 1, "secret": "none", "provider": "alibaba", "part_id": 1, "check_id": 1, "export_id": 1, "kind": "mention",
    }  # fmt: skip
    hers = (cast.LIN_NAME, "138****5678", card.number, large.number, policy.number, FILE_NAME)
    return World(people, things, hers, token, provider.token)


def _claim_in_review(people: cast.Cast, number: str, account: int) -> tuple[int, int]:
    made = make.claim_in_review(
        holder_id=people.lin, policy_number=number, account_id=account,
        invoices=[make.invoice(cast.LIN_NAME, each="6000.00", fund_paid="0.00")],
    )  # fmt: skip
    paper = claims.Paper("DIAGNOSIS", FILE_NAME, picture())
    done = claims.hand_in_documents(
        claim_id=made.claim_id, papers=[paper], actor=people.as_lin, at=make.NOON
    )
    return made.claim_id, done.upload_ids[-1]


def shown(content: str, words: Iterable[str]) -> list[str]:
    """Which of the words a page lets a stranger read."""
    return [word for word in words if word in content]
