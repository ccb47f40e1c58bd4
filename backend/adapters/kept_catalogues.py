"""Which catalogue a case uses: the one it was opened under as long as its folder is kept (catalogue/kept/<version>)."""

from __future__ import annotations

from pathlib import Path

from backend.adapters.catalogue_files import FOLDER, load_catalogue
from backend.domain.catalogue import Catalogue


class KeptCatalogues:
    """Implements `services.ports.Catalogues`; everything is read and checked once, at the start of the process."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._current = load_catalogue(folder)
        kept = [load_catalogue(one) for one in sorted(folder.glob("kept/*")) if one.is_dir()]
        self._by_version = {one.version: one for one in (*kept, self._current)}

    def current(self) -> Catalogue:
        return self._current

    def at(self, version: str) -> Catalogue:
        return self._by_version.get(version, self._current)
