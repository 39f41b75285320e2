"""A family application as its screens show it: everybody in it, what is said once, how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.products.offering import Notice
from yilu.underwriting.models import Application, FamilyApplication
from yilu.underwriting.queries.riders import notices_in
from yilu.underwriting.queries.shown import Shown, shown_now
from yilu.underwriting.queries.views import ApplicationView, RecordingView, view_of
from yilu.underwriting.rules.lifecycle import UNDECIDED, State
from yilu.underwriting.rules.shown import digest as digest_of
from yilu.underwriting.rules.shown import text_digest

ONCE = frozenset({"means", "notices"})
"""The steps that are taken once for the whole family."""


class UnknownFamily(NotFound):
    """None of this number, or somebody else's: in the same words."""

    code = "family_application_not_found"
    message = _("没有找到这份家庭投保单")
    hint = _("请从“我的投保”重新进入；如需帮助，请联系客服。")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause to confirm once for everybody it is about."""

    notice: Notice
    digest: str
    names: tuple[str, ...]
    confirmed: bool


@dataclass(frozen=True, slots=True)
class FamilyView:
    """Everything about one family application that its holder, their agent and the counter see."""

    id: int
    number: str
    holder_id: int
    holder_name: str
    office_id: int
    agent_id: int | None
    channel: str
    begin_together: bool
    pay_together: bool
    submitted_at: datetime | None
    members: tuple[ApplicationView, ...]
    total: Decimal
    digest: str
    signed: bool
    means: dict[str, Any]
    clauses: tuple[Clause, ...]
    recording: RecordingView | None

    @property
    def ref(self) -> Ref:
        """What events, payments and messages call it."""
        return Ref("family_application", self.id)

    @property
    def fills_in(self) -> bool:
        """Whether it is still being filled in."""
        return self.submitted_at is None

    @property
    def members_done(self) -> bool:
        """Whether everybody's own part is filled in."""
        own = [s.done for each in self.members for s in each.steps if s.code not in ONCE]
        return bool(own) and all(own)

    @property
    def means_done(self) -> bool:
        """Whether the sum was assessed as it stands, and what had to be declared was."""
        return bool(self.means) and (not self.means["limits"] or bool(self.means["statement"]))

    @property
    def notices_done(self) -> bool:
        """Whether every clause is confirmed."""
        return bool(self.clauses) and all(each.confirmed for each in self.clauses)

    @property
    def next_step(self) -> str:
        """What is to be done next: members, means, notices, sign."""
        if not self.members_done:
            return "members"
        if not self.means_done:
            return "means"
        return "sign" if self.notices_done else "notices"

    @property
    def unsigned_names(self) -> tuple[str, ...]:
        """Grown-up insured whose own signature is still missing."""
        return tuple(
            each.insured_name
            for each in self.members
            if set(each.must_sign) - each.signed_by - {self.holder_id}
        )

    @property
    def waits(self) -> bool:
        """Whether somebody is accepted and waits for the others."""
        states = {each.state for each in self.members}
        undecided = any(State(state) in UNDECIDED for state in states)
        return self.begin_together and undecided and State.ACCEPTED.value in states

    @property
    def payable(self) -> tuple[tuple[int, tuple[ApplicationView, ...], Decimal], ...]:
        """What is to be paid now: collection, whose premiums it is for, the sum."""
        found: dict[int, list[ApplicationView]] = {}
        for each in self.members:
            if each.state == State.AWAITING_PAYMENT and each.collection_id is not None:
                found.setdefault(each.collection_id, []).append(each)
        return tuple(
            (number, tuple(rows), sum((r.total for r in rows), start=Decimal(0)))
            for number, rows in found.items()
        )


def get_family_for_party(family_id: int, party_id: int) -> FamilyView:
    """For the holder: an insured sees their own application. :raises UnknownFamily: for others."""
    found = _find(family_id)
    if found.holder_id != party_id:
        raise UnknownFamily
    return _view(found)


def get_family_for_agent(family_id: int, access: people.AgentAccess) -> FamilyView:
    """For the agent, or the lead of the agent. :raises UnknownFamily: for anybody else."""
    found = _find(family_id)
    if found.agent_id not in access.agent_ids:
        raise UnknownFamily
    return _view(found)


def get_family_for_staff(family_id: int, access: people.Access) -> FamilyView:
    """For staff who may see applications of its office. :raises UnknownFamily: for others."""
    found = _find(family_id)
    if not access.may("underwriting.view", office_id=found.office_id):
        raise UnknownFamily
    return _view(found)


def costs_of(members: Sequence[Application]) -> list[list[Any]]:
    """What each application costs, as an assessment over all of them remembers it."""
    return [
        [each.pk, f"{each.total_premium:.2f}", each.pay_mode, each.pay_years] for each in members
    ]


def family_shown(family: FamilyApplication, members: Sequence[Application]) -> Shown:
    """What the holder signs: every application as it stands, and how all are to begin and be paid."""
    content = {
        "number": family.number,
        "begin_together": family.begin_together,
        "pay_together": family.pay_together,
        "applications": [[each.pk, shown_now(each).digest] for each in members],
    }
    return Shown(content, digest_of(content))


def _find(family_id: int) -> FamilyApplication:
    found = FamilyApplication.objects.filter(pk=family_id).first()
    if found is None:
        raise UnknownFamily
    return found


def _view(found: FamilyApplication) -> FamilyView:
    rows = list(
        Application.objects.select_related("decision")
        .filter(family_id=found.pk)
        .exclude(state__in=["WITHDRAWN", "EXPIRED"], submitted_at=None)
        .order_by("pk")
    )
    digest = family_shown(found, rows).digest
    members = tuple(view_of(each) for each in rows)
    return FamilyView(
        id=found.pk, number=found.number, holder_id=found.holder_id,
        holder_name=people.list_parties([found.holder_id])[found.holder_id].name,
        office_id=found.office_id, agent_id=found.agent_id, channel=found.channel,
        begin_together=found.begin_together, pay_together=found.pay_together,
        submitted_at=found.submitted_at, members=members,
        total=sum((each.total for each in members), start=Decimal(0)), digest=digest,
        signed=found.signatures.filter(digest=digest, signed_at__isnull=False).exists(),
        means=_means(rows), clauses=_clauses(rows, members),
        recording=next((each.recording for each in members if each.recording), None),
    )  # fmt: skip


def _means(rows: Sequence[Application]) -> dict[str, Any]:
    """The assessment over all of them; empty where it is of other people or plans."""
    costs = costs_of(rows)
    if not rows or any(each.suitability.get("together") != costs for each in rows):
        return {}
    return dict(rows[0].suitability)


def _clauses(rows: Sequence[Application], members: Sequence[ApplicationView]) -> tuple[Clause, ...]:
    """Every different clause once, with whom it is about."""
    found: dict[str, tuple[Notice, list[str], bool]] = {}
    for each, view in zip(rows, members, strict=True):
        for notice in notices_in(each):
            digest = text_digest(notice.text)
            before = found.get(digest, (notice, [], True))
            sure = before[2] and notice.code in view.confirmed
            found[digest] = (before[0], [*before[1], view.insured_name], sure)
    return tuple(
        Clause(notice, digest, tuple(names), confirmed)
        for digest, (notice, names, confirmed) in found.items()
    )
