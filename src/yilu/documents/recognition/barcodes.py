"""QR codes and bar codes on pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

SMALL = 400


def read(picture: Image) -> tuple[str, ...]:
    """The texts of all codes on a picture, in no certain order; each once."""
    import zxingcpp
    from PIL import Image, ImageOps

    grey = ImageOps.grayscale(picture)
    texts = [code.text for code in zxingcpp.read_barcodes(grey) if code.text]
    if not texts and max(grey.size) < SMALL:
        # A code cut out of an OFD has no quiet zone and few pixels.
        grown = ImageOps.expand(
            grey.resize((grey.width * 4, grey.height * 4), Image.Resampling.NEAREST), 40, 255
        )
        texts = [code.text for code in zxingcpp.read_barcodes(grown) if code.text]
    elif not texts and max(grey.size) < 1_600:
        grown = grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.BICUBIC)
        texts = [code.text for code in zxingcpp.read_barcodes(grown) if code.text]
    return tuple(dict.fromkeys(texts))
