"""The underwriter's desk: everything to decide an application, on one screen (核保工作台)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yilu.documents import queries as documents
from yilu.journal import queries as journal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.letters import queries as letters
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.products import queries as products
from yilu.products.offering import Question
from yilu.underwriting import catalogue
from yilu.underwriting.models import Application, Decision, ProposedOpinion
from yilu.underwriting.rules import conditions, deciding
from yilu.underwriting.rules import opinion as rules
from yilu.underwriting.rules.lifecycle import LABELS, Action, State, possible
from yilu.underwriting.rules.opinion import Kind, Opinion, Suggested
from yilu.underwriting.terms import LINE_LABELS, OUTCOME_LABELS, ApplicationFacts, Outcome
from yilu.work import queries as work

from .facts import Earlier, earlier_applications, facts_of
from .papers import Need, needs_of
from .reasons import in_words
from .riders import RiderLine, rider_lines
from .views import UnknownApplication
from .waived_life import own_answers, waiver_in

TONES = {
    State.ISSUED: "good", State.ACCEPTED: "good", State.AWAITING_PAYMENT: "moving",
    State.REFERRED: "waiting", State.OFFERED: "waiting", State.EXAMINATION: "waiting",
    State.DECLINED: "bad", State.POSTPONED: "bad",
}  # fmt: skip
SUBJECTS = {
    "bmi": "体重指数", "smoking": "吸烟", "occupation": "职业", "sum_at_risk": "累计风险保额",
    "income": "收入与保额", "history": "既往投保与理赔", "combined": "合并结论",
    "report": "检查报告", "identity_paper": "证件照片", "papers": "投保资料", "rider": "附加险单独结论",
}  # fmt: skip
"""What a reason is about where it is no condition."""
WHY_SECOND = {
    "ASKED_BEFORE": "再次要求检查",
    "TABLE": "核保权限表要求",
    "AMOUNT": "超出本人金额权限",
}
GATE = "area_"
"""Questions that only open an area declare nothing by themselves."""
LIST_MAX = 100
STATE_LABELS = {state.value: label for state, label in LABELS.items()}
OPEN_AT_DESK = ("REFERRED", "EXAMINATION", "OFFERED", "SUBMITTED", "ACCEPTED", "AWAITING_PAYMENT")


@dataclass(frozen=True, slots=True)
class Seen:
    """What an underwriter's opinion is bound to; ``waiting``: the opinion that waits, if any."""

    application_id: int
    version: int
    decision_id: int
    facts_digest: str
    files: tuple[tuple[int, str, int], ...]
    waiting: int
    facts: ApplicationFacts

    @property
    def digest(self) -> str:
        """SHA-256 over all of it."""
        files = ",".join(f"{id}:{state}:{version}" for id, state, version in sorted(self.files))
        text = (
            f"application:{self.application_id}|{self.version}|{self.decision_id}|"
            f"{self.facts_digest}|{files}|{self.waiting}"
        )
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A question as it was asked and its answer in words; ``told`` where it declares something."""

    code: str
    group: str
    question: str
    answer: str
    told: bool


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """What one table said, with its version and row; ``url_code`` names the table."""

    about: str
    outcome: str
    outcome_label: str
    points: int
    in_words: str
    table: str
    version: int
    row: int


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A verdict, the machine's or a person's."""

    ordinal: int
    outcome: str
    outcome_label: str
    extra_mortality: int
    premium: Decimal
    exclusions: tuple[dict[str, Any], ...]
    examinations: tuple[str, ...]
    proposal: dict[str, Any]
    words: str
    override_reason: str
    postponed_to: date | None
    by: str
    by_machine: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """An opinion that waits for its second person."""

    kind_label: str
    why: str
    opinion: Opinion
    amount: Decimal
    by: str
    by_ref: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EventLine:
    """Something that happened."""

    at: datetime
    label: str
    who: str


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """Another application on the same person, by its verdict or where it stands."""

    id: int
    number: str
    sum_insured: Decimal
    label: str


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application in a list."""

    id: int
    number: str
    state: str
    state_label: str
    tone: str
    product_name: str
    insured_name: str
    sum_insured: Decimal | None
    submitted_at: datetime | None
    outcome_label: str
    office_id: int


@dataclass(frozen=True, slots=True)
class ApplicationDesk:
    """Everything an underwriter needs; ``digest`` goes back with the opinion."""

    row: ApplicationRow
    digest: str
    application: Application
    facts: ApplicationFacts
    line_label: str
    bmi: Decimal | None
    holder: people.PartyView | None
    insured: people.PartyView | None
    answers: tuple[AnswerRow, ...]
    holders_answers: tuple[AnswerRow, ...]
    reasons: tuple[ReasonRow, ...]
    suggested: Suggested
    suggested_label: str
    riders: tuple[RiderLine, ...]
    machine: DecisionRow | None
    decisions: tuple[DecisionRow, ...]
    sent_back: tuple[tuple[str, str, datetime], ...]
    waiting: WaitingRow | None
    needs: tuple[Need, ...]
    uploads: tuple[documents.UploadView, ...]
    contracts: tuple[policies.PolicyRow, ...]
    earlier: tuple[EarlierRow, ...]
    clocks: tuple[obligations.ClockView, ...]
    items: tuple[work.ItemRow, ...]
    letters: tuple[letters.LetterView, ...]
    timeline: tuple[EventLine, ...]
    exclusions_offered: tuple[dict[str, Any], ...]
    examinations_known: tuple[tuple[str, str], ...]
    may: dict[str, bool]
    why_not: str
    asked_before: bool
    above_authority: bool

    @property
    def only_referred(self) -> bool:
        """Whether the machine asks for a person without proposing what to decide."""
        return self.machine is None or (
            self.machine.outcome == Outcome.REFER and not self.machine.proposal
        )

    @property
    def sum_with_us(self) -> Decimal:
        """What our other policies and open applications of the line add up to."""
        return self.facts.sum_at_risk - self.facts.sum_insured - self.facts.declared_elsewhere


def is_in_scope(application: Application, access: people.Access) -> bool:
    """Whether somebody may see this application at the desk."""
    return access.may("underwriting.view", office_id=application.office_id)


def seen(application: Application) -> Seen:
    """What stands on the desk of an application that was submitted."""
    waiting = application.proposals.filter(state="WAITING").values_list("pk", flat=True).first()
    has_report = any(
        need.here and need.code in catalogue.examinations() for need in needs_of(application)
    )
    facts = facts_of(application, has_report=has_report)
    return Seen(
        application_id=application.pk,
        version=application.version,
        decision_id=application.decision_id or 0,
        facts_digest=deciding.facts_digest(facts),
        files=tuple((u.id, u.state, u.version) for u in documents.list_uploads(application.ref)),
        waiting=waiting or 0,
        facts=facts,
    )


def list_applications(
    access: people.Access, *, state: str = "", search: str = ""
) -> tuple[ApplicationRow, ...]:
    """Applications of the offices somebody may look into: a state, or what is open; newest first."""
    rows = Application.objects.filter(office_id__in=access.offices_for("underwriting.view"))
    if search:
        rows = rows.filter(number=search.strip().upper())
    else:
        rows = rows.filter(state__in=[state] if state in State.__members__ else OPEN_AT_DESK)
    rows = rows.select_related("product_version", "insured", "decision").order_by("-id")
    return tuple(_row(each) for each in rows[:LIST_MAX])


def get_for_staff(application_id: int, access: people.Access) -> ApplicationRow:
    """
    An application that was submitted, for a member of staff who may view its office.

    :raises UnknownApplication: another office's, a draft, or none: in the same words.
    """
    return _row(_submitted(application_id, access))


def _submitted(application_id: int, access: people.Access) -> Application:
    found = (
        Application.objects.select_related("product_version", "insured", "decision")
        .filter(pk=application_id, decision__isnull=False)
        .first()
    )
    if found is None or not is_in_scope(found, access):
        raise UnknownApplication
    return found


def desk(application_id: int, access: people.Access, at: datetime) -> ApplicationDesk:
    """
    Everything about an application for a member of staff who may view its office.

    :raises UnknownApplication: another office's, a draft, or none: in the same words.
    """
    application = _submitted(application_id, access)
    looked = seen(application)
    decisions = list(application.decisions.order_by("-ordinal"))
    opinions = list(application.proposals.order_by("-pk"))
    events = journal.timeline(application.ref)
    names = _names(events, decisions, opinions)
    machine = next((d for d in decisions if d.decided_by == str(SYSTEM)), None)
    waiting = next((o for o in opinions if o.state == "WAITING"), None)
    said = _suggested(machine)
    parties = people.list_parties([application.holder_id, application.insured_id or 0])
    declared = looked.facts.declared
    return ApplicationDesk(
        row=_row(application),
        digest=looked.digest,
        application=application,
        facts=looked.facts,
        line_label=LINE_LABELS[looked.facts.line],
        bmi=deciding.body_mass(declared.height_cm, declared.weight_kg)
        if declared.height_cm and declared.weight_kg
        else None,
        holder=parties.get(application.holder_id),
        insured=parties.get(application.insured_id or 0),
        answers=answers_in(application),
        holders_answers=holders_answers_in(application),
        reasons=tuple(_reason(each) for each in machine.reasons) if machine else (),
        suggested=said,
        suggested_label=OUTCOME_LABELS[said.outcome] if said.outcome else "",
        riders=rider_lines(application.riders),
        machine=decision_row(machine, names) if machine else None,
        decisions=tuple(decision_row(each, names) for each in decisions),
        sent_back=tuple(
            (names.get(Ref.parse(o.settled_by), ""), o.settled_why, o.settled_at or at)
            for o in opinions
            if o.state == "SENT_BACK"
        ),
        waiting=_waiting(waiting, names) if waiting else None,
        needs=needs_of(application),
        uploads=documents.list_uploads(application.ref),
        contracts=policies.list_for_party(application.insured_id or 0),
        earlier=tuple(_earlier(each) for each in earlier_applications(application)),
        clocks=tuple(obligations.list_clocks(application.ref, at)),
        items=work.open_items(application.ref, at),
        letters=letters.list_letters(application.ref),
        timeline=tuple(EventLine(e.at, e.label, names.get(e.actor, "")) for e in events),
        exclusions_offered=tuple(machine.exclusions) if machine else (),
        examinations_known=tuple(catalogue.examinations().items()),
        asked_before=any(d.outcome == "EXAMINE" for d in decisions),
        **_rights(application, looked, waiting, access),
    )


def _rights(
    application: Application, looked: Seen, waiting: ProposedOpinion | None, access: people.Access
) -> dict[str, Any]:
    """What this person may do now, and why not where they may not."""
    open_ = (
        possible(State(application.state), Action.DECIDE)
        and application.state != State.SUBMITTED.value
    )
    office = application.office_id
    held = {right: access.may(right, office_id=office) for right in set(rules.RIGHT_OF.values())}
    own = waiting is not None and waiting.proposed_by == f"staff:{access.staff_id}"
    may = {
        kind.value: open_ and waiting is None and held[rules.RIGHT_OF[kind]] for kind in Kind
    } | {"CONFIRM": False}
    if waiting is not None and not own:
        kind = Kind(waiting.opinion["kind"])
        may["CONFIRM"] = access.may(rules.RIGHT_OF[kind], office, waiting.amount)
    why_not = ""
    if own:
        why_not = "您的意见在等待另一位核保员复核。"
    elif waiting is not None and not may["CONFIRM"]:
        why_not = "复核须由权限更高的核保员办理。"
    elif open_ and not any(may.values()):
        why_not = "您可以查看；核保须由有核保权限的同事办理。"
    return {
        "may": may,
        "why_not": why_not,
        "above_authority": not access.may("underwriting.decide", office, looked.facts.sum_at_risk),
    }


def _row(application: Application) -> ApplicationRow:
    version, decision = application.product_version, application.decision
    return ApplicationRow(
        id=application.pk,
        number=application.number,
        state=application.state,
        state_label=LABELS[State(application.state)],
        tone=TONES.get(State(application.state), "moving"),
        product_name=version.name if version else "",
        insured_name=application.insured.name if application.insured else "",
        sum_insured=application.sum_insured,
        submitted_at=application.submitted_at,
        outcome_label=OUTCOME_LABELS[decision.outcome] if decision else "",
        office_id=application.office_id,
    )


def answers_in(application: Application) -> tuple[AnswerRow, ...]:
    """What the insured answered, question by question as it was shown."""
    assert application.product_version_id is not None
    asked = products.get_questionnaire(application.product_version_id)
    answers = {**application.answers, "sex": application.rated_sex}
    return _rows(asked.questions, answers)


def _rows(questions: Sequence[Question], answers: Mapping[str, str]) -> tuple[AnswerRow, ...]:
    rows = []
    for question in conditions.shown(questions, answers):
        given = answers.get(question.code)
        if given is None:
            continue
        words = {"YES": "是", "NO": "否", **{c.code: c.text for c in question.choices}}
        answer = words.get(given, f"{given} {question.unit}".strip())
        told = (given == "YES" and not question.code.startswith(GATE)) or "." in question.code
        rows.append(AnswerRow(question.code, question.group, question.text, answer, told))
    return tuple(rows)


def holders_answers_in(application: Application) -> tuple[AnswerRow, ...]:
    """What the holder declared for a waiver that hangs on them; nothing without one."""
    rider = waiver_in(application.riders)
    if rider is None:
        return ()
    asked = products.get_questionnaire(rider["version_id"]).questions
    return _rows(asked, own_answers(rider, application.answers))


def _earlier(each: Earlier) -> EarlierRow:
    label = OUTCOME_LABELS[Outcome(each.outcome)] if each.outcome else LABELS[State(each.state)]
    return EarlierRow(each.id, each.number, each.sum_insured, label)


def _reason(kept: dict[str, Any]) -> ReasonRow:
    code = kept["condition"]
    known = catalogue.conditions().get(code)
    return ReasonRow(
        about=known.name if known else SUBJECTS.get(code, code),
        outcome=kept["outcome"],
        outcome_label=OUTCOME_LABELS[Outcome(kept["outcome"])],
        points=kept["points"],
        in_words=in_words(kept),
        table=kept["table"],
        version=kept["version"],
        row=kept["row"],
    )


def decision_row(kept: Decision, names: dict[Ref, str]) -> DecisionRow:
    """A verdict in words; ``names`` are of who decided."""
    words = catalogue.examinations()
    return DecisionRow(
        ordinal=kept.ordinal,
        outcome=kept.outcome,
        outcome_label=OUTCOME_LABELS[Outcome(kept.outcome)],
        extra_mortality=kept.extra_mortality,
        premium=kept.premium,
        exclusions=tuple(kept.exclusions),
        examinations=tuple(words.get(code, code) for code in kept.examinations),
        proposal=kept.proposal,
        words=kept.words,
        override_reason=kept.override_reason,
        postponed_to=kept.postponed_to,
        by=names.get(Ref.parse(kept.decided_by), ""),
        by_machine=kept.decided_by == str(SYSTEM),
        at=kept.decided_at,
    )


def _waiting(kept: ProposedOpinion, names: dict[Ref, str]) -> WaitingRow:
    opinion = Opinion.from_json(kept.opinion)
    return WaitingRow(
        kind_label=rules.KIND_LABELS[Kind(opinion.kind)],
        why=WHY_SECOND[kept.why_second],
        opinion=opinion,
        amount=kept.amount,
        by=names.get(Ref.parse(kept.proposed_by), ""),
        by_ref=kept.proposed_by,
        at=kept.proposed_at,
    )


def _suggested(machine: Decision | None) -> Suggested:
    if machine is None:
        return Suggested(None)
    codes = [each["code"] for each in machine.exclusions]
    return rules.suggested(machine.outcome, machine.extra_mortality, codes, machine.proposal)


def _names(events: Any, decisions: list[Decision], opinions: list[ProposedOpinion]) -> Any:
    refs = {e.actor for e in events} | {Ref.parse(d.decided_by) for d in decisions}
    for each in opinions:
        refs |= {Ref.parse(who) for who in (each.proposed_by, each.settled_by) if who}
    return people.names_of(r for r in refs if r.kind in ("staff", "agent", "system"))
