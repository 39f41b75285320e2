"""
Speech to text and text to speech (语音转写、语音合成), behind two small seams.

Drivers: ``http`` (any service with OpenAI-compatible audio endpoints, ours or a vendor's, near us),
``local`` (packages on this machine, an optional extra; nothing is ever downloaded while running) and
``fake`` for tests. Without one, calls are recorded and not written down, and prompts are what was made
beforehand.
"""

from yilu.gateways.speech.seam import Heard, NoSpeech, Synthesizer, Transcriber
from yilu.gateways.speech.setting_up import synthesizer, transcriber

__all__ = ["Heard", "NoSpeech", "Synthesizer", "Transcriber", "synthesizer", "transcriber"]
