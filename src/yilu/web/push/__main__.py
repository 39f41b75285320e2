"""``yilu push``, or ``python -m yilu.web.push``: the process that tells pages there is news."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Sequence
from types import FrameType

KEPT_OPEN_MS = 30_000
"""After so long without an acknowledgement the network itself gives a silent reader up."""
STOP_SECONDS = 3


def main(arguments: Sequence[str]) -> int:
    """Serve until SIGTERM or Ctrl-C; open connections are ended in order."""
    parser = argparse.ArgumentParser(prog="yilu push", description="Tells pages there is news.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("YILU_PUSH_PORT", "8002")))
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilu.site.settings")

    import django

    django.setup()

    import uvicorn

    from yilu.kernel import memory
    from yilu.web.push.app import Push

    app = Push()

    class Server(uvicorn.Server):
        """Ends what is open before it waits for it."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            app.hub.stop()
            super().handle_exit(sig, frame)

    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", ws="none", lifespan="on", log_config=None,
        access_log=False, server_header=False, timeout_graceful_shutdown=STOP_SECONDS,
        timeout_keep_alive=5,
    )  # fmt: skip
    try:
        listening = _listen(options.host, options.port)
    except OSError as problem:
        sys.stderr.write(f"yilu push cannot listen at {options.port}: {problem.strerror}\n")
        return 2
    memory.keep_what_is_loaded()
    Server(config).run(sockets=[listening])
    return 0


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, KEPT_OPEN_MS)
    made.bind((host, port))
    made.listen(1024)
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
