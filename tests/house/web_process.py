"""The web process, asked without a network: ``python -m tests.house.web_process /path …``."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

from yilu.site.wsgi import application

HEAVY = (
    "numpy", "cv2", "onnxruntime", "rapidocr", "typst", "scipy", "shapely", "pandas", "torch",
    "zxingcpp", "openpyxl", "lxml", "sklearn", "rjieba", "duckdb", "ahocorasick_rs", "aiortc", "av",
)  # fmt: skip


def ask(path: str) -> int:
    """The status of one page."""
    statuses: list[str] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80", "HTTP_HOST": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }  # fmt: skip
    body = application(environ, lambda status, headers, *_: statuses.append(status))
    list(body)
    return int(statuses[0].split()[0])


def take_a_paper() -> None:
    """What a customer hands in is looked at by the web process before it is kept."""
    from tests.documents import papers
    from yilu.documents.inspection import inspect

    inspect("照片.png", papers.picture())
    inspect("发票.pdf", papers.pdf())


if __name__ == "__main__":
    served = {path: ask(path) for path in sys.argv[1:]}
    take_a_paper()
    loaded = sorted(name for name in HEAVY if name in sys.modules)
    sys.stdout.write(json.dumps({"served": served, "heavy": loaded}))
