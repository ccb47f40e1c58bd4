"""Stands in for TensorFlow, which Rasa imports although nothing in our pipeline uses it: 0.3 GB and seconds saved.

Rasa registers its neural components with the recipe at import time; their classes come into being on these
placeholders and are never run. A component that did run would fail at its first call, by name.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import MutableSequence, Sequence
from types import ModuleType
from typing import Any, Final

STOOD_IN_FOR: Final = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras")
KEEP: Final = "GONGJU_TENSORFLOW"  # set to 1 where the real one is wanted: the comparison with the default pipeline


class TensorFlowLeftOut(RuntimeError):
    """A neural component was used; start with GONGJU_TENSORFLOW=1 to have the real library."""


class _Placeholder(type):
    """A class that can be named, subclassed, subscripted and used as a decorator, but not created."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _Placeholder(name, (), {"__module__": "tensorflow"})
        setattr(cls, name, made)
        return made

    def __call__(cls, *arguments: Any, **options: Any) -> Any:
        if cls.__module__ != "tensorflow":
            raise TensorFlowLeftOut(cls.__name__)
        if len(arguments) == 1 and callable(arguments[0]) and not options:
            return arguments[0]  # used as a decorator
        return lambda decorated: decorated  # a decorator with arguments

    def __getitem__(cls, _item: Any) -> Any:
        return cls

    def __or__(cls, _other: Any) -> Any:
        return cls


class _StandIn(ModuleType):
    __path__: MutableSequence[str] = []  # noqa: RUF012 - a module has to have one
    __version__ = "2.12.0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _Placeholder(name, (), {"__module__": "tensorflow"})
        setattr(self, name, made)
        return made


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in STOOD_IN_FOR:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


def leave_out() -> bool:
    """Put the stand-in in place, before Rasa is imported; False when the real library is wanted or there already."""
    if os.environ.get(KEEP) == "1" or isinstance(sys.modules.get("tensorflow"), ModuleType):
        return isinstance(sys.modules.get("tensorflow"), _StandIn)
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    return True
