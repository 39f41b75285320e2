"""An edited list of an aspect's words, read."""

from __future__ import annotations

import re

from yilu.kernel.errors import Invalid
from yilu.kernel.words import marked as _

WORDS_MAX = 200


class BadAspect(Invalid):
    """No word, or more than anybody oversees."""

    code = "bad_aspect"
    message = _("请写 1 至 200 个词，用逗号、顿号或换行分开，每个不超过 20 字")


def read_words(text: str) -> tuple[str, ...]:
    """The words of a form's text, each once. :raises BadAspect: none, too many, too long."""
    found = tuple(dict.fromkeys(w for w in re.split(r"[,，、\s]+", text.strip()) if w))
    if not 1 <= len(found) <= WORDS_MAX or any(len(word) > 20 for word in found):
        raise BadAspect
    return found
