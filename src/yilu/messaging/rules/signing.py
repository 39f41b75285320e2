"""The insurer's name in front of a text message (短信签名)."""

from __future__ import annotations


def with_signature(text: str, insurer: str) -> str:
    """
    The text as operators want it: 【insurer】 first, once.

    Our templates say the name at the end; there it is taken away.
    """
    sign = f"【{insurer}】"
    body = text.strip()
    while body.startswith("【"):
        if not body.startswith(sign):
            break
        body = body.removeprefix(sign).lstrip()
    body = body.removesuffix(sign).rstrip()
    return sign + body
