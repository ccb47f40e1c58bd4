"""The confirmation slip hangs on the latest successful case of a person, over all businesses (F63, A7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from backend.domain.case import Stage
from backend.domain.errors import ConfirmationNotHere


@dataclass(frozen=True)
class PastCase:
    """A case in 申请记录; `succeeded` tells of an archived case that it had been completed."""

    case_id: str
    stage: Stage
    closed_at: datetime
    succeeded: bool = False

    @property
    def is_success(self) -> bool:
        return self.stage is Stage.COMPLETED or (self.stage is Stage.ARCHIVED and self.succeeded)


def slip_case(cases: Iterable[PastCase]) -> str | None:
    """The one case that offers 确认单; None when no case succeeded."""
    successes = [case for case in cases if case.is_success]
    return max(successes, key=lambda case: case.closed_at).case_id if successes else None


def require_slip(case_id: str, cases: Iterable[PastCase]) -> None:
    """T46. Raises `ConfirmationNotHere` for any other case."""
    if slip_case(cases) != case_id:
        raise ConfirmationNotHere
