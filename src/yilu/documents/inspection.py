"""
What a file really is, and whether it may come in at all. Nothing is stored before this says yes.

The content decides, never the name; a name that claims another family of file is refused, because
either the customer picked the wrong file or somebody is trying something. Every limit is checked
before the part it guards is unpacked.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from dataclasses import dataclass
from pathlib import PurePath

from yilu.documents.recognition import xmltree
from yilu.kernel.errors import Invalid

MEGABYTE = 1024 * 1024
BYTES_MAX = 20 * MEGABYTE
PDF_PAGES_MAX = 200
PHOTO_PIXELS_MAX = 120_000_000
IMAGE_PIXELS_MAX = 40_000_000
"""Of a picture that can only be opened whole; a JPEG photo can be opened at an eighth of its size."""
IMAGE_SIDE_MAX = 20_000
IMAGE_SIDE_MIN = 64
OFD_MEMBERS_MAX = 2_000
OFD_MEMBER_BYTES_MAX = 32 * MEGABYTE
OFD_BYTES_MAX = 100 * MEGABYTE
OFD_RATIO_MAX = 200
"""How many times larger than the archive its content may be, once it is over a megabyte."""


class EmptyFile(Invalid):
    """There is nothing in the file."""

    code = "empty_file"
    message = "文件是空的，没有任何内容"
    hint = "请重新选择文件，或重新拍照后再上传。"


class FileTooLarge(Invalid):
    """The file is larger than we take."""

    code = "file_too_large"
    message = "文件超过20MB，无法上传"
    hint = "请将照片压缩，或将文件分成几份后再上传。"
    status = 413


class UnsupportedType(Invalid):
    """Not a kind of file we can read."""

    code = "unsupported_type"
    message = "不支持这种格式的文件"
    hint = "请上传照片（JPG、PNG、WebP）、PDF、OFD或电子票据XML文件。"
    status = 415


class HeicPhoto(Invalid):
    """A photograph as some phones keep it (HEIC): we cannot open it."""

    code = "heic_photo"
    message = "这是HEIC格式的照片，暂时打不开"
    hint = "请截屏后上传截图，或在手机“设置—相机—格式”里选“兼容性最佳”，再拍一次。"
    status = 415


class WrongExtension(Invalid):
    """The name says another kind of file than the content."""

    code = "wrong_extension"
    message = "文件的扩展名与实际内容不符"
    hint = "请不要修改文件的扩展名，上传从原处保存的文件。"


class EncryptedFile(Invalid):
    """The file needs a password."""

    code = "encrypted_file"
    message = "文件设有密码，无法打开"
    hint = "请取消密码后重新保存，再上传。"


class CorruptFile(Invalid):
    """The file is damaged."""

    code = "corrupt_file"
    message = "文件已损坏，无法打开"
    hint = "请确认文件在您的手机或电脑上能正常打开，再重新上传。"


class ArchiveBomb(Invalid):
    """Unpacked, the file would be out of all proportion."""

    code = "archive_bomb"
    message = "文件解压后过大，为安全起见未予接收"
    hint = "请上传开票平台下载的原始文件。"


class UnsafeXml(Invalid):
    """The XML declares a document type or entities, which no e-invoice needs."""

    code = "unsafe_xml"
    message = "XML文件中含有外部引用，为安全起见未予接收"
    hint = "请上传开票平台下载的原始XML文件。"


class TooManyPages(Invalid):
    """More pages than a person or a machine will read."""

    code = "too_many_pages"
    message = "文件超过200页，无法上传"
    hint = "请只上传与本次理赔有关的页。"


class ImageTooLarge(Invalid):
    """More pixels than any camera takes: it would fill the memory when opened."""

    code = "image_too_large"
    message = "图片尺寸过大，无法打开"
    hint = "请用手机直接拍照上传，或将图片缩小后再上传。"


class ImageTooSmall(Invalid):
    """Nothing can be read on so few pixels."""

    code = "image_too_small"
    message = "图片尺寸太小，看不清内容"
    hint = "请上传原图，不要上传缩略图。"


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that may come in: what it is, and its number of pages."""

    media_type: str
    pages: int


_EXTENSIONS = {
    "application/pdf": {"pdf"},
    "application/ofd": {"ofd"},
    "application/xml": {"xml"},
    # Phones and chat programs rename pictures freely: any picture may be called any picture.
    "image": {"jpg", "jpeg", "jpe", "jfif", "png", "webp", "bmp", "tif", "tiff"},
}
_FAMILY_OF = {ext: family for family, extensions in _EXTENSIONS.items() for ext in extensions}
_IMAGES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
}

_HEIC = {
    b"ftyp" + brand for brand in (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
}


def inspect(filename: str, content: bytes) -> Inspected:
    """
    Look at a file before it is kept.

    :raises Invalid: one of this module's refusals. The number of pages is 1 for pictures and XML.
    """
    if not content:
        raise EmptyFile
    if len(content) > BYTES_MAX:
        raise FileTooLarge
    media_type = sniff(content)
    if media_type is None and content[4:12] in _HEIC:
        raise HeicPhoto
    if media_type is None:
        raise UnsupportedType if _extension(filename) not in _FAMILY_OF else _mismatch(content)
    family = "image" if media_type.startswith("image/") else media_type
    claimed = _extension(filename)
    if claimed and _FAMILY_OF.get(claimed) != family:
        if media_type == "application/ofd":
            _inspect_ofd(content)  # any other archive has a better reason to be refused
        raise WrongExtension
    if family == "image":
        return Inspected(media_type, _inspect_image(content))
    if media_type == "application/pdf":
        return Inspected(media_type, _inspect_pdf(content))
    if media_type == "application/ofd":
        return Inspected(media_type, _inspect_ofd(content))
    _inspect_xml(content)
    return Inspected(media_type, 1)


def sniff(content: bytes) -> str | None:
    """The media type the content has, or None for anything we do not take."""
    head = content[:1024]
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if (
        head[:2] == b"BM"
        and len(content) > 26
        and struct.unpack("<I", head[14:18])[0] in (12, 40, 108, 124)
    ):
        return "image/bmp"
    if head[:4] in (b"II*\x00", b"MM\x00*"):
        return "image/tiff"
    if b"%PDF-" in head:
        return "application/pdf"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return "application/ofd"
    if xmltree.looks_like_xml(head):
        return "application/xml"
    return None


def _extension(filename: str) -> str:
    return PurePath(filename).suffix.lower().removeprefix(".")


def _mismatch(content: bytes) -> Invalid:
    """A name we know over a content we do not: some other file renamed, or ours beyond repair."""
    other = (
        b"MZ",
        b"\x7fELF",
        b"GIF8",
        b"\xd0\xcf\x11\xe0",
        b"Rar!",
        b"7z\xbc\xaf",
        b"\x1f\x8b",
        b"ID3",
    )
    if (
        content.startswith(other)
        or content[4:8] == b"ftyp"
        or re.match(rb"\s*<(!doctype )?html", content[:64], re.IGNORECASE)
    ):
        return WrongExtension()
    return CorruptFile()


def _inspect_image(content: bytes) -> int:
    import warnings

    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=list(_IMAGES)) as image:
                width, height = image.size
                photo = image.format in {"JPEG", "MPO"}
                if width * height > (PHOTO_PIXELS_MAX if photo else IMAGE_PIXELS_MAX):
                    raise ImageTooLarge
                if max(width, height) > IMAGE_SIDE_MAX:
                    raise ImageTooLarge
                if min(width, height) < IMAGE_SIDE_MIN:
                    raise ImageTooSmall
                pages = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
                if image.format == "PNG":
                    image.verify()  # every chunk's checksum, without unpacking the pixels
                else:
                    image.draft("L", (width // 8, height // 8))
                    image.load()
    except Image.DecompressionBombError:
        raise ImageTooLarge from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error):
        raise CorruptFile from None
    if pages > PDF_PAGES_MAX:
        raise TooManyPages
    return pages


def _inspect_pdf(content: bytes) -> int:
    import pypdfium2

    from yilu.documents.recognition.pages import PDFIUM

    with PDFIUM:
        try:
            with pypdfium2.PdfDocument(content) as document:
                pages = len(document)
        except pypdfium2.PdfiumError as failed:
            if "assword" in str(failed):
                raise EncryptedFile from None
            raise CorruptFile from None
    if not pages:
        raise CorruptFile
    if pages > PDF_PAGES_MAX:
        raise TooManyPages
    return pages


def _inspect_ofd(content: bytes) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _inspect_members(members, len(content))
            if not any(m.filename.lower().lstrip("/") == "ofd.xml" for m in members):
                raise UnsupportedType
            # The directory may lie about sizes: unpack each member, no further than it claims.
            for member in members:
                _unpack(archive, member)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        OSError,
        EOFError,
        ValueError,
        NotImplementedError,
    ):
        raise CorruptFile from None
    from yilu.documents.recognition import ofd

    try:
        pages = ofd.count_pages(content)
    except ofd.Unsafe:
        raise UnsafeXml from None
    except ofd.Unreadable:
        raise CorruptFile from None
    if pages > PDF_PAGES_MAX:
        raise TooManyPages
    return pages


def _inspect_members(members: list[zipfile.ZipInfo], packed: int) -> None:
    if len(members) > OFD_MEMBERS_MAX:
        raise ArchiveBomb
    total = sum(m.file_size for m in members)
    if any(m.file_size > OFD_MEMBER_BYTES_MAX for m in members) or total > OFD_BYTES_MAX:
        raise ArchiveBomb
    if total > MEGABYTE and total > packed * OFD_RATIO_MAX:
        raise ArchiveBomb
    names = {PurePath(m.filename).name.lower() for m in members}
    if any(m.flag_bits & 0x1 for m in members) or "encryptions.xml" in names:
        raise EncryptedFile
    if any(".." in PurePath(m.filename.replace("\\", "/")).parts for m in members):
        raise CorruptFile


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    import zlib

    try:
        with archive.open(member) as stream:
            content = stream.read(OFD_MEMBER_BYTES_MAX + 1)
    except (zlib.error, RuntimeError):
        raise CorruptFile from None
    if len(content) > OFD_MEMBER_BYTES_MAX:
        raise ArchiveBomb
    if member.filename.lower().endswith((".xml", ".xbrl")) and xmltree.declares_types(content):
        raise UnsafeXml


def _inspect_xml(content: bytes) -> None:
    try:
        xmltree.parse(content)
    except xmltree.Unsafe:
        raise UnsafeXml from None
    except xmltree.Malformed:
        raise CorruptFile from None
