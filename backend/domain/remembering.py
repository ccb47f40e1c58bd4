"""Keeps the last result of a pure function of a draft and its context, which one command asks for many times."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from backend.domain.context import InterviewContext
from backend.domain.draft import Draft

T = TypeVar("T")


def remembered(function: Callable[[Draft, InterviewContext], T]) -> Callable[[Draft, InterviewContext], T]:
    """The same objects give the same answer: both are frozen, and kept here, so that no other can take their place."""
    last: list[tuple[Draft, InterviewContext, T]] = []

    @wraps(function)
    def recall(draft: Draft, ctx: InterviewContext) -> T:
        for known_draft, known_ctx, result in last:
            if known_draft is draft and known_ctx is ctx:
                return result
        result = function(draft, ctx)
        last[:] = [(draft, ctx, result)]
        return result

    return recall
