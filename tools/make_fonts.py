"""
Put the letters' Chinese font into ``build/fonts``: Noto Sans SC, regular and bold (SIL OFL 1.1).

Run by ``make setup``. The font comes from the lock file by npm, as static TrueType files that hold
every character of GB 2312, GBK and the two basic blocks of GB 18030. Letters are set with this font and
nothing else, so that the same letter looks the same on every machine. Never committed.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import vendor

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
FONTS = ROOT / "build" / "fonts"
FILES = {
    "400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC-Regular.ttf",
    "700Bold/NotoSansSC_700Bold.ttf": "NotoSansSC-Bold.ttf",
    "LICENSE_FONT": "OFL.txt",
}
MUST_HAVE = "喆堃龘犇骉燚淼㛃㵆䶮䲟𬭎𬭚𫖯𬤊𨱏"
"""Characters people are really named with, beyond GB 2312."""


def main() -> int:
    """Install if needed, copy if anything changed, check the characters; say so in one line."""
    began = time.monotonic()
    if not all((PACKAGE / name).exists() for name in FILES):
        vendor.install()
    missing = [name for name in FILES if not (PACKAGE / name).exists()]
    if missing:
        print(f"fonts: {PACKAGE} lacks {', '.join(missing)}", file=sys.stderr)
        return 1
    stamp, now = FONTS / ".stamp", _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        print(f"fonts: {FONTS.relative_to(ROOT)} is up to date")
        return 0
    shutil.rmtree(FONTS, ignore_errors=True)
    FONTS.mkdir(parents=True)
    for source, target in FILES.items():
        shutil.copyfile(PACKAGE / source, FONTS / target)
    count = min(_check(FONTS / name) for name in FILES.values() if name.endswith(".ttf"))
    stamp.write_text(now)
    print(
        f"fonts: Noto Sans SC, 2 weights of {count:,} characters into {FONTS.relative_to(ROOT)}"
        f" ({time.monotonic() - began:.1f} s)"
    )
    return 0


def _check(path: Path) -> int:
    """How many characters a font has. :raises SystemExit: if it lacks what letters need."""
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        if "fvar" in font:
            raise SystemExit(f"fonts: {path.name} is a variable font; letters need a static one")
        known = set(font.getBestCmap())
    wanted = _gb2312() | {ord(c) for c in MUST_HAVE} | set(range(0x20, 0x7F))
    if lacking := wanted - known:
        raise SystemExit(f"fonts: {path.name} lacks {len(lacking)} characters letters need")
    return len(known)


def _gb2312() -> set[int]:
    found = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes([row, cell]).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def _fingerprint() -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name in FILES:
        path = PACKAGE / name
        digest.update(f"{name} {path.stat().st_size}".encode())
    digest.update((PACKAGE / "package.json").read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
