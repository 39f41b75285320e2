"""An application as its screens show it: what is filled in, what is next, how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.products import queries as products
from yilu.underwriting.models import Application, Recording
from yilu.underwriting.queries.papers import Need, needs_of
from yilu.underwriting.queries.reading import recorded_with
from yilu.underwriting.queries.reasons import in_words
from yilu.underwriting.queries.riders import RiderLine, asks_of_renewal, notices_in, rider_lines
from yilu.underwriting.queries.shown import conditions_shown, shown_now
from yilu.underwriting.rules import recording as recording_rules
from yilu.underwriting.rules.interest import Person, insured_must_sign
from yilu.underwriting.rules.lifecycle import LABELS, OPEN, TRACK, State
from yilu.underwriting.terms import OUTCOME_LABELS

TONES = {
    "DRAFT": "open", "SUBMITTED": "open", "ACCEPTED": "good", "REFERRED": "open", "EXAMINATION": "warn",
    "OFFERED": "warn", "AWAITING_PAYMENT": "warn", "ISSUED": "good", "POSTPONED": "over",
    "DECLINED": "over", "WITHDRAWN": "over", "EXPIRED": "over",
}  # fmt: skip


class UnknownApplication(NotFound):
    """None of this number, or somebody else's: in the same words."""

    code = "application_not_found"
    message = _("没有找到这份投保申请")
    hint = _("请从“我的投保”重新进入；如需帮助，请联系客服。")


@dataclass(frozen=True, slots=True)
class Step:
    """One of the steps of filling in, and whether it is done."""

    code: str
    title: str
    done: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A beneficiary as shown."""

    party_id: int
    name: str
    share: Decimal
    ordinal: int
    relation: str

    @property
    def percent(self) -> str:
        """The share in words of a hundred."""
        return f"{(self.share * 100).normalize():f}%"


@dataclass(frozen=True, slots=True)
class Why:
    """One reason of the verdict, in the customer's words; who wants to know sees its table and row."""

    in_words: str
    outcome: str
    table: str
    version: int
    row: int


@dataclass(frozen=True, slots=True)
class Track:
    """A step of the way, for the customer: done, now, or to come."""

    title: str
    state: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class RecordingView:
    """The five steps of the recorded sale."""

    reasons: tuple[str, ...]
    steps: tuple[tuple[str, str, str, bool], ...]  # code, title, what is said, recorded
    next: str
    finished: bool
    check_state: str
    check_label: str


@dataclass(frozen=True, slots=True)
class Row:
    """An application in a list."""

    id: int
    number: str
    state: str
    state_label: str
    tone: str
    product_name: str
    holder_id: int
    holder_name: str
    insured_name: str
    sum_insured: Decimal | None
    premium: Decimal | None
    started_at: datetime
    submitted_at: datetime | None
    decided_in: int | None


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """Everything about one application that its own people may see."""

    id: int
    number: str
    family_id: int | None
    version: int
    state: str
    state_label: str
    tone: str
    channel: str
    holder_id: int
    holder_name: str
    insured_id: int
    insured_name: str
    insured_sex: str
    insured_age: int | None
    relation: str
    relation_label: str
    office_id: int
    agent_id: int | None
    product_code: str
    product_name: str
    version_id: int
    sum_insured: Decimal | None
    years: int | None
    pay_years: int | None
    pay_mode: str
    occupation: str
    occupation_class: int | None
    with_social_insurance: bool
    premium: Decimal | None
    total: Decimal
    riders: tuple[RiderLine, ...]
    extra_premium: Decimal
    exclusions: tuple[str, ...]
    pay_method: str
    account_id: int | None
    asks_of_renewal: bool
    renewal_text: str
    beneficiaries: tuple[Named, ...]
    answers: dict[str, str]
    questionnaire: str
    suitability: dict[str, Any]
    draft: dict[str, Any]
    confirmed: frozenset[str]
    papers: tuple[Need, ...]
    digest: str
    conditions_digest: str
    signed_by: frozenset[int]
    must_sign: tuple[int, ...]
    steps: tuple[Step, ...]
    outcome: str
    outcome_label: str
    words: str
    reasons: tuple[Why, ...]
    collection_id: int | None
    policy_id: int | None
    policy_number: str
    recording: RecordingView | None
    track: tuple[Track, ...]
    started_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    decided_in: int | None
    complete_at: datetime | None
    issued_at: datetime | None
    expires_at: datetime

    @property
    def ref(self) -> Ref:
        """What events, clocks, files and work call it."""
        return Ref("application", self.id)

    @property
    def fills_in(self) -> bool:
        """Whether it is still being filled in."""
        return self.state == State.DRAFT

    @property
    def is_open(self) -> bool:
        """Whether something is still to come."""
        return self.state in OPEN

    @property
    def next_step(self) -> str:
        """The first step that is not done; "sign" where everything is."""
        return next((step.code for step in self.steps if not step.done), "sign")

    @property
    def missing_papers(self) -> tuple[Need, ...]:
        """What is still asked for."""
        return tuple(need for need in self.papers if need.required and not need.here)

    @property
    def issued_in(self) -> int | None:
        """Seconds from complete material to the policy."""
        if self.issued_at is None or self.complete_at is None:
            return None
        return max(0, int((self.issued_at - self.complete_at).total_seconds()))


def get_for_party(application_id: int, party_id: int) -> ApplicationView:
    """For the holder or the insured. :raises UnknownApplication: for anybody else."""
    found = _find(application_id)
    if party_id not in {found.holder_id, found.insured_id}:
        raise UnknownApplication
    return view_of(found)


def get_for_agent(application_id: int, access: people.AgentAccess) -> ApplicationView:
    """For the agent, or the lead of the agent. :raises UnknownApplication: for anybody else."""
    found = _find(application_id)
    if found.agent_id not in access.agent_ids:
        raise UnknownApplication
    return view_of(found)


def get_for_staff(application_id: int, access: people.Access) -> ApplicationView:
    """For staff who may see applications of its office. :raises UnknownApplication: for others."""
    found = _find(application_id)
    if not access.may("underwriting.view", office_id=found.office_id):
        raise UnknownApplication
    return view_of(found)


def list_for_party(party_id: int) -> tuple[Row, ...]:
    """A person's applications, as holder or insured, newest first."""
    from django.db.models import Q

    return _rows(Application.objects.filter(Q(holder_id=party_id) | Q(insured_id=party_id)))


def list_for_agent(access: people.AgentAccess, party_id: int | None = None) -> tuple[Row, ...]:
    """An agent's applications, newest first."""
    found = Application.objects.filter(agent_id__in=list(access.agent_ids))
    return _rows(found.filter(holder_id=party_id) if party_id else found)


def list_for_staff(
    access: people.Access, *, state: str = "", before: int | None = None
) -> tuple[Row, ...]:
    """Applications of the offices in which the asker may see them, newest first."""
    offices = list(access.offices_for("underwriting.view"))
    found = Application.objects.filter(office_id__in=offices)
    found = found.filter(state=state) if state else found
    return _rows(found.filter(pk__lt=before) if before else found)


def list_around(
    viewer: people.Access | people.AgentAccess, party_id: int, limit: int
) -> tuple[Row, ...]:
    """A person's applications, as holder or insured, as far as the viewer may see them, newest first."""
    from django.db.models import Q

    seen = (
        Q(agent_id__in=list(viewer.agent_ids))
        if isinstance(viewer, people.AgentAccess)
        else Q(office_id__in=list(viewer.offices_for("underwriting.view")))
    )
    theirs = Q(holder_id=party_id) | Q(insured_id=party_id)
    return _rows(Application.objects.filter(theirs & seen), limit)


def _find(application_id: int) -> Application:
    found = Application.objects.select_related("decision").filter(pk=application_id).first()
    if found is None:
        raise UnknownApplication
    return found


def _rows(found: Any, limit: int = 50) -> tuple[Row, ...]:
    rows = list(found.order_by("-pk")[:limit])
    if not rows:
        return ()
    names = people.list_parties({r.holder_id for r in rows} | {r.insured_id for r in rows})
    return tuple(
        Row(
            r.pk, r.number, r.state, LABELS[State(r.state)], TONES[r.state],
            products.get_terms(r.product_version_id).name, r.holder_id,
            names[r.holder_id].masked_name, names[r.insured_id].masked_name, r.sum_insured,
            r.total_premium if r.premium is not None else None,
            r.started_at, r.submitted_at, r.decided_in,
        )
        for r in rows
    )  # fmt: skip


def view_of(found: Application) -> ApplicationView:
    """One application as its own people see it; whoever calls has looked whether they may."""
    assert found.product_version_id is not None
    assert found.insured_id is not None
    terms = products.get_terms(found.product_version_id)
    names = people.list_parties(
        [found.holder_id, found.insured_id, *(b["party_id"] for b in found.beneficiaries)]
    )
    insured = names[found.insured_id]
    notices = sorted(found.notices.values_list("code", "text_digest"))
    digest = shown_now(found, notices).digest
    conditions = conditions_shown(found).digest
    wanted = conditions if found.state == State.OFFERED else digest
    signed = found.signatures.filter(digest=wanted, signed_at__isnull=False)
    decision = found.decision
    card = policies.policy_card(found.policy_id) if found.policy_id else None
    papers = needs_of(found)
    rated = Person(found.insured_id, found.rated_age, found.rated_sex)
    must: tuple[int, ...] = (found.holder_id,)
    if insured_must_sign(insured=rated, relation=found.relation):
        must = (found.holder_id, found.insured_id)
    return ApplicationView(
        id=found.pk, number=found.number, family_id=found.family_id, version=found.version, state=found.state,
        state_label=LABELS[State(found.state)], tone=TONES[found.state], channel=found.channel,
        holder_id=found.holder_id, holder_name=names[found.holder_id].name,
        insured_id=found.insured_id, insured_name=insured.name, insured_sex=insured.sex or "",
        insured_age=found.rated_age, relation=found.relation,
        relation_label=found.get_relation_display(), office_id=found.office_id,
        agent_id=found.agent_id, product_code=terms.code, product_name=terms.name,
        version_id=found.product_version_id, sum_insured=found.sum_insured, years=found.years,
        pay_years=found.pay_years, pay_mode=found.pay_mode, occupation=found.occupation,
        occupation_class=found.occupation_class, with_social_insurance=found.with_social_insurance,
        premium=found.premium, total=found.total_premium, riders=rider_lines(found.riders),
        extra_premium=found.extra_premium,
        exclusions=tuple(e["wording"] for e in found.exclusions), pay_method=found.pay_method,
        account_id=found.account_id, asks_of_renewal=asks_of_renewal(found),
        renewal_text=found.renewal_text,
        beneficiaries=tuple(
            Named(
                b["party_id"], names[b["party_id"]].name, Decimal(b["share"]), b["ordinal"], b["relation"]
            )
            for b in found.beneficiaries
        ),
        answers=found.answers, questionnaire=found.questionnaire, suitability=found.suitability,
        draft=found.draft, confirmed=frozenset(code for code, _text in notices), papers=papers,
        digest=digest, conditions_digest=conditions,
        signed_by=frozenset(signed.values_list("party_id", flat=True)), must_sign=must,
        steps=_steps(found, {code for code, _text in notices}, papers),
        outcome=decision.outcome if decision else "",
        outcome_label=OUTCOME_LABELS[decision.outcome] if decision else "",
        words=decision.words if decision else "",
        reasons=tuple(_whys(decision.reasons)) if decision else (),
        collection_id=found.collection_id, policy_id=found.policy_id,
        policy_number=card.number if card else "", recording=_recording(found), track=_track(found),
        started_at=found.started_at, submitted_at=found.submitted_at, decided_at=found.decided_at,
        decided_in=found.decided_in, complete_at=found.complete_at, issued_at=found.issued_at,
        expires_at=found.expires_at,
    )  # fmt: skip


def _whys(reasons: list[dict[str, Any]]) -> list[Why]:
    """The reasons that changed something first; where nothing did, none is worth telling."""
    told = [
        Why(in_words(r), OUTCOME_LABELS[r["outcome"]], r["table"], r["version"], r["row"])
        for r in reasons
        if r["outcome"] != "ACCEPT"
    ]
    return list(dict.fromkeys(told))


def _steps(found: Application, confirmed: set[str], papers: tuple[Need, ...]) -> tuple[Step, ...]:
    assert found.product_version_id is not None
    notices = {n.code for n in notices_in(found)}
    means = bool(found.suitability) and (
        not found.suitability["limits"] or found.suitability["statement"]
    )
    return (
        Step("people", _("给谁投保"), bool(found.relation) and "people" in found.draft),
        Step("plan", _("选方案"), found.premium is not None and found.quoted_on is not None),
        Step("health", _("健康告知"), bool(found.questionnaire)),
        Step("means", _("是否适合您"), bool(means)),
        Step("beneficiaries", _("受益人与资料"), "beneficiaries" in found.draft),
        Step("notices", _("重要条款"), notices <= confirmed),
    )


def _recording(found: Application) -> RecordingView | None:
    row = Recording.objects.filter(pk__in=recorded_with(found)).first()
    if row is None:
        return None
    done = {step["code"] for step in row.steps}
    return RecordingView(
        tuple(recording_rules.WHY_WORDS[recording_rules.Why(w)] for w in row.reasons),
        tuple((s.code, s.title, s.says, s.code in done) for s in recording_rules.STEPS),
        next((c for c in recording_rules.CODES if c not in done), ""), row.finished_at is not None,
        row.check_state, row.get_check_state_display(),
    )  # fmt: skip


def _track(found: Application) -> tuple[Track, ...]:
    state = State(found.state)
    times = (found.submitted_at, found.decided_at, found.paid_at, found.issued_at)
    at = next((n for n, (_title, states) in enumerate(TRACK) if state in states), None)
    if state is State.ISSUED:
        at = len(TRACK)
    if at is None:
        at = 1 if found.submitted_at else 0
    return tuple(
        Track(
            title, "done" if n < at else "now" if n == at else "next", times[n] if n < at else None
        )
        for n, (title, _states) in enumerate(TRACK)
    )
