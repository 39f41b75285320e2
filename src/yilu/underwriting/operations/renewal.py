"""自动续保的意愿: whether the holder of a one-year contract lets us renew it, said while applying."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.policies import operations as policies
from yilu.policies import queries as policy_queries
from yilu.underwriting import events
from yilu.underwriting.models import Application
from yilu.underwriting.queries.riders import asks_of_renewal

from .holding import hold, write


class NothingToRenew(Invalid):
    """What is applied for has no year after it that we could renew."""

    code = "nothing_to_renew"
    message = _("这份投保申请里没有可以自动续保的一年期产品")
    hint = _("请刷新页面后继续。")


@tx.use_case
def wish_renewal(
    *, application_id: int, text_version: str, actor: Ref, at: datetime,
    access: people.Access | None = None,
) -> None:  # fmt: skip
    """
    The holder agrees to the text of automatic renewal (``text_version``), or, empty, does not (互联网办法 21).

    It is signed with the application, becomes a consent when the policy does, and can be taken back at
    any time. Saying the same again changes nothing.

    :raises NothingToRenew: no one-year product that is renewed. :raises ConsentTextChanged: another text.
    :raises ForTheCustomer: an agent's hand.
    """
    application = hold(application_id, actor=actor, access=access, own=True)
    if text_version and not asks_of_renewal(application):
        raise NothingToRenew
    if text_version and text_version != policy_queries.renewal_text()[0]:
        raise policies.ConsentTextChanged
    if text_version == application.renewal_text:
        return
    write(application, at, renewal_text=text_version)
    fact = events.RenewalWished(agrees=bool(text_version), text_version=text_version)
    journal.record(fact, about=application.ref, actor=actor, at=at, party=application.holder_id)


@tx.step
def begin_consent(application: Application, at: datetime) -> None:
    """What was signed with the application holds for every policy of it that is renewed."""
    if not application.renewal_text:
        return
    riders = [(rider["version_id"], rider["policy_id"]) for rider in application.riders]
    for version_id, policy_id in ((application.product_version_id, application.policy_id), *riders):
        if policy_queries.is_renewable(version_id):
            policies.note_consent(
                policy_id=policy_id, holder_id=application.holder_id,
                text_version=application.renewal_text, way="APPLICATION",
                signed_at=application.submitted_at, at=at,
                actor=Ref("party", application.holder_id),
            )  # fmt: skip
