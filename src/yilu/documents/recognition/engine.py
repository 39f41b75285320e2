"""
Optical recognition, behind a protocol. Loaded once in the worker, never in the web process.

The models are the ones inside the installed wheel; nothing is fetched at run time. A picture is
first turned upright and straight, then read; what reads badly, or lies under a red seal, is read a
second time without the red.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from yilu.documents.rules.segments import Segment

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    Pixels = np.ndarray[Any, Any]

SIDE_MAX = 3_000
"""A longer side than this costs time and reads no better."""
GLANCE_SIDE = 960
"""Enough to see how the picture lies."""
DETECTION_SIDE = 1_280
"""Enough to find the lines of a common bill; the lines themselves are read at full size."""
FINE_DETECTION_SIDE = 1_920
SMALL_PRINT = 15.0
"""Where the lines are lower than this when looked for, they are looked for again, larger."""
WEAK = 0.90
"""A line recognised with less confidence is looked at again."""
SKEW_MIN_DEGREES = 0.2


@dataclass(frozen=True, slots=True)
class PageText:
    """What a picture says: segments in shares of the upright picture."""

    segments: tuple[Segment, ...]
    turned: int  # degrees the picture was turned clockwise to stand upright
    skew: float  # degrees it was straightened by


class OcrEngine(Protocol):
    """Something that reads pictures."""

    name: str
    version: str

    def read(self, picture: Image, page: int = 1) -> PageText:
        """Read an RGB picture, however it is turned."""
        ...


_engine: OcrEngine | None = None
_lock = threading.Lock()


def get_engine() -> OcrEngine:
    """The engine of this process, loaded at the first call."""
    global _engine
    with _lock:
        if _engine is None:
            _engine = RapidEngine()
        return _engine


class RapidEngine:
    """PP-OCRv6 (small) through rapidocr and ONNX Runtime."""

    name = "rapidocr"

    def __init__(self) -> None:
        import rapidocr
        from rapidocr.utils.process_img import get_rotate_crop_image

        self.version = f"{version('rapidocr')}/PP-OCRv6-small"
        models = Path(rapidocr.__file__).parent / "models"
        # With a path given the library checks nothing and fetches nothing.
        paths = {
            "Det.model_path": models / "PP-OCRv6_det_small.onnx",
            "Rec.model_path": models / "PP-OCRv6_rec_small.onnx",
            "Cls.model_path": models / "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
        }
        for path in paths.values():
            if not path.is_file():
                raise RuntimeError(f"the recognition model {path.name} is not in the wheel")
        library: Any = rapidocr.RapidOCR(
            params={
                "Global.log_level": "error",
                # A second thread halves the time on an idle machine and doubles the work on a
                # busy one: it waits by spinning. Several job processes scale better.
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                **{key: str(path) for key, path in paths.items()},
            }
        )
        self._detect_text = library._load_det_model()
        self._classify = library._load_cls_model()
        self._recognise = library._load_rec_model()
        self._crop = get_rotate_crop_image
        self._busy = threading.Lock()

    def read(self, picture: Image, page: int = 1) -> PageText:
        """Read an RGB picture, however it is turned. One picture at a time."""
        import numpy as np

        with self._busy:
            pixels = np.asarray(picture)[:, :, ::-1].copy()  # the models were trained on BGR
            return self._read(_fitted(pixels), page)

    def _read(self, pixels: Pixels, page: int) -> PageText:
        pixels, boxes, turned, skew = self._upright(pixels)
        if not len(boxes):
            return PageText((), turned, skew)
        crops = [self._crop(pixels, box.copy()) for box in boxes]
        lines = list(self._lines(crops))
        self._read_weak_again(pixels, boxes, lines)
        found = [(box, text, score) for box, (text, score) in zip(boxes, lines, strict=True)]
        found = self._read_under_seals(pixels, found)
        height, width = pixels.shape[:2]
        tilt = _tilts([box for box, _, _ in found], width)
        segments = tuple(
            Segment(
                text.strip(),
                (
                    max(float(box[:, 0].min()) / width, 0.0),
                    max(float(box[:, 1].min()) / height, 0.0),
                    min(float(box[:, 0].max()) / width, 1.0),
                    min(float(box[:, 1].max()) / height, 1.0),
                ),
                page,
                round(float(score), 3),
                tilt(box) / height,
            )
            for box, text, score in found
            if text.strip() and score >= 0.4
        )
        return PageText(segments, turned, skew)

    def _detect(self, pixels: Pixels, side: int = DETECTION_SIDE) -> list[Pixels]:
        """The boxes of the lines, looked for in a picture whose longer side is about ``side``."""
        import cv2
        import numpy as np

        scale = min(side / max(pixels.shape[:2]), 2.0)
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        resized = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=way)
        # The library would enlarge a narrow band to many times its size: we said how large it is.
        self._detect_text.limit_type = "max"
        self._detect_text.limit_side_len = max(resized.shape[:2])
        result = self._detect_text(resized)
        if result.boxes is None:
            return []
        grow = np.array([pixels.shape[1] / resized.shape[1], pixels.shape[0] / resized.shape[0]])
        return [(box * grow).astype(np.float32) for box in result.boxes]

    def _lines(self, crops: list[Pixels]) -> list[tuple[str, float]]:
        from rapidocr.ch_ppocr_rec import TextRecInput

        result = self._recognise(TextRecInput(img=crops, return_word_box=False))
        return [(t or "", float(s)) for t, s in zip(result.txts or (), result.scores, strict=False)]

    def _upright(self, pixels: Pixels) -> tuple[Pixels, list[Pixels], int, float]:
        """Turn and straighten a picture: it, its text boxes, and by how much."""
        import cv2
        import numpy as np

        turned, skew = 0, 0.0
        glance = self._detect(pixels, GLANCE_SIDE)
        if not glance:
            return pixels, self._find_lines(pixels), turned, skew
        if _stand_on_end(glance):
            pixels = np.ascontiguousarray(np.rot90(pixels, 3))
            width = pixels.shape[1]
            turned = 90
            glance = [
                np.roll(np.stack([width - box[:, 1], box[:, 0]], axis=1), 1, axis=0)
                for box in glance
            ]
        if self._upside_down(pixels, glance):
            height, width = pixels.shape[:2]
            pixels = cv2.rotate(pixels, cv2.ROTATE_180)
            size = np.array([width, height], dtype=np.float32)
            glance = [np.roll(size - box, 2, axis=0) for box in glance[::-1]]
            turned = (turned + 180) % 360
        skew = _skew_of(glance)
        if abs(skew) >= SKEW_MIN_DEGREES:
            pixels = _straightened(pixels, skew)
        else:
            skew = 0.0
        return pixels, self._find_lines(pixels), turned, skew

    def _find_lines(self, pixels: Pixels) -> list[Pixels]:
        import numpy as np

        boxes = self._detect(pixels)
        if not boxes:
            return boxes
        shrunk = min(DETECTION_SIDE / max(pixels.shape[:2]), 2.0)
        if float(np.median([_height(box) for box in boxes])) * shrunk < SMALL_PRINT:
            return self._detect(pixels, FINE_DETECTION_SIDE) or boxes
        return boxes

    def _upside_down(self, pixels: Pixels, boxes: list[Pixels]) -> bool:
        """Ask the classifier about the widest lines; a single line it often gets wrong."""
        widest = sorted(boxes, key=lambda box: -_width(box) / max(_height(box), 1.0))[:12]
        if not widest:
            return False
        answers = self._classify([self._crop(pixels, box.copy()) for box in widest]).cls_res or []
        against = sum(score for label, score in answers if "180" in label)
        return bool(against > sum(score for label, score in answers if "180" not in label))

    def _read_weak_again(
        self, pixels: Pixels, boxes: list[Pixels], lines: list[tuple[str, float]]
    ) -> None:
        """Give weak lines a second look: without red, and a little larger."""
        import cv2

        weak = [n for n, (text, score) in enumerate(lines) if score < WEAK and text.strip()]
        if not weak:
            return
        bare = _without_red(pixels)
        again = []
        for n in weak:
            crop = self._crop(bare, boxes[n].copy())
            scale = 2 if crop.shape[0] < 40 else 1
            crop = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
            again.append(cv2.copyMakeBorder(crop, 2, 2, 6, 6, cv2.BORDER_REPLICATE))
        for n, (text, score) in zip(weak, self._lines(again), strict=True):
            if score > lines[n][1] and text.strip():
                lines[n] = (text, score)

    def _read_under_seals(
        self, pixels: Pixels, found: list[tuple[Pixels, str, float]]
    ) -> list[tuple[Pixels, str, float]]:
        """Read the bands that a red seal crosses once more, with the red dropped."""
        import numpy as np

        for left, top, right, bottom in _seals(pixels):
            band = np.ascontiguousarray(_without_red(pixels)[top:bottom, left:right])
            boxes = self._detect(band, max(band.shape[:2]) * 3 // 2)
            if not boxes:
                continue
            lines = self._lines([self._crop(band, box.copy()) for box in boxes])
            for box, (text, score) in zip(boxes, lines, strict=True):
                if score < 0.75 or not text.strip():
                    continue
                box = box + np.array([left, top], dtype=box.dtype)
                if any(_share_inside(box, f[0]) > 0.5 and f[2] >= 0.75 for f in found):
                    continue  # a piece of a line that was read whole
                covered = [f for f in found if _share_inside(f[0], box) > 0.6]
                before = sum(len(f[1]) * f[2] for f in covered)
                if len(text) * score > before:
                    found = [f for f in found if not any(f is c for c in covered)]
                    found.append((box, text, score))
        return found


def _fitted(pixels: Pixels) -> Pixels:
    import cv2

    height, width = pixels.shape[:2]
    scale = SIDE_MAX / max(height, width)
    if scale < 1:
        return cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return pixels


def _width(box: Pixels) -> float:
    import numpy as np

    return float(np.linalg.norm(box[1] - box[0]))


def _height(box: Pixels) -> float:
    import numpy as np

    return float(np.linalg.norm(box[3] - box[0]))


def _stand_on_end(boxes: list[Pixels]) -> bool:
    """Whether most of the text runs from top to bottom: the picture lies on its side."""
    tall = sum(_height(b) for b in boxes if _height(b) > 1.5 * _width(b))
    wide = sum(_width(b) for b in boxes if _width(b) > 1.5 * _height(b))
    return tall > wide


def _skew_of(boxes: list[Pixels]) -> float:
    """The median slope of the longer lines in degrees, clockwise positive."""
    import numpy as np

    slopes = [
        float(np.degrees(np.arctan2(box[1][1] - box[0][1], box[1][0] - box[0][0])))
        for box in boxes
        if _width(box) > 4 * _height(box)
    ]
    if len(slopes) < 3:
        return 0.0
    return float(np.clip(np.median(slopes), -45, 45))


def _tilts(boxes: list[Pixels], width: int) -> Callable[[Pixels], float]:
    """
    By how many pixels a box stands lower than its line at the middle of the page.

    A page photographed at an angle has lines that fan out: their slope changes with the height.
    """
    import numpy as np

    wide = [box for box in boxes if _width(box) > 3 * _height(box)]
    if len(wide) < 8:
        return lambda box: 0.0
    slopes = np.array([(box[1][1] - box[0][1]) / (box[1][0] - box[0][0] + 1e-6) for box in wide])
    levels = np.array([float(box[:, 1].mean()) for box in wide])
    sizes = np.array([_width(box) for box in wide])
    keep = np.abs(slopes - np.median(slopes)) < 0.06
    if keep.sum() < 8 or np.ptp(levels[keep]) < 1:
        return lambda box: 0.0
    change, start = np.polyfit(levels[keep], slopes[keep], 1, w=np.sqrt(sizes[keep]))

    def tilt(box: Pixels) -> float:
        x, y = box.mean(axis=0)
        return float((start + change * y) * (x - width / 2))

    return tilt


def _straightened(pixels: Pixels, degrees: float) -> Pixels:
    import cv2

    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    wide, high = int(height * sin + width * cos), int(height * cos + width * sin)
    turn[0, 2] += wide / 2 - width / 2
    turn[1, 2] += high / 2 - height / 2
    return cv2.warpAffine(
        pixels, turn, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )


def _without_red(pixels: Pixels) -> Pixels:
    """The red channel alone: red ink becomes paper, black stays black."""
    import numpy as np

    red = pixels[:, :, 2]
    return np.ascontiguousarray(np.repeat(red[:, :, None], 3, axis=2))


def _seals(pixels: Pixels) -> list[tuple[int, int, int, int]]:
    """The bands of the page that a red seal crosses, widened to the text around it."""
    import cv2
    import numpy as np

    blue, green, red = (pixels[:, :, n].astype(np.int16) for n in range(3))
    mask = ((red > 110) & (red - green > 50) & (red - blue > 40)).astype(np.uint8)
    height, width = mask.shape
    reach = max(width // 80, 5)
    joined = cv2.dilate(mask, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    bands = []
    for n in range(1, count):
        left, top, wide, high, _ = (int(v) for v in stats[n])
        ink = int(mask[top : top + high, left : left + wide].sum())
        # A seal is a ring with words: wider and higher than a line, and mostly not ink.
        if wide < width * 0.05 or high < height * 0.03 or ink < 0.04 * wide * high:
            continue
        if ink > 0.6 * wide * high or not 0.6 < wide / high < 2.8:
            continue
        bands.append(
            (
                max(left - wide, 0),
                max(top - high // 4, 0),
                min(left + 2 * wide, width),
                min(top + high + high // 4, height),
            )
        )
    return bands[:4]


def _share_inside(inner: Pixels, outer: Pixels) -> float:
    """How much of the upright box around ``inner`` lies in the one around ``outer``."""
    left, top = max(inner[:, 0].min(), outer[:, 0].min()), max(inner[:, 1].min(), outer[:, 1].min())
    right = min(inner[:, 0].max(), outer[:, 0].max())
    bottom = min(inner[:, 1].max(), outer[:, 1].max())
    area = max(
        (inner[:, 0].max() - inner[:, 0].min()) * (inner[:, 1].max() - inner[:, 1].min()), 1.0
    )
    return float(max(right - left, 0) * max(bottom - top, 0) / area)
