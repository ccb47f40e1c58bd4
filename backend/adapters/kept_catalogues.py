"""Which catalogue a case uses: the one it was opened under, while its folder is kept (catalogue/kept/<version>)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from backend.adapters.catalogue_files import FOLDER, load_documents, load_purposes, load_retention
from backend.domain.catalogue import Catalogue
from backend.domain.consents import Purpose
from backend.domain.errors import CatalogueFaulty
from backend.domain.publications import Change, Documents, changes_of_catalogue, overlaid, split_version
from backend.domain.retention import Retention

log = structlog.get_logger()


class KeptCatalogues:
    """Implements `services.ports.Catalogues`: files are read once, what operators publish is laid over them."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.documents: Documents = load_documents(folder)
        kept = [load_documents(one) for one in sorted(folder.glob("kept/*")) if one.is_dir()]
        self._documents = {str(one["catalogue"]["version"]): one for one in (*kept, self.documents)}
        self._built = {version: Catalogue.from_documents(one) for version, one in self._documents.items()}
        self._changes: Sequence[Change] = ()
        self._current = self._built[str(self.documents["catalogue"]["version"])]
        self._retention = load_retention()
        self._purposes = load_purposes()

    def current(self) -> Catalogue:
        return self._current

    def at(self, version: str) -> Catalogue:
        if version not in self._built and version != self._current.version:
            base, number = split_version(version)
            known = number is not None and any(one.number >= number for one in self._changes)
            if base not in self._documents or not known:
                return self._current
            changes = changes_of_catalogue(self._changes, until=number)
            self._built[version] = self._with(self._documents[base], changes)
        return self._built.get(version, self._current)

    def retention(self) -> Retention:
        return self._retention

    def purposes(self) -> Mapping[str, Purpose]:
        return self._purposes

    def publish(self, changes: Sequence[Change]) -> None:
        """Use everything that has been published so far."""
        self._changes = tuple(changes)
        self._current = self._with(self.documents, changes_of_catalogue(changes))
        self._built[self._current.version] = self._current

    def _with(self, documents: Documents, changes: Sequence[Change]) -> Catalogue:
        """A change that does not fit the files of a later delivery is left out, and said in the log."""
        try:
            return Catalogue.from_documents(overlaid(documents, changes))
        except (CatalogueFaulty, KeyError, TypeError, ValueError):
            fitting: list[Change] = []
            for change in changes:
                try:
                    Catalogue.from_documents(overlaid(documents, [*fitting, change]))
                except (CatalogueFaulty, KeyError, TypeError, ValueError):
                    log.error("publication_left_out", number=change.number, kind=change.kind.value)
                else:
                    fitting.append(change)
            return Catalogue.from_documents(overlaid(documents, fitting))
