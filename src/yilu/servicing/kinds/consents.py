"""撤回个人信息同意."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import operations as people
from yilu.people import queries
from yilu.servicing.frame import CHOICE, Case, Effect, Field, Form, Kind, Quote


class NothingAgreed(Refusal):
    """There is nothing to take back."""

    code = "nothing_agreed"
    message = _("您目前没有可撤回的授权")
    hint = _("在“隐私授权”里可以查看每一项授权的情况。")


def _standing(case: Case) -> tuple[tuple[str, str], ...]:
    return tuple(
        (c.purpose, queries.consent_text(c.purpose).title)
        for c in queries.list_consents(case.asker_id)
        if c.withdrawn_at is None
    )


def check(case: Case, form: Form) -> None:
    """:raises NothingAgreed: no consent stands."""
    if not _standing(case):
        raise NothingAgreed


def quote(case: Case, form: Form, on: date) -> Quote:
    """In effect at once; what was done before stays lawful."""
    return Quote(
        effective_on=on,
        warnings=(
            _("撤回后我们不再为这一用途使用您的信息；撤回前已办理的不受影响，依赖它的服务会停用。"),
        ),
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Taken back."""
    title = queries.consent_text(form["purpose"]).title
    people.take_consent_back(party_id=case.asker_id, purpose=form["purpose"], actor=actor, at=at)
    return Effect(rows=((_("已撤回的授权"), title),))


KIND = Kind(
    code="consents",
    name=_("撤回信息使用授权"),
    group="SELF",
    in_words=_("撤回您给过的某一项信息使用同意，立即生效。"),
    fields=(Field(name="purpose", label=_("撤回哪一项"), kind=CHOICE, choices=_standing),),
    check=check,
    quote=quote,
    apply=apply,
    about_policy=False,
)
