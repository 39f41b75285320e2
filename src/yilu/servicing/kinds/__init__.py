"""Every kind of request there is (保全项目), one small module each; the order is the hall's."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from yilu.servicing.frame import Kind

MODULES: tuple[ModuleType, ...] = ()
"""Each has one ``KIND``. Add a module here and it stands in the hall."""

KINDS: Mapping[str, Kind] = {module.KIND.code: module.KIND for module in MODULES}
