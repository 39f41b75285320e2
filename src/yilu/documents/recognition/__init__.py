"""
Reading files: from the best source a file has to the picture of it.

Nothing here is loaded by the web process but ``xmltree``, ``ofd`` and ``pages``: what needs numpy,
OpenCV or the recognition models is imported inside the functions a worker calls.
"""
