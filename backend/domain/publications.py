"""What operators publish over the files: the newest change of each key counts, and every version can be built again."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

Documents = Mapping[str, Mapping[str, Any]]
STANDARD: Final = "standard"
MARK: Final = "+"


class ContentKind(StrEnum):
    """What can be published; the value is stored."""

    FEES = "fees"
    NOTICE = "notice"
    MATERIAL = "material"
    TEXT = "text"
    MESSAGE = "message"


OF_CATALOGUE: Final = frozenset({ContentKind.FEES, ContentKind.NOTICE, ContentKind.MATERIAL})


@dataclass(frozen=True)
class Change:
    """One publication; `body` None is the file's own content again. Numbers rise in the order of publishing."""

    number: int
    kind: ContentKind
    key: str
    body: Mapping[str, Any] | None


def newest(changes: Sequence[Change]) -> Mapping[tuple[ContentKind, str], Change]:
    """The change that counts for each key, those that went back to the file left out."""
    found = {(one.kind, one.key): one for one in sorted(changes, key=lambda one: one.number)}
    return {place: one for place, one in found.items() if one.body is not None}


def changes_of_catalogue(changes: Sequence[Change], *, until: int | None = None) -> list[Change]:
    return [one for one in changes if one.kind in OF_CATALOGUE and (until is None or one.number <= until)]


def version_of(base: str, changes: Sequence[Change]) -> str:
    """`2026.11.4+12`: the files' version, and the last change of the catalogue that is in it."""
    return f"{base}{MARK}{max(one.number for one in changes)}" if changes else base


def split_version(version: str) -> tuple[str, int | None]:
    """The files' version and the number of the last change; None when there was none."""
    base, mark, number = version.rpartition(MARK)
    return (base, int(number)) if mark and number.isdecimal() else (version, None)


def overlaid(documents: Documents, changes: Sequence[Change]) -> Documents:
    """The catalogue's documents with these changes; what a file does not know (any more) is left out."""
    if not changes:
        return documents
    result: dict[str, dict[str, Any]] = {name: copy.deepcopy(dict(one)) for name, one in documents.items()}
    result["catalogue"]["version"] = version_of(str(documents["catalogue"]["version"]), changes)
    for (kind, key), change in newest(changes).items():
        _LAY[kind](result, key, change)
    return result


def _lay_fees(documents: dict[str, dict[str, Any]], key: str, change: Change) -> None:
    fees, body = documents["fees"], change.body or {}
    if key == STANDARD:
        fees.update(body)
        return
    agreed = {**(fees.get("by_employer") or {})}
    agreed[key] = dict(body["by_business"])
    fees["by_employer"] = {uscc: prices for uscc, prices in agreed.items() if prices}


def _lay_notice(documents: dict[str, dict[str, Any]], key: str, change: Change) -> None:
    for row in documents["notices"]["notices"]:
        if notice_key(row) == key:
            # Applicants confirm one version of it: a published one is another version.
            row.update({**(change.body or {}), "version": f"{row['version']}.{change.number}"})


def _lay_material(documents: dict[str, dict[str, Any]], key: str, change: Change) -> None:
    for row in documents["materials"]["materials"]:
        if row["code"] == key:
            row.update(change.body or {})


def notice_key(row: Mapping[str, Any]) -> str:
    """A notice is named by the first business that it is for."""
    return str(row["businesses"][0])


_LAY: Final = {
    ContentKind.FEES: _lay_fees,
    ContentKind.NOTICE: _lay_notice,
    ContentKind.MATERIAL: _lay_material,
}
