"""Which catalogue a case uses: the one it was opened under as long as its folder is kept (catalogue/kept/<version>)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from backend.adapters.catalogue_files import FOLDER, load_catalogue, load_purposes, load_retention
from backend.domain.catalogue import Catalogue
from backend.domain.consents import Purpose
from backend.domain.retention import Retention


class KeptCatalogues:
    """Implements `services.ports.Catalogues`; everything is read and checked once, at the start of the process."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._current = load_catalogue(folder)
        kept = [load_catalogue(one) for one in sorted(folder.glob("kept/*")) if one.is_dir()]
        self._by_version = {one.version: one for one in (*kept, self._current)}
        self._retention = load_retention()
        self._purposes = load_purposes()

    def current(self) -> Catalogue:
        return self._current

    def at(self, version: str) -> Catalogue:
        return self._by_version.get(version, self._current)

    def retention(self) -> Retention:
        return self._retention

    def purposes(self) -> Mapping[str, Purpose]:
        return self._purposes
