"""What must be so before anything starts, and the sentences that say it is not."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from yilu.site.postgres import OLDEST_MAJOR

CONNECT_SECONDS = 5
_HOW = "postgresql://user:password@host:port/name"


class CannotStart(Exception):
    """Something outside the program is missing or wrong; the text is for whoever starts it."""


def must_answer(url: str) -> None:
    """
    Make sure that a usable database stands behind a DATABASE_URL.

    :raises CannotStart: it is no URL, nobody answers, we are not let in, it is too old. The sentence
        never holds the password.
    """
    place = _place_of(url)
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
            major = connection.info.server_version // 10_000
            encoding = connection.info.parameter_status("server_encoding")
    except psycopg.Error as problem:
        raise CannotStart(_why_not(str(problem), place)) from None
    if major < OLDEST_MAJOR:
        raise CannotStart(
            f"PostgreSQL {major} answers at {place}; Yilu needs {OLDEST_MAJOR} or newer. Name a newer server "
            "in DATABASE_URL, or leave it empty to use one of our own."
        )
    if encoding != "UTF8":
        raise CannotStart(
            f"The database at {place} keeps text as {encoding}; Yilu needs UTF8: create database … encoding 'UTF8'."
        )


def kept_secret(folder: Path, name: str, size: int = 48) -> str:
    """
    The secret of that name in a folder, made the first time it is asked for.

    Processes that start together get the same one: it appears whole or not at all.

    :raises CannotStart: it cannot be written or read, or is empty.
    """
    path = folder / name
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_once(path, secrets.token_urlsafe(size))
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "not a text"
        raise CannotStart(
            f"The secret {name.upper()} is not in the environment, and {path} cannot be used ({why}). Set it, "
            "or let this user write to YILU_VAR."
        ) from None
    if not found:
        raise CannotStart(
            f"{path} is empty. Put the secret back from your copy; if nothing was ever kept with it, "
            "delete the file and start again."
        )
    return found


def _write_once(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    try:
        draft.write_text(text, encoding="utf-8")
        with contextlib.suppress(
            FileExistsError
        ):  # another process was a moment sooner: theirs counts
            os.link(draft, path)
    finally:
        draft.unlink()


def _place_of(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError:
        raise CannotStart(f"DATABASE_URL cannot be read: it should look like {_HOW}.") from None
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise CannotStart(f"DATABASE_URL must name a PostgreSQL database: {_HOW}.")
    return f"{parts.hostname or 'this machine'}:{port}/{parts.path.strip('/')}"


def _why_not(said: str, place: str) -> str:
    server, _slash, name = place.partition("/")
    if "password authentication failed" in said or "no password supplied" in said:
        return f"PostgreSQL at {server} does not accept this user and password: see DATABASE_URL."
    if "does not exist" in said and "database" in said:
        return f"There is no database “{name}” at {server}: create it, or correct DATABASE_URL."
    if "pg_hba.conf" in said:
        return f"PostgreSQL at {server} does not let this machine and user in: see its pg_hba.conf."
    if "too many" in said or "remaining connection slots" in said:
        return f"PostgreSQL at {server} has no connection to spare: raise max_connections."
    if "starting up" in said or "shutting down" in said or "recovery" in said:
        return f"PostgreSQL at {server} is starting or stopping: try again in a moment."
    return f"No PostgreSQL answers at {server}. Is it running, and is DATABASE_URL right?"
