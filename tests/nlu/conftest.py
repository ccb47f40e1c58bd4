"""Property tests of this folder: few enough examples to stay fast, no deadline on a shared machine."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("nlu", max_examples=40, deadline=None)
settings.load_profile("nlu")
