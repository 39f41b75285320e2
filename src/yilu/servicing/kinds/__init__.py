"""Every kind of request there is (保全项目), one small module each; the order is the hall's."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from yilu.servicing.frame import Kind
from yilu.servicing.kinds import (
    account_closing,
    agent_change,
    assistance,
    beneficiaries,
    consents,
    contact_address,
    contact_email,
    contact_phone,
    freeze,
    guardian,
    holder,
    inheritance,
    occupation,
    particulars,
    pledge,
    premium_account,
    reissue,
    release_pledge,
    reminders,
    unfreeze,
)

MODULES: tuple[ModuleType, ...] = (
    contact_phone,
    contact_address,
    contact_email,
    particulars,
    beneficiaries,
    holder,
    occupation,
    inheritance,
    guardian,
    premium_account,
    reminders,
    reissue,
    freeze,
    unfreeze,
    pledge,
    release_pledge,
    consents,
    agent_change,
    assistance,
    account_closing,
)
"""Each has one ``KIND``. Add a module here and it stands in the hall."""

KINDS: Mapping[str, Kind] = {module.KIND.code: module.KIND for module in MODULES}
