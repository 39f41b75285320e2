"""What the hotline tells of a caller's own claims and policies, once their identity is checked."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone, translation

from yilu.kernel.refs import Ref
from yilu.web.common import own_answers


def tell(what: str, party_id: int, language: str) -> str:
    """The words, in the language the caller chose; empty for a question nobody answers."""
    with translation.override("en" if language == "en" else settings.LANGUAGE_CODE):
        found = own_answers.answer(what, Ref("party", party_id), timezone.now(), by_voice=True)
        return found.text if found is not None else ""
