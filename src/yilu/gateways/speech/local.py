"""
Speech to text on this machine: faster-whisper with a model that lies in a folder.

An optional extra (``pip install faster-whisper``), imported when first asked. The model is given as a
folder; the library is told that there is no network, so that nothing is ever fetched while running.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from yilu.gateways.speech.seam import Heard, NoSpeech

WORDS: Final = "理赔 报案 保单 保费 续期 退保 保全 受益人 被保险人 投保人 住院 阑尾炎 发票 核保 犹豫期 现金价值 重疾 意外险 医疗险"
"""Words of the trade, which a general model would not expect."""


class LocalSpeech:
    """The model in ``YILU_SPEECH_MODEL``."""

    def __init__(self, folder: str) -> None:
        if not Path(folder).is_dir():
            raise ValueError("YILU_SPEECH_MODEL must be the folder of a model")
        self._folder = folder

    def transcribe(self, wav: bytes) -> Sequence[Heard]:
        """:raises NoSpeech: the extra is not installed, or the model does not load."""
        try:
            rows, _about = _model(self._folder).transcribe(
                io.BytesIO(wav), language="zh", beam_size=2, vad_filter=True, hotwords=WORDS
            )
            return [Heard(row.start, row.end, row.text.replace(" ", "")) for row in rows]
        except (ImportError, RuntimeError, OSError, ValueError) as fault:
            raise NoSpeech(type(fault).__name__) from None


@lru_cache(maxsize=1)
def _model(folder: str) -> Any:
    os.environ["HF_HUB_OFFLINE"] = "1"
    from faster_whisper import WhisperModel  # type: ignore[import-not-found, unused-ignore]

    return WhisperModel(folder, device="cpu", compute_type="int8", local_files_only=True)
