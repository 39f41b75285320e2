"""
Items of the ten-grade standard (人身保险伤残评定标准及代码, JR/T 0083—2013).

The standard has 281 items in eight classes. Here are those a claims department meets most, in our own
short words; where an insurer's wording needs another, it is added here. ``code`` is the class
and section of the standard's chapter 4 with a running number of ours: a report that names an item
missing here is taken by class and grade, and a person compares it with the printed standard.
"""

from __future__ import annotations

from dataclasses import dataclass

STANDARD = "JR/T 0083—2013"
CLASSES = {
    "1": "神经系统的结构和精神功能",
    "2": "眼，耳和有关的结构和功能",
    "3": "发声和言语的结构和功能",
    "4": "心血管，免疫和呼吸系统的结构和功能",
    "5": "消化、代谢和内分泌系统有关的结构和功能",
    "6": "泌尿和生殖系统有关的结构和功能",
    "7": "神经肌肉骨骼和运动有关的结构和功能",
    "8": "皮肤和有关的结构和功能",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One condition with its grade."""

    code: str
    words: str
    grade: int

    @property
    def section(self) -> str:
        """Part and nature: two items of one section do not count twice for the same part."""
        return self.code.split("-")[0]


_ROWS = (
    ("1.1", ((10, "外伤性脑脊液鼻漏或耳漏"),)),
    ("1.2", ((1, "极度智力缺损（智商≤20），完全护理依赖"), (2, "重度智力缺损（智商≤34），完全护理依赖"),
             (3, "重度智力缺损（智商≤34），大部分护理依赖"), (4, "中度智力缺损（智商≤49），大部分护理依赖"))),
    ("1.3", ((1, "植物状态"),)),
    ("2.1", ((1, "双侧眼球缺失"), (1, "一侧眼球缺失，另一侧眼盲目5级"), (2, "一侧眼球缺失，另一侧眼盲目4级"),
             (3, "一侧眼球缺失，另一侧眼盲目3级"), (4, "一侧眼球缺失，另一侧眼低视力2级"),
             (5, "一侧眼球缺失，另一侧眼低视力1级"), (7, "一侧眼球缺失"))),
    ("3.1", ((5, "外鼻部完全缺失"), (7, "外鼻部大部分缺损"), (8, "鼻尖及一侧鼻翼缺损"), (9, "一侧鼻翼缺损"),
             (10, "单侧鼻腔或鼻孔闭锁"))),
    ("3.2", ((3, "舌缺损大于全舌的三分之二"), (6, "舌缺损大于全舌的三分之一"), (9, "牙齿脱落≥16枚"),
             (10, "牙齿脱落≥8枚"))),
    ("3.3", ((8, "语言功能完全丧失"),)),
    ("4.1", ((1, "心肺联合移植"), (3, "心脏贯通伤修补术后心电图有明显改变"), (8, "心肌破裂修补"))),
    ("4.2", ((8, "脾切除"), (9, "脾部分切除"), (10, "脾破裂修补"))),
    ("4.3", ((4, "一侧全肺切除"), (4, "双侧肺叶切除"), (5, "同侧双肺叶切除"), (7, "肺叶切除"))),
    ("4.4", ((8, "≥12根肋骨骨折"), (9, "≥8根肋骨骨折或≥4根肋骨缺失"), (10, "≥4根肋骨骨折或≥2根肋骨缺失"))),
    ("7.9", ((1, "三肢以上缺失"), (2, "二肢缺失（肘、膝关节以上）"), (3, "二肢缺失（腕、踝关节以上）"),
             (4, "一肢缺失（肘、膝关节以上）"), (5, "一肢缺失（腕、踝关节以上）"))),
    ("8.2", tuple((grade, f"瘢痕面积≥全身体表面积的{percent}%") for grade, percent in
                  enumerate((90, 80, 70, 60, 50, 40, 30, 20, 10, 5), 1))),
)  # fmt: skip
ITEMS: dict[str, Item] = {
    f"{section}-{n}": Item(f"{section}-{n}", words, grade)
    for section, rows in _ROWS
    for n, (grade, words) in enumerate(rows, 1)
}
