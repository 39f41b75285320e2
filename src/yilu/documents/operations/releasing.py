"""Documents follow their claim: out of it when it ends unpaid, into another when it is merged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yilu.documents.events import DocumentsReleased
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref


@tx.step
def release_documents(*, about: Ref, reason: str, actor: Ref, at: datetime) -> int:
    """
    Let a withdrawn claim's documents go: their invoices may be handed in again elsewhere.

    Files and rows are kept. Returns how many documents counted until now.
    """
    released = tx.rows(
        """
        with gone as (
            update documents_upload
               set live = false, version = version + 1,
                   refusal = case when refusal = '' then 'RELEASED' else refusal end
             where subject = %s::text and live
            returning id),
        invoices as (
            update documents_invoice set live = false
             where upload_id in (select id from gone))
        select count(*) from gone
        """,
        [str(about)],
    )
    count = int(released[0][0])
    if count:
        journal.record(
            DocumentsReleased(uploads=count, reason=reason), about=about, actor=actor, at=at
        )
    return count


@tx.step
def move_documents(*, about: Ref, to: Ref, only: Sequence[int] | None = None) -> int:
    """
    Put every document of a merged claim under the claim it joined; returns how many moved.

    ``only``: these uploads and no others, where a merger is taken apart again.

    A file both claims were given stays where it is, no longer counting.
    """
    tx.changed(
        """
        with twice as (
            update documents_upload as u
               set live = false, state = 'REFUSED', refusal = 'ALREADY_HERE', version = version + 1
             where subject = %(from)s::text and live and exists (
                   select 1 from documents_upload as there
                    where there.subject = %(to)s::text and there.live
                      and there.kind = u.kind and there.sha256 = u.sha256)
            returning id)
        update documents_invoice set live = false where upload_id in (select id from twice)
        """,
        {"from": str(about), "to": str(to)},
    )
    return tx.changed(
        "update documents_upload set subject = %s::text where subject = %s::text and live "
        "and (%s::bigint[] is null or id = any(%s::bigint[]))",
        [str(to), str(about), only and list(only), only and list(only)],
    )
