"""Print what is no letter to anybody: the insurer's own reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def typeset(template: str, data: Mapping[str, Any], dated: datetime) -> bytes:
    """
    The PDF/A-2b of a report under ``templates``, about a tenth of a second of CPU; for jobs only.

    ``data`` is printed as it is. Changes nothing: whoever asks keeps the file.
    """
    from yilu.letters import composing  # the typesetter is loaded in the worker only

    return composing.report(template, data, dated)
