"""Sound as the switch knows it: μ-law, 8,000 samples a second, frames of 20 ms (音频)."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 8000
FRAME: Final = 160
"""Samples, and in μ-law bytes, of 20 ms."""
TICK: Final = FRAME / RATE
SILENT: Final = b"\xff"
SILENCE: Final = SILENT * FRAME
_BIAS, _CLIP = 0x84, 32635
Samples = NDArray[np.int16]


def to_samples(ulaw: bytes) -> Samples:
    """μ-law as 16 bit samples."""
    return _decoded()[np.frombuffer(ulaw, np.uint8)]


def to_ulaw(samples: Samples) -> bytes:
    """16 bit samples as μ-law (ITU-T G.711)."""
    signed = samples.astype(np.int32)
    sign = np.where(signed < 0, 0x80, 0)
    level = np.minimum(np.abs(signed), _CLIP) + _BIAS
    exponent = np.floor(np.log2(level)).astype(np.int32) - 7
    mantissa = (level >> (exponent + 3)) & 0x0F
    return bytes((~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8).tobytes())


def alaw_to_ulaw(content: bytes) -> bytes:
    """A-law, which European and Chinese lines speak, as μ-law."""
    return content.translate(_tables()[0])


def ulaw_to_alaw(content: bytes) -> bytes:
    """The other way round."""
    return content.translate(_tables()[1])


def interleaved(left: bytes, right: bytes) -> bytes:
    """Two channels as one: the caller left, the seat right. The shorter is filled with silence."""
    size = max(len(left), len(right))
    both = bytearray(SILENT * (2 * size))
    both[0 : 2 * len(left) : 2] = left
    both[1 : 2 * len(right) : 2] = right
    return bytes(both)


def channel(both: bytes, number: int) -> bytes:
    """One channel of two: 0 the caller, 1 the seat."""
    return both[number::2]


def as_wav(ulaw: bytes, *, channels: int) -> bytes:
    """A WAV file of 16 bit samples, which every browser plays."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(to_samples(ulaw).astype("<i2").tobytes())
    return file.getvalue()


def from_wav(content: bytes) -> bytes:
    """
    A WAV file of 16 bit samples as μ-law, the first channel, brought to 8 kHz.

    :raises ValueError: for any other file.
    """
    try:
        with wave.open(io.BytesIO(content)) as file:
            if file.getsampwidth() != 2:
                raise ValueError("only 16 bit samples")
            raw = np.frombuffer(file.readframes(file.getnframes()), "<i2")
            one, rate = raw[:: file.getnchannels()].astype(np.int16), file.getframerate()
    except (wave.Error, EOFError) as fault:
        raise ValueError(str(fault)) from None
    return to_ulaw(_at_8k(one, rate))


def tone(*pitches: float, seconds: float, level: float = 0.12) -> bytes:
    """Sine waves together, without a click at either end."""
    at = np.arange(int(RATE * seconds)) / RATE
    wave_ = sum(np.sin(2 * np.pi * pitch * at) for pitch in pitches) * level / max(len(pitches), 1)
    edge = min(80, len(at) // 2)
    fade = np.ones(len(at))
    fade[:edge], fade[len(at) - edge :] = np.linspace(0, 1, edge), np.linspace(1, 0, edge)
    return to_ulaw((np.asarray(wave_) * fade * 32767).astype(np.int16))


def sequence(notes: Sequence[tuple[float, float]]) -> bytes:
    """Notes one after another, each (pitch, seconds); pitch 0 is a rest."""
    return b"".join(
        tone(pitch, seconds=seconds, level=0.07) if pitch else SILENT * int(RATE * seconds)
        for pitch, seconds in notes
    )


@cache
def waiting_music() -> bytes:
    """What whoever waits hears: four soft notes and a rest, ours to give."""
    return sequence([(392, 0.45), (440, 0.45), (523.25, 0.45), (440, 0.7), (0, 2.2)])


@cache
def beep() -> bytes:
    """One short tone: speak now; or: here a prompt is missing."""
    return tone(880, seconds=0.25)


def loudness(ulaw: bytes) -> float:
    """Root mean square between 0 and 1."""
    samples = to_samples(ulaw).astype(np.float64)
    return float(np.sqrt(np.mean(samples**2)) / 32768) if len(samples) else 0.0


def _at_8k(samples: Samples, rate: int) -> Samples:
    """Linear between samples after a running mean: enough for speech on a telephone."""
    if rate == RATE or not len(samples):
        return samples
    width = max(1, round(rate / RATE))
    smooth = np.convolve(samples.astype(np.float64), np.ones(width) / width, "same")
    places = np.arange(int(len(samples) * RATE / rate)) * (rate / RATE)
    brought: Samples = np.interp(places, np.arange(len(samples)), smooth).astype(np.int16)
    return brought


@cache
def _decoded() -> Samples:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    level = (((code & 0x0F) << 3) + _BIAS) << ((code & 0x70) >> 4)
    return np.where(code & 0x80, _BIAS - level, level - _BIAS).astype(np.int16)


@cache
def _tables() -> tuple[bytes, bytes]:
    """A-law → μ-law and back, each code to the nearest."""
    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent, mantissa = (code & 0x70) >> 4, (code & 0x0F) << 4
    level = np.where(exponent == 0, mantissa + 8, (mantissa + 0x108) << np.maximum(exponent - 1, 0))
    alaw = np.where(code & 0x80, level, -level).astype(np.int16)
    ulaw = _decoded().astype(np.int32)
    nearest = np.abs(ulaw[:, None] - alaw[None, :].astype(np.int32)).argmin(axis=1)
    return to_ulaw(alaw), nearest.astype(np.uint8).tobytes()
