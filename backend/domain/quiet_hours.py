"""The hours in which nobody is disturbed, in Beijing (states.md 2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

BEIJING: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class QuietHours:
    """From `begins` in the evening to before `ends` in the morning; all in Beijing time.

    What falls into them waits until `resumes`; what cannot wait comes at `ahead`, in the evening before.
    """

    begins: time
    ends: time
    resumes: time
    ahead: time

    def include(self, moment: datetime) -> bool:
        at = moment.astimezone(BEIJING).time()
        return at >= self.begins or at < self.ends

    def after(self, moment: datetime) -> datetime:
        """The moment itself by day, the next `resumes` by night."""
        if not self.include(moment):
            return moment
        local = moment.astimezone(BEIJING)
        day = local.date() + timedelta(days=1 if local.time() >= self.begins else 0)
        return beijing_moment(day, self.resumes)

    def before(self, moment: datetime) -> datetime:
        """The moment itself by day, `ahead` of the same evening by night."""
        if not self.include(moment):
            return moment
        local = moment.astimezone(BEIJING)
        day = local.date() - timedelta(days=0 if local.time() >= self.begins else 1)
        return beijing_moment(day, self.ahead)


def beijing_moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, BEIJING)


def beijing_day(moment: datetime) -> date:
    return moment.astimezone(BEIJING).date()
