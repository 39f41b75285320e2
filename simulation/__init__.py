"""
A simulated year: the real operations driven by a virtual clock. ``yilu simulate``; docs/simulation.md.

Beside ``bench`` and ``demo``: it is no part of the running system. It has a throw-away database of its
own, an office with staff and hours, and a design (``designs/*.toml``) that says how claims are worked.
"""
