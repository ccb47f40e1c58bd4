"""Which of the offered times is meant, and who gets a seat that has become free (F57, F60)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from backend.domain.appointment_refusals import SlotAmbiguous, SlotNotOffered, SlotUnknown
from backend.domain.appointments import Slot
from backend.domain.calendars import BEIJING, HalfDay, said_day


@dataclass(frozen=True)
class SlotWish:
    """What somebody wishes: a slot by id, or by its number in the list (-1: the last), a day, a half of a day."""

    slot_id: str | None = None
    number: int | None = None
    on: date | None = None
    half: HalfDay | None = None

    @property
    def is_empty(self) -> bool:
        return self == SlotWish()

    @property
    def said(self) -> str:
        day = said_day(self.on) if self.on else ""
        number = f"第{self.number}个" if self.number and self.number > 0 else ""
        return (day + (self.half.label if self.half else "")) or number

    def fits(self, slot: Slot) -> bool:
        """Day and half; what is not told fits."""
        return self.on in (None, slot.day) and self.half in (None, slot.half)


def choose(offered: Sequence[Slot], wish: SlotWish) -> Slot:
    """The one slot of the list that is meant: “第二个” counts within “周三”, when both are said.

    Raises:
        SlotUnknown: no such id. SlotNotOffered: nothing fits. SlotAmbiguous: more than one does.
    """
    if wish.slot_id is not None:
        found = next((slot for slot in offered if slot.id == wish.slot_id), None)
        if found is None:
            raise SlotUnknown
        return found
    fitting = [slot for slot in offered if wish.fits(slot)]
    if wish.number is not None:
        at = wish.number - 1 if wish.number > 0 else len(fitting) + wish.number
        if wish.number == 0 or not 0 <= at < len(fitting):
            raise SlotNotOffered(when=wish.said)
        return fitting[at]
    if not fitting:
        raise SlotNotOffered(when=wish.said)
    if len(fitting) > 1:
        raise SlotAmbiguous(when=wish.said, count=len(fitting))
    return fitting[0]


@dataclass(frozen=True)
class Waiting:
    """A place on the waitlist; lower numbers came first."""

    number: int
    case_id: str
    wish: SlotWish = SlotWish()


def next_in_line(slot: Slot, waiting: Collection[Waiting], *, sitting: Collection[str] = ()) -> Waiting | None:
    """Who gets a seat that has become free: the first who wished for it and does not sit there already."""
    fitting = [one for one in waiting if one.wish.fits(slot) and one.case_id not in sitting]
    return min(fitting, key=lambda one: one.number, default=None)


_WAKES, _SLEEPS = time(10), time(22)


def offer_until(slot: Slot, *, now: datetime, hours: int) -> datetime:
    """How long a freed seat is kept for one person: some hours, the night left out, never beyond the slot's start."""
    ends = (now + timedelta(hours=hours)).astimezone(BEIJING)
    if ends.time() >= _SLEEPS:
        ends = datetime.combine(ends.date() + timedelta(days=1), _WAKES, BEIJING)
    elif ends.time() < _WAKES:
        ends = datetime.combine(ends.date(), _WAKES, BEIJING)
    return min(ends, slot.starts_at)
