"""How often and how long: sign-in, codes, look-ups of personal data, requests about one's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from yilu.kernel.words import marked as _

PASSWORD_TRIES = 5
"""This many failures in a row and the name must wait."""
LOCK_SECONDS_FIRST = 60
LOCK_SECONDS_MAX = 3600
ATTEMPT_FORGOTTEN_AFTER = timedelta(hours=24)

SIGN_IN_AGE = 18
"""Younger people do not sign in for themselves: a guardian acts for them."""
CODE_DIGITS = 6
CODE_LIFETIME = timedelta(minutes=5)
CODE_TRIES = 5

DATA_REQUEST_DAYS = 15
"""Within how many days a request about one's data is answered; the law says promptly (个保法 50):
the figure is to be confirmed by the insurer."""
IDENTITY_KEPT_YEARS = 10
"""How long identity data outlives the relation at least (反洗钱法 34)."""

UNMASK_REASONS: Mapping[str, str] = {
    "IDENTITY_CHECK": _("核对身份"),
    "CONTACT_CUSTOMER": _("联系客户"),
    "DOCUMENT_CHECK": _("核对资料"),
    "ACCOUNT_CHECK": _("核对收款账户"),
    "INVESTIGATION": _("调查核实"),
    "COMPLAINT": _("处理投诉"),
    "LEGAL_REQUEST": _("司法或监管要求"),
    "OWN_DATA": _("本人查看"),
}
UNMASK_FIELDS: Mapping[str, str] = {
    "name": _("姓名"),
    "phone": _("电话"),
    "identity": _("证件号码"),
    "email": _("邮箱"),
    "account": _("银行账号"),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``times`` within one window of ``seconds``."""

    times: int
    seconds: int


CODE_LIMITS_BY_PHONE = (Limit(1, 60), Limit(5, 3600), Limit(10, 86400))
CODE_LIMITS_BY_ADDRESS = (Limit(30, 600), Limit(300, 86400))
SIGN_IN_LIMITS_BY_ADDRESS = (Limit(60, 600),)
UNMASK_LIMITS = (Limit(60, 3600), Limit(300, 86400))


def lock_seconds(failures: int) -> int:
    """How long a name waits after so many failures in a row: none, then a minute, doubling."""
    over = failures - PASSWORD_TRIES
    if over < 0:
        return 0
    return min(LOCK_SECONDS_FIRST << min(over, 20), LOCK_SECONDS_MAX)


def window_start(at: datetime, seconds: int) -> datetime:
    """The beginning of the fixed window of so many seconds that ``at`` lies in."""
    whole = int(at.timestamp())
    return datetime.fromtimestamp(whole - whole % seconds, tz=at.tzinfo)
