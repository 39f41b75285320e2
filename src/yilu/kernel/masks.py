"""What a screen shows of personal data until somebody has a reason to see all of it."""

from __future__ import annotations

STAR = "*"


def mask_name(name: str) -> str:
    """张三 → 张*, 欧阳娜娜 → 欧***; the first character only."""
    return name[:1] + STAR * max(len(name) - 1, 1) if name else ""


def mask_phone(phone: str) -> str:
    """+8613812341234 or 13812341234 → 138****1234; other numbers keep their last four digits."""
    national = phone.removeprefix("+86")
    if len(national) == 11 and national.startswith("1"):
        return f"{national[:3]}****{national[-4:]}"
    return _keep(national, 0, 4) if phone else ""


def mask_identity(number: str) -> str:
    """110101199001011234 → 110101********1234; a shorter number keeps its first and last two."""
    if len(number) == 18:
        return f"{number[:6]}********{number[-4:]}"
    return _keep(number, 2, 2) if number else ""


def mask_account(number: str) -> str:
    """6222021234561234 → 6222 **** **** 1234; a short account keeps its last four."""
    if len(number) >= 12:
        return f"{number[:4]} **** **** {number[-4:]}"
    return f"**** {number[-4:]}" if len(number) > 6 else STAR * 4 if number else ""


def mask_email(address: str) -> str:
    """zhangsan@example.com → z***@example.com."""
    local, at, domain = address.partition("@")
    return f"{local[:1]}***{at}{domain}" if local else ""


def _keep(text: str, first: int, last: int) -> str:
    if len(text) <= first + last:
        return STAR * max(len(text), 4)
    return text[:first] + STAR * (len(text) - first - last) + text[len(text) - last :]
