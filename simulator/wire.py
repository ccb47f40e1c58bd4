"""Writes the XML that the platform pushes and reads the XML that it gets back."""

import re
from collections.abc import Mapping
from typing import Final, Union
from xml.etree import ElementTree

Value = Union[str, int, "Mapping[str, Value]"]
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class NotXml(ValueError):
    """The reason is the message."""


def render(fields: Mapping[str, Value]) -> str:
    """`<xml>` with text in CDATA and numbers bare, as WeChat writes it."""
    return f"<xml>{_elements(fields)}</xml>"


def _elements(fields: Mapping[str, Value]) -> str:
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())


def _value(value: Value) -> str:
    if isinstance(value, str):
        return f"<![CDATA[{_FORBIDDEN.sub('', value).replace(']]>', ']]]]><![CDATA[>')}]]>"
    if isinstance(value, int):
        return str(value)
    return _elements(value)


def parse(body: bytes | str) -> ElementTree.Element:
    """The root `<xml>` element. Raises NotXml."""
    text = _decoded(body)
    if text.lstrip()[:1] in ("{", "["):
        raise NotXml("the answer is JSON, not XML")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise NotXml("the answer declares a document type")
    try:
        root = ElementTree.fromstring(text.strip())  # noqa: S314 (document types are refused above)
    except ElementTree.ParseError as error:
        raise NotXml(f"the XML is not well-formed: {error}") from error
    if root.tag != "xml":
        raise NotXml(f"the root element is <{root.tag}>, not <xml>")
    return root


def text_of(root: ElementTree.Element, path: str) -> str:
    """Text of a child, empty when it is missing. Raises NotXml when there are several."""
    found = root.findall(path)
    if len(found) > 1:
        raise NotXml(f"<{path}> appears {len(found)} times")
    return (found[0].text or "") if found else ""


def _decoded(body: bytes | str) -> str:
    if isinstance(body, str):
        return body
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotXml("the answer is not UTF-8") from error
