"""A QR code as a picture in a page."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def picture_of(text: str) -> SafeString:
    """The QR code that says ``text``, drawn in the page itself."""
    # Drawn by the library from dark and light squares: no character of the text is in it.
    return mark_safe(segno.make(text, error="m", micro=False).svg_inline(border=3, omitsize=True))  # noqa: S308
