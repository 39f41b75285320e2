"""What people agreed to, and what they ask about their own data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from yilu.kernel import tx
from yilu.kernel.errors import NotFound
from yilu.people.models import Consent, DataRequest, Party
from yilu.people.rules.particulars import is_child
from yilu.people.rules.rights import Access


class DataRequestNotFound(NotFound):
    """No such open request, or not the asker's: the same words."""

    code = "data_request_not_found"
    message = "没有找到该请求，或已办结"


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
    state_label: str
    wish: str
    answer: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.state == DataRequest.State.OPEN


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


def child_agreed(party_id: int, on: date) -> bool:
    """
    Whether somebody's data may be handled as far as their age goes: fourteen, or a parent agreed (个保法 31).

    Somebody whose birth date nobody knows counts as grown up: every identity number says it.
    """
    party = Party.objects.filter(pk=party_id).only("birth_date").first()
    return (
        party is None
        or not is_child(party.birth_date, on)
        or has_consent(party_id, Consent.Purpose.CHILD_DATA)
    )


def agreed_for_children(party_id: int) -> list[tuple[int, datetime]]:
    """The children for whom somebody's word stands, and since when; the latest first."""
    found = Consent.objects.filter(
        given_by_id=party_id, purpose=Consent.Purpose.CHILD_DATA, withdrawn_at=None
    ).order_by("-pk")
    return list(found.values_list("party_id", "given_at"))


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


def get_data_request(request_id: int) -> DataRequestView:
    """One request, for rooms that hold its id. :raises DataRequestNotFound: if there is none."""
    request = DataRequest.objects.filter(pk=request_id).first()
    if request is None:
        raise DataRequestNotFound
    return _view(request)


def see_data_request(access: Access, request_id: int) -> DataRequestView:
    """
    One request of a customer of the offices over which the asker holds ``people.register``.

    :raises DataRequestNotFound: none, or another office's: the same words.
    """
    request = DataRequest.objects.select_related("party").filter(pk=request_id).first()
    if request is None or not access.may("people.register", office_id=request.party.office_id):
        raise DataRequestNotFound
    return _view(request)


def kept_until(party_id: int) -> date | None:
    """Until when the law wants somebody's records, as far as rooms have said (``keep_until``)."""
    return Party.objects.filter(pk=party_id).values_list("keep_until", flat=True).first()


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
        request.get_state_display(),
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
