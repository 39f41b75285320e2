"""
Write what people's search needs to know of Chinese characters, from two public tables.

    python tools/make_sounds.py <TSCharacters.txt of OpenCC>

Readings come from pypinyin's table (MIT, after Unihan and pinyin-data), traditional writings from
OpenCC's (Apache-2.0). Neither is needed to run Yilu: the few facts used are kept in
``people/rules/syllables.py`` and ``people/rules/writings.py``, small enough for every web process.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

RULES = Path(__file__).parents[1] / "src" / "yilu" / "people" / "rules"
FIRST, LAST = 0x4E00, 0x9FA5
WIDTH = 46  # characters a line: Chinese ones are two columns wide


def main(traditional: Path) -> None:
    from pypinyin.pinyin_dict import pinyin_dict

    readings = {
        chr(code): list(dict.fromkeys(_plain(each) for each in given.split(",")))
        for code, given in pinyin_dict.items()
        if FIRST <= code <= LAST
    }
    common = {c for c in readings if _in_gb2312(c)}
    by_syllable: dict[str, str] = defaultdict(str)
    others: dict[str, str] = defaultdict(str)
    for character in sorted(readings):
        first, *more = readings[character]
        by_syllable[first] += character
        if character in common:
            for syllable in more:
                others[syllable] += character
    head = '"""{}"""\n\n'
    (RULES / "syllables.py").write_text(
        head.format(
            "How characters sound: made by tools/make_sounds.py from pypinyin's table (MIT).\n\n"
            "The usual reading of each, and further readings of the common ones.\n"
        )
        + _table("USUAL", by_syllable)
        + _table("FURTHER", others),
        encoding="utf-8",
    )
    pairs = []
    for line in traditional.read_text(encoding="utf-8").splitlines():
        old, _, new = line.partition("\t")
        new = new.split(" ")[0]
        if len(old) == len(new) == 1 and old != new and old in readings and new in common:
            pairs.append((old, new))
    (RULES / "writings.py").write_text(
        head.format(
            "Traditional characters and their simplified writing, place by place: made by\n"
            "tools/make_sounds.py from OpenCC's table (Apache-2.0).\n"
        )
        + _text("TRADITIONAL", "".join(old for old, _ in pairs))
        + _text("SIMPLIFIED", "".join(new for _, new in pairs)),
        encoding="utf-8",
    )


def _plain(reading: str) -> str:
    """``lǚ`` → ``lv``: without the tone."""
    text = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(c for c in text if c.isascii() and c.isalpha())


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _table(name: str, rows: dict[str, str]) -> str:
    """Rows joined into lines of even width: `ba:八巴 bai:白百 …`."""
    return _text(name, " ".join(f"{key}:{rows[key]}" for key in sorted(rows) if key))


def _text(name: str, text: str) -> str:
    lines = [text[n : n + WIDTH * 4] for n in range(0, len(text), WIDTH * 4)]
    body = "".join(f'    "{line}"\n' for line in lines)
    return f"{name} = (\n{body})\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
