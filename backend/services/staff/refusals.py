"""What the staff's use cases refuse; each class is one sentence of the console (backend/console/words.py)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime


class StaffRefusal(Exception):
    """Something that a member of staff cannot do now; nothing has been changed."""

    def __str__(self) -> str:
        return type(self).__name__


class WrongPassword(StaffRefusal):
    """The user name or the password is wrong; which of them is not told."""


@dataclass(eq=False)
class Locked(StaffRefusal):
    """Too many wrong passwords."""

    until: datetime


class CaseUnknown(StaffRefusal):
    """There is no such case."""


class ChangedMeanwhile(StaffRefusal):
    """The case was changed after the page was loaded: look again before you decide."""


@dataclass(eq=False)
class TakenByAnother(StaffRefusal):
    """A colleague is working on this case."""

    display_name: str


class TaskUnknown(StaffRefusal):
    """There is no such task, or it is done already."""


class FileUnknown(StaffRefusal):
    """There is no such file in this case."""


class TextNeeded(StaffRefusal):
    """This step needs words: a reason, a request, a result."""


@dataclass(eq=False)
class TextTooLong(StaffRefusal):
    """More words than a message can carry."""

    longest: int


class NothingToRefund(StaffRefusal):
    """Nothing was paid, it goes back already, or the case has not ended."""


@dataclass(eq=False)
class RefundAmountWrong(StaffRefusal):
    """No amount, or more than is left of the payment, in yuan."""

    left: str


class NoInvoiceOpen(StaffRefusal):
    """No invoice, or no change of one, waits to be dealt with."""


class InvoiceNumberWrong(StaffRefusal):
    """The number of an invoice has 20 digits, that of an older one 8."""


class SlipNotThere(StaffRefusal):
    """There is no confirmation slip to replace."""


class SlipTheSame(StaffRefusal):
    """The slip that is to replace another one is that one."""


class DeadlinePassed(StaffRefusal):
    """A deadline that lies in the past."""


class DeadlineUnreadable(StaffRefusal):
    """A deadline that is no day."""


@dataclass(eq=False)
class PdfRefused(StaffRefusal):
    """The uploaded slip cannot be used; `why` is one of `not_pdf encrypted broken empty too_long too_big`."""

    why: str


class CalendarUnknown(StaffRefusal):
    """There is no such calendar."""


@dataclass(eq=False)
class CalendarWrong(StaffRefusal):
    """A field of a calendar that cannot be."""

    what: str


class CalendarTaken(StaffRefusal):
    """Another calendar of this kind is at this place already."""


class DaysWrong(StaffRefusal):
    """Days that lie in the past, in the wrong order, or are too many."""


@dataclass(eq=False)
class SeatsTaken(StaffRefusal):
    """Fewer seats than are taken already."""

    taken: int


@dataclass(eq=False)
class SeatsWrong(StaffRefusal):
    """A number of seats that cannot be."""

    most: int


class QrUnavailable(StaffRefusal):
    """WeChat gave no QR code."""


class PersonUnknown(StaffRefusal):
    """There is no such applicant."""


@dataclass(eq=False)
class EmployerWrong(StaffRefusal):
    """A field of an employer account that cannot be."""

    what: str


class ContentUnknown(StaffRefusal):
    """There is no such piece of content."""


@dataclass(eq=False)
class ContentWrong(StaffRefusal):
    """A field of a piece of content that cannot be published, and why."""

    what: str
    why: str


class ContentSame(StaffRefusal):
    """Nothing was changed."""


class ContentChanged(StaffRefusal):
    """A colleague has published this piece meanwhile."""


class EmployerUnknown(StaffRefusal):
    """There is no such employer account."""


@dataclass(eq=False)
class ListTooLong(StaffRefusal):
    """A pasted list with more lines than are taken at once."""

    most: int


class PersonBusy(StaffRefusal):
    """A case of this person through this employer is running."""


class CreditCodeTaken(StaffRefusal):
    """Another account has this unified social credit code."""


class NotAllowed(StaffRefusal):
    """Only a manager may do this."""


class NameTaken(StaffRefusal):
    """A member of staff has this user name already."""


class NameWrong(StaffRefusal):
    """A user name of 3 to 32 letters, digits, dots, dashes; a display name of 1 to 20 characters."""


class NotOneself(StaffRefusal):
    """Nobody takes their own rights away: a colleague has to do it."""


class LastManager(StaffRefusal):
    """One manager has to stay."""


class InvitationGone(StaffRefusal):
    """The link was used, replaced, or is older than a day."""


class WeakPassword(StaffRefusal):
    """Too short, too plain, or the user name itself."""


class WrongOldPassword(StaffRefusal):
    """The present password is not right."""


def all_refusals() -> Iterator[type[StaffRefusal]]:
    """Every refusal; the console's sentences are checked against it."""
    yield from StaffRefusal.__subclasses__()
