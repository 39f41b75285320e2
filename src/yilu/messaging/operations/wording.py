"""The words of a template: one person writes them, another approves them, from then on they are sent."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from django.db import IntegrityError
from django.db.models import Max

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal, Sentence
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.messaging import events, templates
from yilu.messaging.models import TemplateVersion
from yilu.messaging.rules import launching
from yilu.standards import operations as standards
from yilu.standards.terms import Result

EDITION = "messaging.templates"
WORDS_MAX = 500


class NoSuchTemplate(NotFound):
    """There is no such kind of message, or no such draft."""

    code = "no_such_template"
    message = "没有找到这个通知模板"


class BadWords(Invalid):
    """The words use facts the template does not have, lack some, or are too long."""

    code = "bad_words"
    message = "模板内容有误"


class DraftOpen(Refusal):
    """One draft at a time: two would overwrite each other."""

    code = "draft_open"
    message = "该模板已有一份草稿待审批"
    hint = "请先审批或退回现有草稿。"


class OwnDraft(NotAllowed):
    """Nobody approves their own words."""

    code = "own_draft"
    message = "不能审批自己起草的模板"
    hint = "请另一位同事审批。"


class ReasonMissing(Invalid):
    """A new wording and a return each need a reason."""

    code = "reason_missing"
    message = "请填写原因"


class NoEarlierWords(Refusal):
    """It has always been sent in these words."""

    code = "no_earlier_words"
    message = _("没有可以回退的上一版本")
    hint = _("请起草一个修正的版本，由另一位同事批准。")


class TooEarly(Invalid):
    """Words come into force when they are approved or later, never before."""

    code = "too_early"
    message = "生效时间不能早于现在"


@tx.use_case
def draft_template(
    *, template: str, words: Mapping[str, Mapping[str, str]], agent: Mapping[str, Mapping[str, str]],
    channels: tuple[str, ...], reason: str, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Write new words for a kind of message; return the version's id. Its facts and hours stay as they are.

    ``words`` and ``agent`` are title and text by language; ``agent`` only where agents get a copy.

    :raises NoSuchTemplate: for a code that is none. :raises BadWords: if the words do not fit the
        facts; nothing is kept. :raises DraftOpen: if a draft waits. :raises ReasonMissing:
    """
    if not reason.strip():
        raise ReasonMissing
    shipped = templates.bodies().get(template)
    if shipped is None:
        raise NoSuchTemplate
    body = _body(template, shipped, words, agent, channels)
    if TemplateVersion.objects.filter(template=template, state="DRAFT").exists():
        raise DraftOpen
    _keep_shipped(template, shipped, at)
    last = TemplateVersion.objects.filter(template=template).aggregate(n=Max("version"))["n"]
    try:
        row = TemplateVersion.objects.create(
            template=template, version=last + 1, body=body, digest=_digest(body),
            reason=reason.strip()[:200], drafted_by=str(actor), drafted_at=at,
        )  # fmt: skip
    except IntegrityError:  # a colleague was quicker
        raise DraftOpen from None
    standards.keep_results(subject=_about(row), results=_automatic(row, at), at=at)
    fact = events.TemplateDrafted(template=template, version=row.version)
    journal.record(fact, about=_about(row), actor=actor, at=at)
    return row.pk


@tx.use_case
def answer_template_check(
    *, version_id: int, check: str, passed: bool, evidence: str, actor: Ref, at: datetime
) -> None:
    """
    Answer one of the seven checks of a draft, with evidence (七必查).

    :raises NoSuchTemplate: if it is no draft. :raises UnknownCheck, EvidenceNeeded, ChecksMissing: see standards.
    """
    row = _held(version_id)
    standards.answer_check(
        subject=_about(row), check=check, passed=passed, evidence=evidence, actor=actor, at=at
    )
    fact = events.TemplateChecked(
        template=row.template, version=row.version, check=check, passed=passed
    )
    journal.record(fact, about=_about(row), actor=actor, at=at)


def _automatic(row: TemplateVersion, at: datetime) -> list[Result]:
    """What the machine says of a draft's words, held against those in force."""
    now, body = templates.in_force(row.template, at), row.body
    spoken = [body["zh-hans"], *([body["agent"]["zh-hans"]] if "agent" in body else [])]
    return launching.automatic(
        [text for each in spoken for text in (each["title"], each["text"])],
        main=body["zh-hans"]["text"], channels=body["channels"], before=now.channels if now else (),
    )  # fmt: skip


@tx.use_case
def approve_template(
    *, version_id: int, effective_from: datetime, actor: Ref, at: datetime
) -> None:
    """
    Put somebody else's words in force from a moment on.

    :raises NoSuchTemplate: if it is no draft any more. :raises OwnDraft: for one's own.
    :raises TooEarly: for a moment that has passed. :raises ChecksMissing: naming those of the seven checks
        that are not answered with yes.
    """
    row = _draft(version_id, actor)
    if effective_from < at:
        raise TooEarly
    standards.require_checks(subject=_about(row), results=_automatic(row, at))
    row.state, row.effective_from = TemplateVersion.State.APPROVED, effective_from
    row.judged_by, row.judged_at = str(actor), at
    row.save()
    standards.touch(EDITION)
    fact = events.TemplateApproved(template=row.template, version=row.version)
    journal.record(fact, about=_about(row), actor=actor, at=at)


@tx.use_case
def return_template(*, version_id: int, remark: str, actor: Ref, at: datetime) -> None:
    """
    Give somebody's draft back with a remark; whoever wrote it may withdraw it so, too.

    :raises NoSuchTemplate: if it is no draft any more. :raises ReasonMissing:
    """
    if not remark.strip():
        raise ReasonMissing
    row = _held(version_id)
    row.state, row.remark = TemplateVersion.State.RETURNED, remark.strip()[:200]
    row.judged_by, row.judged_at = str(actor), at
    row.save()
    fact = events.TemplateReturned(template=row.template, version=row.version)
    journal.record(fact, about=_about(row), actor=actor, at=at)


@tx.use_case
def roll_back_template(*, template: str, actor: Ref, at: datetime) -> int:
    """
    Send the words before again, at once (回退), as a version of their own; its number. One person may.

    A draft goes on waiting, and words that were approved for a moment to come keep it.

    :raises NoSuchTemplate: for a code that is none. :raises NoEarlierWords: it was never sent otherwise.
    """
    if template not in templates.bodies():
        raise NoSuchTemplate
    rows = list(TemplateVersion.objects.select_for_update().filter(template=template))
    sent = sorted(
        (r for r in rows if r.state == "APPROVED" and r.effective_from and r.effective_from <= at),
        key=lambda r: (r.effective_from, r.version), reverse=True,
    )  # fmt: skip
    before = next((row for row in sent if row.digest != sent[0].digest), None)
    if before is None:
        raise NoEarlierWords
    number = max(row.version for row in rows) + 1
    author = before.judged_by or before.drafted_by
    row = TemplateVersion.objects.create(
        template=template, version=number, state="APPROVED", body=before.body, digest=before.digest,
        reason=Sentence(_("回退到第 {number} 版"), number=before.version), effective_from=at,
        drafted_by=author, drafted_at=at, judged_by=str(actor), judged_at=at,
    )  # fmt: skip
    standards.copy_checks(source=_about(before), subject=_about(row))
    standards.touch(EDITION)
    fact = events.TemplateRolledBack(template=template, version=number)
    journal.record(fact, about=_about(row), actor=actor, at=at)
    return number


@tx.use_case
def load_catalogue(at: datetime) -> int:
    """
    Keep the shipped words as versions, so that a text sent years ago can still be traced to them.

    Again, and nothing changes; what the insurer has put in force stays in force. Returns how many
    are new.
    """
    return sum(_keep_shipped(code, body, at) for code, body in templates.bodies().items())


def _keep_shipped(template: str, body: Mapping[str, Any], at: datetime) -> int:
    """
    The shipped words as a version of their own, under the number their file gives them if it is free.

    They come into force by shipping: only where the insurer has words of its own they wait as history.
    """
    digest = _digest(body)
    if TemplateVersion.objects.filter(template=template, digest=digest).exists():
        return 0
    own = TemplateVersion.objects.filter(template=template, state="APPROVED", is_shipped=False)
    taken = set(TemplateVersion.objects.filter(template=template).values_list("version", flat=True))
    version = int(body["version"])
    TemplateVersion.objects.bulk_create(
        [
            TemplateVersion(
                template=template, version=version if version not in taken else max(taken) + 1,
                state="APPROVED", body=dict(body), digest=digest, is_shipped=True,
                effective_from=None if own.exists() else at, drafted_by=str(SYSTEM), drafted_at=at,
                judged_by=str(SYSTEM), judged_at=at,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    standards.touch(EDITION)
    return 1


def _about(row: TemplateVersion) -> Ref:
    return Ref("template_version", row.pk)


def _held(version_id: int) -> TemplateVersion:
    row = TemplateVersion.objects.select_for_update().filter(pk=version_id, state="DRAFT").first()
    if row is None:
        raise NoSuchTemplate
    return row


def _draft(version_id: int, actor: Ref) -> TemplateVersion:
    row = _held(version_id)
    if row.drafted_by == str(actor):
        raise OwnDraft
    return row


def _body(
    code: str, shipped: Mapping[str, Any], words: Mapping[str, Mapping[str, str]],
    agent: Mapping[str, Mapping[str, str]], channels: tuple[str, ...],
) -> dict[str, Any]:  # fmt: skip
    """The shipped template with other words. :raises BadWords: naming what does not fit."""
    body = {**shipped, "channels": list(channels)}
    for language, each in words.items():
        body[language] = {"title": each.get("title", ""), "text": each.get("text", "")}
    if "agent" in shipped:
        body["agent"] = {
            **shipped["agent"],
            **{tongue: dict(each) for tongue, each in agent.items()},
        }
    spoken = [*words.values(), *agent.values()]
    if any(not 0 < len(text.strip()) <= WORDS_MAX for each in spoken for text in each.values()):
        raise BadWords(hint=_("标题与正文不能为空，也不能超过 500 字。"))
    try:
        templates.read(code, body)
    except (KeyError, ValueError, TypeError):
        raise BadWords(
            hint=_("每个事实都要在正文中用到，且只能用本模板的事实；花括号里只写名字。")
        ) from None
    return body


def _digest(body: Mapping[str, Any]) -> str:
    telling = {name: value for name, value in body.items() if name != "version"}
    return hashlib.sha256(orjson.dumps(telling, option=orjson.OPT_SORT_KEYS)).hexdigest()
