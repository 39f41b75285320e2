"""更换服务人员: a lead decides who looks after the customer."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import operations as people
from yilu.people import queries
from yilu.policies import operations as policies
from yilu.servicing.frame import CHOICE, LONG, Case, Effect, Field, Form, Kind, Quote

REASONS = (
    ("MOVED", _("我搬家了，想换就近的服务人员")), ("UNREACHABLE", _("联系不上现在的服务人员")),
    ("SERVICE", _("对服务不满意")), ("OTHER", _("其他原因")),
)  # fmt: skip


def _agents(case: Case) -> tuple[tuple[str, str], ...]:
    party = queries.get_party(case.asker_id)
    found = queries.list_agents([party.office_id])
    others = [(str(a.id), f"{a.name}（{a.code}）") for a in found if a.id != party.agent_id]
    return (("OFFICE", _("由公司安排")), *others)


def quote(case: Case, form: Form, on: date) -> Quote:
    """A lead looks at it."""
    return Quote(effective_on=on, refer=_("由服务主管安排"))


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Somebody else looks after them, or the office does."""
    chosen = None if form["agent"] == "OFFICE" else int(form["agent"])
    people.change_particulars(
        party_id=case.asker_id, changes={"agent_id": chosen}, actor=actor, at=at
    )
    policies.serve_by(holder_id=case.asker_id, agent_id=chosen)
    name = queries.get_agent(chosen).name if chosen else _("公司服务专员")
    return Effect(rows=((_("服务人员"), name),))


KIND = Kind(
    code="agent_change",
    name=_("更换服务人员"),
    group="SELF",
    in_words=_("申请换一位服务人员，由服务主管安排。原因只有主管能看到，不会转给原来的服务人员。"),
    fields=(
        Field(name="reason", label=_("为什么想换"), kind=CHOICE, choices=REASONS),
        Field(name="agent", label=_("希望换成"), kind=CHOICE, choices=_agents),
        Field(name="words", label=_("想补充的话"), kind=LONG, required=False, most=300),
    ),
    quote=quote,
    apply=apply,
    about_policy=False,
    doors=frozenset({"CUSTOMER", "COUNTER"}),
    letter=False,
)
