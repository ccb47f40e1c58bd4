"""Which district is meant by the names that people use, old ones included (fields.md 5.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.domain.catalogue import District
from backend.domain.errors import UnknownOption


@dataclass(frozen=True)
class DistrictMatch:
    """`legacy_name` keeps an old name that was written; `to_confirm` is set for a place inside the district."""

    code: str
    name: str
    legacy_name: str = ""
    to_confirm: bool = False


def read_district(text: str, districts: Mapping[str, District]) -> DistrictMatch:
    """A district by code, GB code, name, old name or alias.

    Raises:
        UnknownOption: none is meant.
    """
    plain = text.strip().removeprefix("北京市").removeprefix("北京").strip()
    for district in districts.values():
        if plain in (district.code, district.gb_code, district.name, district.name.removesuffix("区")) and plain:
            return DistrictMatch(district.code, district.name)
        if plain in district.legacy_names:
            return DistrictMatch(district.code, district.name, legacy_name=plain)
        if plain in district.aliases:
            return DistrictMatch(district.code, district.name)
        if plain in district.ask_aliases:
            return DistrictMatch(district.code, district.name, to_confirm=True)
    raise UnknownOption(choices="、".join(district.name for district in districts.values()))


def district_in(address: str, districts: Mapping[str, District]) -> DistrictMatch | None:
    """The district that an address names, if it names one."""
    for district in districts.values():
        names = (district.name, *district.legacy_names, district.name.removesuffix("区"))
        for name in names:
            if len(name) > 1 and name in address:
                legacy = name if name in district.legacy_names else ""
                return DistrictMatch(district.code, district.name, legacy_name=legacy)
    return None
