"""
How two writings of a Chinese name compare: alike, by sound, by shape, by a slip of the hand.

A name heard on the telephone keeps its sound and loses its characters; a name copied from a wrist
band keeps its shape. Pure; what is known of characters is in ``syllables`` and ``writings``.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import product

from .particulars import comparable_name
from .syllables import FURTHER, USUAL
from .writings import SIMPLIFIED, TRADITIONAL

SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "区": "ou", "任": "ren", "查": "zha",
    "盖": "ge", "朴": "piao", "员": "yun", "尉": "yu", "万": "wan", "缪": "miao", "纪": "ji",
    "乐": "yue", "葛": "ge", "覃": "qin", "翟": "zhai", "冼": "xian", "种": "chong", "黑": "he",
    "那": "na", "隗": "wei", "牟": "mu", "长": "zhang", "尹": "yin", "卜": "bu", "沈": "shen",
    "石": "shi", "宁": "ning", "车": "che", "褚": "chu", "祭": "zhai", "折": "she", "召": "shao",
    "逄": "pang", "繁": "po", "适": "kuo", "句": "gou", "令": "ling", "都": "du", "佴": "nai",
}  # fmt: skip
"""Surnames that sound otherwise than the character usually does."""

TWO_CHARACTER_SURNAMES = {"尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "长孙": ("zhang", "sun")}

SAME_BY_CUSTOM = (
    "闫阎", "肖萧", "付傅", "代戴", "丘邱", "兰蓝", "候侯", "仝同", "于於", "佘余", "娅亚", "玲铃",
    "岳嶽", "咏詠", "喆哲", "堃坤", "淼渺", "升昇", "杰傑", "峰峯", "群羣", "雨宇", "彬斌", "勋勳",
)  # fmt: skip
"""Writings people take for one another, whether or not the register does."""

SIMILAR_SHAPES = (
    "末未朱", "己已巳", "戊戌戍戎", "曰日目", "王玉主壬", "大太犬", "土士", "千干于", "天夭", "冶治",
    "睛晴", "洪供", "刚钢", "梅海", "宁宇字", "季李", "巨臣", "刀力", "人入", "八人", "田由甲申",
    "友反", "旦且", "令今", "白自百", "兔免", "午牛", "休体", "伟纬", "洋详", "亮高", "思恩", "薄簿",
    "采彩", "卞下", "丁于", "毛手", "孟盂", "汪江", "泳咏", "淑椒", "辰唇", "晨辰", "侯候", "佘余",
    "萍苹", "芬芳", "芸芝", "春春", "秦泰奏", "振震", "棋祺琪", "淇琪", "瑞端", "浩洁", "佳住往",
    "景影", "兴与", "荣营", "莉利", "燕蒸", "华毕", "冰水永", "林材", "杨扬", "刘列", "陈阵", "沈枕",
    "炎淡", "焕换", "敏每", "哲誓", "灵录", "博搏", "暖缓", "薛薜", "崔催", "霞露", "铭名", "钧均",
)  # fmt: skip
"""Characters easily taken for one another in handwriting or by a reading machine."""

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"), ("ong", "on"))
TRIED_MAX = 24
"""So many sounds are looked up for one name at most."""


@lru_cache(maxsize=65_536)
def written(name: str) -> str:
    """A name as it is compared: simplified, without spaces, dots, width and case."""
    return comparable_name(name).translate(_simplified())


@lru_cache(maxsize=65_536)
def sound(name: str) -> str:
    """
    What a name is found by: toneless pinyin, near sounds made one, a space between characters.

    ``张伟`` and ``章玮`` are both ``zan wei``; 张 and 赞 too: the score tells them apart.
    """
    return " ".join(fold(each) for each in syllables(name))


@lru_cache(maxsize=65_536)
def syllables(name: str) -> tuple[str, ...]:
    """The usual reading of each character, the surname's own where it has one; others as they are."""
    text, usual = written(name), _usual()
    double = TWO_CHARACTER_SURNAMES.get(text[:2])
    if double and len(text) > 2:
        return (*double, *(usual.get(c, c) for c in text[2:]))
    return tuple(
        SURNAMES.get(c, usual.get(c, c)) if place == 0 else usual.get(c, c)
        for place, c in enumerate(text)
    )


def sounds_to_try(name: str) -> tuple[str, ...]:
    """
    Every sound under which the person meant may be kept: other readings of the characters, and
    those of characters that look alike; the likeliest first, at most ``TRIED_MAX``.
    """
    text = written(name)
    found = [sound(name)]
    if len(text) <= 4:
        others = [_readings(c) for c in text]
        first = syllables(name)
        choices = [(a, *(o for o in more if o != a)) for a, more in zip(first, others, strict=True)]
        for chosen in product(*choices):
            found.append(" ".join(fold(each) for each in chosen))
            if len(found) >= TRIED_MAX // 2:
                break
    for place, character in enumerate(text):
        swaps = _alike().get(character, ())
        found += [sound(text[:place] + alike + text[place + 1 :]) for alike in swaps]
    return tuple(dict.fromkeys(found))[:TRIED_MAX]


def family(name: str) -> str:
    """The sound of a name's first character."""
    first = syllables(name)[:1]
    return fold(first[0]) if first else ""


def fold(syllable: str) -> str:
    """``zhang`` → ``zan``: sounds that dialects and bad lines do not keep apart made one."""
    for long, short in _INITIALS:
        if syllable.startswith(long):
            syllable = short + syllable[len(long) :]
            break
    for long, short in _FINALS:
        if syllable.endswith(long):
            return syllable[: -len(long)] + short
    return syllable


def likeness(told: str, known: str) -> str:
    """
    How a told name agrees with a known one, the strongest first: SAME, VARIANT (another accepted
    writing), SOUND, NEAR_SOUND, SHAPE (one character looks alike), ONE_OFF (one character differs,
    is missing or too many), or an empty text.
    """
    one, other = written(told), written(known)
    if not one or not other:
        return ""
    if comparable_name(told) == comparable_name(known):
        return "SAME"
    if one == other or _by_custom(one) == _by_custom(other):
        return "VARIANT"
    if len(one) == len(other):
        if _sounds_alike(told, known):
            return "SOUND"
        if sound(told) == sound(known):
            return "NEAR_SOUND"
        differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
        if len(differing) == 1:
            a, b = differing[0]
            return "SHAPE" if b in _alike().get(a, ()) else "ONE_OFF" if len(one) > 1 else ""
        return ""
    return "ONE_OFF" if _one_missing(one, other) else ""


def _sounds_alike(told: str, known: str) -> bool:
    """Whether every character of one can be read as its counterpart of the other is."""
    pairs = zip(written(told), written(known), syllables(told), syllables(known), strict=True)
    return all(
        a == b or x == y or not {x, *_readings(a)}.isdisjoint({y, *_readings(b)})
        for a, b, x, y in pairs
    )


def _one_missing(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) != 1 or len(short) < 2:
        return False
    return any(long[:n] + long[n + 1 :] == short for n in range(len(long)))


def _by_custom(text: str) -> str:
    return text.translate(_customs())


def _readings(character: str) -> tuple[str, ...]:
    usual = _usual().get(character)
    return (usual or character, *_further().get(character, ()))


@cache
def _simplified() -> dict[int, str]:
    return {ord(a): b for a, b in zip(TRADITIONAL, SIMPLIFIED, strict=True)}


@cache
def _customs() -> dict[int, str]:
    return {ord(c): group[0] for group in SAME_BY_CUSTOM for c in group}


@cache
def _usual() -> dict[str, str]:
    return {
        c: syllable
        for syllable, _, characters in (row.partition(":") for row in USUAL.split(" "))
        for c in characters
    }


@cache
def _further() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in FURTHER.split(" "):
        syllable, _, characters = row.partition(":")
        for c in characters:
            found[c] = (*found.get(c, ()), syllable)
    return found


@cache
def _alike() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in SIMILAR_SHAPES:
        for c in group:
            found[c] = tuple(dict.fromkeys((*found.get(c, ()), *(o for o in group if o != c))))
    return found
