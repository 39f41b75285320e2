"""What stands around an application when it is submitted, in three statements."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from yilu.kernel import tx
from yilu.policies.queries.at_risk import AtRisk, insured_contracts
from yilu.underwriting.models import Application

from .facts import Earlier, earlier_applications


@dataclass(frozen=True, slots=True)
class Insured:
    """As much of the insured as the price depends on."""

    id: int
    birth_date: date | None
    sex: str | None


@dataclass(frozen=True, slots=True)
class Around:
    """Consents, clauses, signatures, recording, whether it is still sold; the insured and what they have."""

    insured: Insured
    consents: frozenset[int]
    notices: tuple[tuple[str, str], ...]
    signatures: tuple[tuple[int, str], ...]
    recording_needed: bool
    recorded: bool
    sold: bool
    contracts: tuple[AtRisk, ...]
    earlier: tuple[Earlier, ...]


_AROUND = """
    select p.birth_date, p.sex,
           (select coalesce(jsonb_agg(c.party_id), '[]') from people_consent c
             where c.party_id in (%(insured)s::bigint, %(holder)s::bigint)
               and c.purpose = 'UNDERWRITING' and c.withdrawn_at is null),
           (select coalesce(jsonb_agg(jsonb_build_array(n.code, n.text_digest) order by n.code), '[]')
              from underwriting_noticeconfirmation n where n.application_id = %(id)s::bigint),
           (select coalesce(jsonb_agg(jsonb_build_array(s.party_id, s.digest)), '[]')
              from underwriting_signature s
             where s.application_id = %(id)s::bigint and s.purpose = 'APPLICATION'
               and s.signed_at is not null),
           r.application_id is not null, r.finished_at is not null,
           exists (select 1 from products_productversion v
                    where v.id = %(version)s::bigint and v.valid_from <= %(on)s::date
                      and (v.valid_to is null or v.valid_to > %(on)s::date))
      from people_party p
      left join lateral (
            select application_id, finished_at from underwriting_recording
             where application_id = any(%(recorded)s::bigint[])
             order by finished_at nulls last limit 1) r on true
     where p.id = %(insured)s::bigint
"""


def around(application: Application, on: date) -> Around:
    """Read what stands around a locked application, on the day it is submitted."""
    assert application.insured_id is not None
    given = {
        "id": application.pk, "insured": application.insured_id, "holder": application.holder_id,
        "version": application.product_version_id, "on": on, "recorded": recorded_with(application),
    }  # fmt: skip
    birth, sex, consents, notices, signatures, needed, recorded, sold = tx.rows(_AROUND, given)[0]
    return Around(
        insured=Insured(application.insured_id, birth, sex),
        consents=frozenset(_json(consents)),
        notices=tuple((code, digest) for code, digest in _json(notices)),
        signatures=tuple((party, digest) for party, digest in _json(signatures)),
        recording_needed=needed,
        recorded=recorded,
        sold=sold,
        contracts=insured_contracts(application.insured_id),
        earlier=earlier_applications(application),
    )


def recorded_with(application: Application) -> list[int]:
    """The applications whose recording is this one's too: a family is recorded once (双录)."""
    if application.family_id is None:
        return [application.pk]
    family = Application.objects.filter(family_id=application.family_id)
    return list(family.values_list("pk", flat=True))


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
