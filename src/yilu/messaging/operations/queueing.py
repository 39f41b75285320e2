"""Promise a message. It leaves only if the change it tells of commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from yilu.kernel import sealing, tx
from yilu.kernel.refs import Ref
from yilu.messaging import rules, templates

SECRETS_PLACE = "messaging_message.secrets"


class UnknownTemplate(ValueError):
    """No such template: a mistake in the program, found before anything is promised."""


class WrongFacts(ValueError):
    """A fact is missing, surplus or not of its kind: a mistake in the program, found at once."""


@dataclass(frozen=True, slots=True)
class _Promise:
    template: str
    purpose: str
    to: str
    about: str
    facts: tuple[tuple[str, str], ...]
    secrets: str
    copies_agent: bool
    once: str | None
    at: datetime


@tx.step
def queue(
    template: str,
    *,
    to: Ref,
    about: Ref,
    at: datetime,
    facts: Mapping[str, str] | None = None,
    copy_agent: bool = False,
    once: str | None = None,
) -> None:
    """
    Promise one message about ``about`` to a party, agent or member of staff.

    ``facts`` are exactly those the template names (see ``catalogue/``): amounts as "1234.50", times
    as aware ISO texts; how they read is decided when it is sent. The same message twice in one use
    case is one; the same ``once`` for the same template, recipient and subject is one for ever.
    With ``copy_agent`` the customer's agent gets the shorter words, if the customer agrees to that.

    :raises UnknownTemplate: if there is no such template.
    :raises WrongFacts: if a fact is missing, surplus, or not of its kind.
    """
    known = templates.catalogue().get(template)
    if known is None:
        raise UnknownTemplate(template)
    given = dict(facts or {})
    try:
        rules.check_facts({**known.facts, **known.secrets}, given)
    except rules.BadFact as fault:
        raise WrongFacts(f"{template}: {fault}") from None
    secret = {name: given.pop(name) for name in known.secrets}
    sealed = sealing.seal(orjson.dumps(secret).decode(), SECRETS_PLACE).hex() if secret else ""
    tx.gather(
        _write_promises,
        _Promise(
            template, known.purpose, str(to), str(about), tuple(sorted(given.items())), sealed,
            copy_agent and bool(known.agent), f"{template}|{to}|{about}|{once}" if once else None, at,
        ),
    )  # fmt: skip


@tx.use_case
def send_message(
    *, template: str, to: Ref, about: Ref, facts: Mapping[str, str], actor: Ref, at: datetime
) -> None:
    """Promise one message by itself: for doors, such as a one-time code that was asked for."""
    queue(template, to=to, about=about, at=at, facts=facts)


_INSERT = """
    insert into messaging_message (template, template_version, purpose, priority, recipient, about,
           facts, secrets, copies_agent, dedupe_key, state, language, channel, tried, handing,
           gateway, parts, title, text, channel_reference, attempts, problem, promised_at, not_before)
    select template, 0, purpose, priority, recipient, about, facts, decode(secrets, 'hex'),
           copies_agent, dedupe_key, 'QUEUED', '', '', '', '', '', 0, '', '', '', 0, '', at, at
      from jsonb_to_recordset(%s::jsonb) as row(n int, template text, purpose text,
           priority smallint, recipient text, about text,
           facts jsonb, secrets text, copies_agent boolean, dedupe_key text, at timestamptz)
     order by n
    on conflict do nothing
"""


def _write_promises(promises: Sequence[_Promise]) -> None:
    rows = [
        {
            "n": n, "template": p.template, "purpose": p.purpose,
            "priority": rules.PRIORITIES[p.purpose], "recipient": p.to, "about": p.about,
            "facts": dict(p.facts), "secrets": p.secrets, "copies_agent": p.copies_agent,
            "dedupe_key": p.once, "at": p.at,
        }
        for n, p in enumerate(dict.fromkeys(promises))
    ]  # fmt: skip
    tx.changed(_INSERT, [orjson.dumps(rows).decode()])
