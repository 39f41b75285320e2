"""XML from strangers: no document types, no entities, no depth without end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

DEPTH_MAX = 64
ELEMENTS_MAX = 100_000

_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


class Unsafe(Exception):
    """A document type, an entity, or out of all proportion."""


class Malformed(Exception):
    """Not well-formed XML."""


def looks_like_xml(head: bytes) -> bool:
    """Whether the beginning of a file is that of an XML document (not of a web page)."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head[: len(head) // 2 * 2].decode("utf-16", errors="ignore")
    else:
        text = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="ignore")
    text = text.lstrip()
    if text[:5] == "<?xml":
        return True
    return bool(re.match(r"<(?!(!doctype\s+)?html)[!A-Za-z_:\u4e00-\u9fff]", text, re.IGNORECASE))


def declares_types(content: bytes) -> bool:
    """Whether a document type or an entity is declared anywhere, in UTF-8 or UTF-16."""
    narrow = content.replace(b"\x00", b"")
    return bool(re.search(rb"<!\s*(DOCTYPE|ENTITY)", narrow, re.IGNORECASE))


def parse(content: bytes) -> Element:
    """
    Parse an XML document with its namespaces taken off (``fp:Name`` is ``Name``).

    :raises Unsafe: on a DTD, an entity, or more than ``ELEMENTS_MAX`` elements.
    :raises Malformed: if it is not well-formed or its encoding cannot be read.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if declares_types(content):
        raise Unsafe
    text = _decode(content)
    try:
        root: Element = fromstring(
            _DECLARATION.sub("", text, count=1).strip("\ufeff \t\r\n\x00"), forbid_dtd=True
        )
    except DefusedXmlException:
        raise Unsafe from None
    except (ParseError, ValueError, RecursionError):
        raise Malformed from None
    seen = 0
    layer = [root]
    for _ in range(DEPTH_MAX):
        seen += len(layer)
        if seen > ELEMENTS_MAX:
            raise Unsafe
        for element in layer:
            if isinstance(element.tag, str):
                element.tag = element.tag.rsplit("}", 1)[-1].rsplit(":", 1)[-1]
        layer = [child for element in layer for child in element]
        if not layer:
            return root
    raise Unsafe


def leaves(root: Element) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every element without children that holds text: its path below the root, and the text."""
    stack: list[tuple[tuple[str, ...], Element]] = [((), root)]
    while stack:
        path, element = stack.pop()
        children = [child for child in element if isinstance(child.tag, str)]
        if children:
            stack.extend(((*path, child.tag), child) for child in reversed(children))
        elif text := (element.text or "").strip():
            yield path, text
        for name, value in element.attrib.items():
            if value.strip():
                yield (*path, "@" + name.rsplit("}", 1)[-1]), value.strip()


def _decode(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    else:
        declared = _DECLARED.match(content.removeprefix(b"\xef\xbb\xbf")[:200])
        encoding = declared.group(1).decode("ascii").lower() if declared else "utf-8"
        if encoding in {"gb2312", "gbk", "cp936"}:
            encoding = "gb18030"
        if content[:3] == b"\xef\xbb\xbf":
            encoding = "utf-8-sig"
        if encoding.replace("_", "-") in {"utf-16", "utf16"}:
            encoding = "utf-8"  # it says so but has no mark and reads as bytes: the claim is wrong
    try:
        return content.decode(encoding)
    except LookupError:
        raise Malformed from None
    except UnicodeDecodeError:
        if encoding.startswith("utf-8"):
            try:
                return content.decode("gb18030")
            except UnicodeDecodeError:
                pass
        raise Malformed from None
