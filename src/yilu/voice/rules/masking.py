"""Personal data out of a comment before anybody reads or counts it: numbers, addresses, names said as such."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from yilu.kernel.texts import keepable

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DIGIT = "0-9０-９〇零一二三四五六七八九"
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方"
    "俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计"
    "伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪"
    "干解应宗丁宣邓郁单杭洪包诸左石崔吉龚程嵇邢滑裴陆荣翁荀羊惠甄曲封芮储靳松井段富巫乌焦巴弓侯宓全班仰秋仲伊宫宁仇栾"
    "厉祖武符刘景詹束龙叶幸司韶黎薄印宿白蒲邰从鄂索赖卓蔺屠蒙池乔闻党翟谭贡劳逄姬申扶冉宰郦雍桑桂牛寿通边燕冀尚农温庄晏瞿"
)
_NAME = rf"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}"
_KINDS: tuple[tuple[str, str, str], ...] = (
    ("email", r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,3}", "〔邮箱〕"),
    ("identity", r"(?<!\d)[1-9]\d{5}[ \-]?(?:19|20)\d{2}[ \-]?(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ \-]?\d{3}[\dXx](?!\d)", "〔证件号〕"),
    ("account", r"(?<!\d)\d{4}(?:[ \-]?\d{4}){2,3}[ \-]?\d{1,4}(?!\d)|(?<!\d)\d{16,19}(?!\d)", "〔账号〕"),
    ("phone", r"(?<!\d)(?:\+?86[ \-]?)?1[3-9]\d[ \-]?\d{4}[ \-]?\d{4}(?!\d)|(?<!\d)0\d{2,3}[ \-]\d{7,8}(?!\d)|[一幺][三四五六七八九][零〇一幺二三四五六七八九]{9}", "〔电话〕"),
    ("chat", r"(?:微信|VX|vx|QQ|qq|wx|WX)(?:号码?|:|：|\s){1,3}[A-Za-z0-9_\-]{5,20}", "〔账号〕"),
    ("plate", r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·\- ]?[A-Z0-9]{5,6}(?![A-Za-z0-9])", "〔车牌〕"),
    ("policy", r"(?:保单号?|赔案号?|报案号|投保单号)(?:是|为|:|：|\s){0,2}[A-Za-z0-9\-]{8,30}", "〔单号〕"),
    ("number", r"(?<!\d)\d{9,}(?!\d)", "〔号码〕"),
    ("address", r"(?:[\u4e00-\u9fff]{2,8}(?:路|街|巷|大道))\s?\d{1,5}\s?号(?:\s?\d{1,4}\s?(?:幢|栋|号楼|单元|室|层)){0,4}|\d{1,4}\s?(?:幢|栋|号楼)\s?\d{0,3}\s?(?:单元)?\s?\d{2,4}\s?室", "〔地址〕"),
    ("name", rf"(?:(?<=我叫)|(?<=姓名)|(?<=姓名[:：])|(?<=联系人)|(?<=联系人[:：])|(?<=我是客户)){_NAME}(?![\u4e00-\u9fff])", "〔姓名〕"),
)  # fmt: skip
_ALL = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern, _mask in _KINDS))
_MASKS = {kind: mask for kind, _pattern, mask in _KINDS}
_MAY_HOLD = re.compile(
    r"\d{4}|@|我叫|姓名|联系人|我是客户|微信|QQ|qq|[Vv][Xx]|[Ww][Xx]|车|保单|赔案|号|[幺一][三四五六七八九][零〇一幺二三四五六七八九]{6}|[A-Z][·\- ]?[A-Z0-9]{5}"
)


@dataclass(frozen=True, slots=True)
class Masked:
    """A comment without what names somebody, and how often something was taken out."""

    text: str
    count: int


def clean(text: str) -> str:
    """A comment as we keep it: no control characters, one kind of line end, no blank ends."""
    return _CONTROL.sub("", keepable(text).replace("\r\n", "\n").replace("\r", "\n")).strip()


def mask(text: str) -> Masked:
    """Take numbers, addresses, plates and names said as such out of a comment."""
    # Full-width digits and letters read like others; the rest of the writing stays as it is.
    plain = "".join(
        unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" and c not in "，！？：；（）" else c
        for c in text
    ) if any("\uff10" <= c <= "\uff5a" for c in text) else text  # fmt: skip
    if _MAY_HOLD.search(plain) is None:
        return Masked(plain, 0)
    count = 0

    def instead(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        assert found.lastgroup is not None
        return _MASKS[found.lastgroup]

    return Masked(_ALL.sub(instead, plain), count)
