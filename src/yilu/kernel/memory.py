"""What a long-lived process keeps in memory from its start to its end."""

from __future__ import annotations

import gc

SELDOM = (50_000, 20, 50)
"""After how many new objects the collector looks for circles; Python's own 700 is for small programs."""


def collect_seldom() -> None:
    """
    Look for circles of dead objects every fifty thousand new ones instead of every seven hundred.

    Nearly everything dies by itself when nobody names it any more; looking for the rest cost an
    eighth of the time a batch of claims took, and a fifth of the start. Circles wait a little longer:
    some megabytes.
    """
    gc.set_threshold(*SELDOM)


def keep_what_is_loaded() -> None:
    """
    Tell the garbage collector that what is loaded by now stays for good, and to look seldom.

    Hundreds of thousands of objects of modules, models and routes are otherwise walked again with
    every full collection: it was a third of the time a batch of claims took. Call it once, after
    everything was imported; what is made later is collected as before.
    """
    collect_seldom()
    gc.collect()
    gc.freeze()
