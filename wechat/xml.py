"""Reads and writes the flat XML of WeChat's pushes and passive replies, within bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NoReturn
from xml.parsers import expat

import xmltodict

from wechat.errors import BadPush

DEPTH_LIMIT: Final = 12
ELEMENT_LIMIT: Final = 2000

# XML 1.0 cannot carry these at all; a push or reply with one would be lost for a character nobody sees.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def without_control_characters(text: str) -> str:
    """The text without the characters that XML (and the chat) cannot show."""
    return _FORBIDDEN.sub("", text)


def cdata(text: str) -> str:
    """A CDATA section that shows exactly `text`, whatever `]]>` or control characters it holds."""
    return "<![CDATA[" + without_control_characters(text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def parse_xml(body: bytes) -> Mapping[str, object]:
    """The elements under `<xml>`.

    Raises:
        BadPush: not UTF-8, not XML, another root, a document type, too deep or too many elements.
    """
    try:
        text = without_control_characters(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadPush("not_utf8") from None
    _check_bounds(text)
    try:
        fields = xmltodict.parse(text).get("xml")
    except Exception:
        raise BadPush("not_xml") from None
    if not isinstance(fields, Mapping):
        raise BadPush("not_a_push")
    return fields


def _check_bounds(text: str) -> None:
    depth = elements = 0

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > DEPTH_LIMIT or elements > ELEMENT_LIMIT:
            raise BadPush("too_deep")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> NoReturn:
        raise BadPush("doctype")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text, True)
    except expat.ExpatError:
        raise BadPush("not_xml") from None
