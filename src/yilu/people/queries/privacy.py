"""What people agreed to, and what they ask about their own data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from yilu.kernel import tx
from yilu.kernel.errors import NotFound
from yilu.people.models import Consent, DataRequest
from yilu.people.rules.rights import Access


@dataclass(frozen=True, slots=True)
class ConsentText:
    """The words a person agrees to, in their present version."""

    purpose: str
    version: str
    title: str
    body: str
    separate: bool  # a separate consent: asked alone, never bundled (个保法 29)


@dataclass(frozen=True, slots=True)
class ConsentView:
    """One agreement, standing or taken back."""

    id: int
    purpose: str
    label: str
    text_version: str
    channel: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class DataRequestView:
    """One request about one's own data."""

    id: int
    party_id: int
    kind: str
    label: str
    state: str
    wish: str
    answer: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None


def consent_text(purpose: str, language: str = "zh-hans") -> ConsentText:
    """
    The present text for a purpose; in English for readers of it, the Chinese one being binding.

    :raises NotFound: if there is no such purpose.
    """
    texts = _consent_texts("en" if language.startswith("en") else "zh-hans")
    if purpose not in texts:
        raise NotFound()
    return texts[purpose]


def has_consent(party_id: int, purpose: str) -> bool:
    """Whether the person's agreement to this purpose stands."""
    return Consent.objects.filter(party_id=party_id, purpose=purpose, withdrawn_at=None).exists()


def who_agreed(party_ids: Iterable[int], purpose: str) -> set[int]:
    """Those of these people whose agreement to a purpose stands, in one statement."""
    return set(
        Consent.objects.filter(
            party_id__in=set(party_ids), purpose=purpose, withdrawn_at=None
        ).values_list("party_id", flat=True)
    )


def list_consents(party_id: int) -> list[ConsentView]:
    """Everything the person ever agreed to, the latest first."""
    return [
        ConsentView(
            c.pk,
            c.purpose,
            c.get_purpose_display(),
            c.text_version,
            c.channel,
            c.given_at,
            c.withdrawn_at,
        )
        for c in Consent.objects.filter(party_id=party_id).order_by("-pk")
    ]


def list_data_requests(party_id: int) -> list[DataRequestView]:
    """What the person asked about their own data, the latest first."""
    return [_view(r) for r in DataRequest.objects.filter(party_id=party_id).order_by("-pk")[:100]]


def list_open_data_requests(access: Access, limit: int = 100) -> list[DataRequestView]:
    """What is still to be answered in the offices the asker sees, the nearest deadline first."""
    offices = list(access.offices_for("people.register"))
    ids = tx.rows(
        """
        select r.id from people_datarequest r join people_party p on p.id = r.party_id
         where r.state = 'OPEN' and p.office_id = any(%s::bigint[]) order by r.due_at, r.id limit %s::int
        """,
        [offices, limit],
    )
    return _in_order([row[0] for row in ids])


def _in_order(ids: Iterable[int]) -> list[DataRequestView]:
    wanted = list(ids)
    found = {r.pk: r for r in DataRequest.objects.filter(pk__in=wanted)} if wanted else {}
    return [_view(found[id]) for id in wanted if id in found]


def _view(request: DataRequest) -> DataRequestView:
    return DataRequestView(
        request.pk,
        request.party_id,
        request.kind,
        request.get_kind_display(),
        request.state,
        request.wish,
        request.answer,
        request.opened_at,
        request.due_at,
        request.closed_at,
    )


@lru_cache(maxsize=2)
def _consent_texts(language: str) -> dict[str, ConsentText]:
    path = Path(__file__).resolve().parents[1] / "consent_texts.toml"
    texts = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        purpose: ConsentText(
            purpose=purpose,
            version=text["version"],
            separate=text["separate"],
            title=text[language]["title"],
            body=text[language]["body"].strip(),
        )
        for purpose, text in texts.items()
    }
