"""What a plan of a place may be. Source: docs/rules/dossiers.md."""

from __future__ import annotations

from wangge.kernel.errors import Refused

MOST_HEAD = 16  # bytes that tell what a file is


class NotADrawing(Refused):
    status = 422
    code = "dossiers.not_a_drawing"
    zh = "“{name}”不是 PDF、JPEG、PNG、WebP 或 DWG 文件，或已损坏。请换成其中一种再上传。"
    en = "{name} is no PDF, JPEG, PNG, WebP or DWG file, or it is damaged. Upload one of these."


class ReplacedAlready(Refused):
    code = "dossiers.replaced_already"
    zh = "“{title}”已被另一张图替代。请刷新后选择现行的那一张。"
    en = "{title} was replaced by another drawing. Reload and choose the one that stands."


def drawing_type(head: bytes) -> str | None:
    """Return the media type of a plan by its first bytes; None for what nobody would open. Rule: DS-15."""
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:2] == b"AC" and head[2:6].isdigit():  # AC1032: the edition of the format
        return "application/acad"
    return None
