"""What a picture looks like: sharp enough to read, and the same as one seen before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

SHARPNESS_MIN = 100.0
"""Variance of the Laplacian at 1,000 pixels: real papers 337 and more, blurred ones below 20."""
LONG_SIDE_MIN = 900
DARK_MAX = 70
GLARE_SHARE_MAX = 0.25
PAPER_SHARE_MIN = 0.1
"""A photo with a burnt-out patch still shows paper that is grey; a screenshot knows white and black."""


def judge_quality(picture: Image) -> tuple[str, ...]:
    """Codes of what makes a photo hard to read: SMALL, BLURRED, DARK, GLARE."""
    import cv2
    import numpy as np

    notes = []
    if max(picture.size) < LONG_SIDE_MIN:
        notes.append("SMALL")
    grey = np.asarray(picture.convert("L"))
    scale = 1_000 / max(grey.shape)
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if cv2.Laplacian(grey, cv2.CV_64F).var() < SHARPNESS_MIN:
        notes.append("BLURRED")
    if float(np.median(grey)) < DARK_MAX:
        notes.append("DARK")
    # Paper is evenly bright; glare is a burnt-out patch on paper that is not white elsewhere.
    paper = ((grey >= 150) & (grey < 250)).mean() > PAPER_SHARE_MIN
    if (grey >= 254).mean() > GLARE_SHARE_MAX and np.percentile(grey, 25) < 150 and paper:
        notes.append("GLARE")
    return tuple(notes)


def fingerprint(picture: Image) -> int:
    """A perceptual hash of 64 bits (DCT), as a signed number: the same picture differs in ≤ 2 bits."""
    import cv2
    import numpy as np

    grey = np.asarray(picture.convert("L").resize((32, 32), resample=1), dtype=np.float32)
    low = cv2.dct(grey)[:8, :8].flatten()
    bits = low > np.median(low[1:])
    value = int("".join("1" if bit else "0" for bit in bits), 2)
    return value - (1 << 64) if value >= 1 << 63 else value
