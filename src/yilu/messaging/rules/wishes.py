"""What somebody means who answers a message with a keyword."""

from __future__ import annotations

import re
import unicodedata

_OUT = frozenset(["TD", "T", "R", "N", "0000", "退订", "取消", "拒收", "STOP", "UNSUBSCRIBE"])
_BACK = frozenset(["HF", "恢复", "恢复接收", "START"])
_AROUND = re.compile(
    r"""^[\s"'“”‘’「」【】()（）。.,，!！回复]+|[\s"'“”‘’「」【】()（）。.,，!！]+$"""
)


def read_wish(text: str) -> str:
    """
    ``OUT`` for 退订, TD, T, R …, ``BACK`` for 恢复, HF …, else nothing.

    Only the whole message is a keyword, however written (full width, quotes, “回复TD”); “TD退订” too.
    A sentence that merely contains one is a letter to be read by a person.
    """
    word = _AROUND.sub("", unicodedata.normalize("NFKC", text)).upper()
    if word in _OUT or word in {"TD退订", "T退订", "R退订"}:
        return "OUT"
    return "BACK" if word in _BACK else ""
