"""The seven checks before a version is switched on (七必查): programmes, journeys, the hotline's flow, messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, Refusal, Sentence
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.standards.models import PrelaunchAnswer
from yilu.standards.terms import CHECKS, Result

EVIDENCE_MIN = 10
EVIDENCE_MAX = 500


class UnknownCheck(NotFound):
    """There is no check of that code."""

    code = "unknown_check"
    message = _("没有这项检查")
    hint = _("请从七必查中选择。")


class EvidenceNeeded(Invalid):
    """An answer without evidence is none."""

    code = "evidence_needed"
    message = _("请写明依据")
    hint = _("谁在什么时候、怎样查过、结果如何，至少十个字。")


class ChecksMissing(Refusal):
    """Some of the seven checks are not answered, or did not pass."""

    code = "checks_missing"
    message = _("七必查没有全部通过，不能上线")


@tx.step
def keep_results(*, subject: Ref, results: Iterable[Result], at: datetime) -> None:
    """The machine's answers for a version as it was just written; people's answers to an earlier text are void."""
    PrelaunchAnswer.objects.filter(subject=str(subject)).delete()
    PrelaunchAnswer.objects.bulk_create(
        PrelaunchAnswer(
            subject=str(subject), check_code=said.check, passed=said.passed,
            evidence=str(said.why)[:EVIDENCE_MAX], by=str(SYSTEM), at=at,
        )
        for said in results
    )  # fmt: skip


@tx.step
def answer_check(
    *, subject: Ref, check: str, passed: bool, evidence: str, actor: Ref, at: datetime
) -> None:
    """
    A person's answer for a version, with evidence. The caller holds the version and knows that it is a draft.

    What the machine found wrong stays wrong: a person cannot answer it away.

    :raises UnknownCheck, EvidenceNeeded, ChecksMissing.
    """
    if check not in CHECKS:
        raise UnknownCheck
    evidence = evidence.strip()
    if len(evidence) < EVIDENCE_MIN:
        raise EvidenceNeeded
    before = PrelaunchAnswer.objects.filter(subject=str(subject), check_code=check).first()
    if before is not None and before.by == str(SYSTEM) and not before.passed and passed:
        raise ChecksMissing(_("系统检查没有通过，请先修改内容"), hint=before.evidence)
    PrelaunchAnswer.objects.update_or_create(
        subject=str(subject), check_code=check,
        defaults={
            "passed": passed, "evidence": evidence[:EVIDENCE_MAX], "by": str(actor), "at": at,
        },
    )  # fmt: skip


@tx.step
def require_checks(
    *, subject: Ref, results: Iterable[Result] = (), titles: Mapping[str, str] = CHECKS
) -> None:
    """
    Let a version go live only if all seven are answered with yes, and the machine still says yes now.

    :raises ChecksMissing: naming the checks, by ``titles``.
    """
    answered = dict(
        PrelaunchAnswer.objects.filter(subject=str(subject)).values_list("check_code", "passed")
    )
    for said in results:
        answered[said.check] = answered.get(said.check, False) and said.passed
    missing = [titles.get(check, check) for check in CHECKS if not answered.get(check)]
    if missing:
        raise ChecksMissing(hint=Sentence(_("还差：{checks}"), checks="、".join(missing)))


@tx.step
def copy_checks(*, source: Ref, subject: Ref) -> None:
    """A version that is put back keeps the answers it had."""
    PrelaunchAnswer.objects.bulk_create(
        PrelaunchAnswer(
            subject=str(subject), check_code=each.check_code, passed=each.passed,
            evidence=each.evidence, by=each.by, at=each.at,
        )
        for each in PrelaunchAnswer.objects.filter(subject=str(source))
    )  # fmt: skip


@tx.step
def forget_checks(*, subject: Ref) -> None:
    """A draft was given up: so are its answers."""
    PrelaunchAnswer.objects.filter(subject=str(subject)).delete()
