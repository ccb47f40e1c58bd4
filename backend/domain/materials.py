"""Which materials a case needs, and which of them are still missing (F37, F38, T8, T11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.domain.catalogue import Catalogue, Mark, Material
from backend.domain.conditions import Facts
from backend.domain.context import ItemState, ItemStatus
from backend.domain.profile import BusinessType

OTHER_ITEM = "OT05"
BUCKET_ITEM = "OT06"
"""The one item that takes everything of a business whose list is only advice (F68)."""


@dataclass(frozen=True)
class Requirement:
    """One material of this case; `files_min` is already multiplied by the children when it is per child."""

    material: Material
    required: bool
    files_min: int
    files_max: int

    @property
    def code(self) -> str:
        return self.material.code


@dataclass(frozen=True)
class Missing:
    """One required item that lacks files."""

    code: str
    name: str
    files: int
    files_min: int
    pages: tuple[str, ...] = ()


def requirements(catalogue: Catalogue, business: BusinessType, facts: Facts) -> tuple[Requirement, ...]:
    """Every material of the business whose condition holds, in the catalogue's order.

    A ● item is required; a ◐ item is required when its condition holds and absent when not; a ○ item is optional, and
    absent when it has a condition that does not hold.
    """
    found = []
    for material in catalogue.materials.values():
        mark = material.marks.get(business)
        condition = material.condition_for(business)
        if mark is None or (condition is not None and not condition.holds(facts)):
            continue
        times = max(int(facts.get("children", "1") or 1), 1) if material.per_child else 1
        low, high = material.files_min * times, material.files_max * times
        found.append(Requirement(material, mark is not Mark.OPTIONAL, low, high))
    return tuple(found)


def is_satisfied(requirement: Requirement, state: ItemState | None, *, photo_accepted: bool) -> bool:
    """Whether the item has what it needs; the one-inch photo counts for its own item (BA04)."""
    if requirement.material.from_photo and photo_accepted:
        return True
    return state is not None and state.state is not ItemStatus.REJECTED and state.files >= requirement.files_min


def completeness(
    needed: tuple[Requirement, ...], items: Mapping[str, ItemState], *, photo_accepted: bool
) -> tuple[Missing, ...]:
    """Required items without enough files, for the check on 提交 and for 还差啥."""
    return tuple(
        _missing(one, items.get(one.code))
        for one in needed
        if one.required and not is_satisfied(one, items.get(one.code), photo_accepted=photo_accepted)
    )


def _missing(one: Requirement, state: ItemState | None) -> Missing:
    files = state.files if state and state.state is not ItemStatus.REJECTED else 0
    return Missing(one.code, one.material.name, files, one.files_min, pages_to_come(one, files))


def pages_to_come(one: Requirement, files: int) -> tuple[str, ...]:
    """What the photos show that have not come yet, taking them in their order; empty where all are alike."""
    return one.material.pages[files:] if one.files_min == one.material.files_min else ()


def still_to_send(files: int, files_min: int, pages: tuple[str, ...]) -> str:
    """How many photos an item has and lacks, and which: 已收到1张，还差1张（国徽面）."""
    lack = max(files_min - files, 0)
    named = f"（{'、'.join(pages)}）" if pages and lack else ""
    if files and lack:
        return f"已收到{files}张，还差{lack}张{named}"
    if files:
        return f"已收到{files}张"
    return f"要{lack}张{named}" if lack > 1 else ""


def short_name(name: str) -> str:
    """The name as it is listed among others: without what stands in brackets at its end or after a slash."""
    first = name.partition("/ ")[0].strip()
    while first.endswith("）") and "（" in first:
        first = first[: first.rindex("（")]
    return first
