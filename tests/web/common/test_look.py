"""The colours can be read (WCAG 2 AA), and nothing but our tokens sets them."""

import re
from pathlib import Path

import pytest

from yilu.web.common import tones

STYLES = Path(tones.__file__).parent / "static" / "yilu"
TOKENS = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", (STYLES / "tokens.css").read_text()))
TEXT_ON = [
    ("ink", "paper"), ("ink", "card"), ("ink-2", "paper"), ("ink-2", "card"), ("ink-2", "sunken"),
    ("ink-3", "card"), ("ink-3", "paper"), ("on-accent", "accent"), ("on-accent", "accent-strong"),
    ("accent-strong", "card"), ("accent-strong", "accent-soft"), ("accent", "card"), ("warn", "warn-soft"),
    ("warn", "card"), ("bad", "bad-soft"), ("bad", "card"), ("info", "info-soft"), ("info", "card"),
    ("ink", "warn-soft"), ("ink", "bad-soft"), ("ink", "info-soft"), ("ink-3", "sunken"),
]  # fmt: skip


def light(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_can_be_read(text, ground):
    a, b = sorted((light(TOKENS[text]), light(TOKENS[ground])), reverse=True)

    assert (a + 0.05) / (b + 0.05) >= 4.5


def test_large_type_makes_everything_larger():
    """Sizes are in rem: the switch changes one number. Only hairlines and WeUI's own are in px."""
    for name in ("base.css", "phone.css", "staff.css"):
        sizes = re.findall(r"font-size: ([\d.]+)px", (STYLES / name).read_text())
        assert sizes == [], name
