"""
Write the official Chinese calendar as our data: run once a year, when the notice is out.

    .venv/bin/python tools/make_calendar.py

It needs the development dependency ``holidays``; the platform never does. Years whose notice is
not out hold the statutory days only and are marked provisional in ``calendar.toml``.
"""

import csv
import datetime
from pathlib import Path

import holidays

FIRST, LAST, CONFIRMED = 2020, 2028, 2026
TARGET = Path(__file__).parents[1] / "src/yilu/standards/catalogue/calendar_cn.csv"


def main() -> None:
    """Write one line a day that differs from the plain week, or that has a name."""
    china = holidays.country_holidays("CN", years=range(FIRST, LAST + 1), language="zh_CN")
    lines = []
    for day, name in china.items():
        if FIRST <= day.year <= LAST:
            plain = (
                "调休休息"
                if "调休" in name
                else name.replace("（补假）", "补假").replace("; ", "、")
            )
            lines.append((day, "REST", plain))
    lines += [
        (day, "WORK", "调休上班")
        for day in china.weekend_workdays
        if FIRST <= day.year <= CONFIRMED
    ]
    for day, kind, _ in lines:
        weekend = day.weekday() > 4
        assert kind == "REST" or weekend, f"{day}: only a weekend is made up"
        assert isinstance(day, datetime.date)
    with TARGET.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("day", "kind", "name"))
        writer.writerows(sorted(lines))


if __name__ == "__main__":
    main()
