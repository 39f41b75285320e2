"""Text from outside that did not come through a form: other systems, mail, browsers' own words."""

from __future__ import annotations


def keepable(text: str) -> str:
    """
    A text as a row can hold it: half a character becomes a question mark, NUL falls away.

    JSON and mail can carry both (a message cut within an emoji); a form cannot.
    """
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
