"""What work says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("work.item_taken", "有人开始处理")
class ItemTaken:
    """A member of staff took an item; from now on it has a name on it."""

    item_id: int
    queue: str
    staff_id: int


@fact("work.item_handed_over", "转交处理")
class ItemHandedOver:
    """An item went from one person to another, with a reason."""

    item_id: int
    queue: str
    from_staff_id: int | None
    to_staff_id: int
    reason: str


@fact("work.item_finished", "办理完成")
class ItemFinished:
    """Whoever held an item said that it is done."""

    item_id: int
    queue: str


@fact("work.item_released", "放回队列")
class ItemReleased:
    """Whoever had taken it put it back."""

    item_id: int
    queue: str


@fact("work.item_escalated", "升级处理")
class ItemEscalated:
    """An item went to the next level, by a clock or by a person."""

    item_id: int
    queue: str
    level: int
    reason: str


@fact("work.items_pooled", "转全国共享作业")
class ItemsPooled:
    """An office's waiting items may now be taken by staff of any office."""

    queue: str
    office_id: int
    count: int


@fact("work.helper_set", "共享作业人员变动")
class HelperSet:
    """Somebody helps other offices with a queue up to so many a day; 0: no longer."""

    queue: str
    staff_id: int
    daily_max: int
