"""Reads the catalogue's YAML files; what they mean is decided by the domain."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from backend.domain.catalogue import Catalogue
from backend.domain.catalogue_reading import DOCUMENTS
from backend.domain.consents import Purpose, read_purposes
from backend.domain.errors import CatalogueFaulty
from backend.domain.retention import Retention, read_retention

FOLDER: Final = Path(__file__).resolve().parent.parent / "catalogue"
CALENDARS: Final = FOLDER / "calendars.yml"


def load_calendars(path: Path = CALENDARS) -> Mapping[str, Any]:
    """The calendars and holidays to install; the services read and check them."""
    document: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def load_retention(folder: Path = FOLDER) -> Retention:
    """How long what is kept; raises CatalogueFaulty."""
    return read_retention(yaml.safe_load((folder / "retention.yml").read_text(encoding="utf-8")))


def load_purposes(folder: Path = FOLDER) -> Mapping[str, Purpose]:
    """What people agree to; raises CatalogueFaulty."""
    return read_purposes(yaml.safe_load((folder / "consents.yml").read_text(encoding="utf-8")))


def load_catalogue(folder: Path = FOLDER) -> Catalogue:
    """The catalogue of a folder, checked as a whole; other files of the folder belong to others.

    Raises:
        CatalogueFaulty: naming every fault, files that are no YAML included.
    """
    return Catalogue.from_documents(load_documents(folder))


def load_documents(folder: Path = FOLDER) -> Mapping[str, Mapping[str, Any]]:
    """The catalogue's files as they are written; raises CatalogueFaulty when one is no YAML."""
    documents: dict[str, Mapping[str, Any]] = {}
    faults: list[str] = []
    for path in (folder / f"{name}.yml" for name in DOCUMENTS):
        if not path.exists():
            continue
        try:
            documents[path.stem] = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            faults.append(f"{path.name}: {type(error).__name__}")
    if faults:
        raise CatalogueFaulty(faults=tuple(faults))
    return documents
