"""keep_what_is_loaded …"""

import gc
import weakref

from yilu.kernel import memory


def test_leaves_what_comes_later_to_the_collector():
    class Later:
        pass

    memory.keep_what_is_loaded()
    assert gc.get_freeze_count() > 10_000, "modules and models are walked no more"
    made = Later()
    made.itself = made
    watched = weakref.ref(made)
    del made
    gc.collect()
    assert watched() is None
