"""The refusals of the domain: one tree, each class with a stable code and its facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar


class DomainError(Exception):
    """Something that the rules do not allow. Its text is the code alone, so that no answer reaches a log."""

    code: ClassVar[str] = "domain_error"

    def facts(self) -> dict[str, object]:
        """What a sentence about this refusal needs, as JSON-able values."""
        return {name: _plain(value) for name, value in vars(self).items() if not name.startswith("_")}

    def __str__(self) -> str:
        return self.code


def _plain(value: object) -> object:
    if isinstance(value, (str, int, float, bool)) or value is None:
        return str(value) if isinstance(value, str) else value
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(one) for one in value]
    return str(value)


def all_errors(root: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    """Every class of the tree; the tables that map codes to statuses and sentences are checked against it."""
    for one in root.__subclasses__():
        yield one
        yield from all_errors(one)


# The case


@dataclass(eq=False)
class NotPossibleNow(DomainError):
    """This event has no row for this stage in the transition table."""

    code: ClassVar[str] = "not_possible_now"
    stage: str
    event: str


@dataclass(eq=False)
class LockedNow(DomainError):
    """The applicant may not edit this at this stage (F56, T45)."""

    code: ClassVar[str] = "locked_now"
    label: str
    stage_label: str


@dataclass(eq=False)
class UnknownField(DomainError):
    """A field or section name that the interview does not have: a caller's mistake, not the applicant's."""

    code: ClassVar[str] = "unknown_field"
    field: str


@dataclass(eq=False)
class Incomplete(DomainError):
    """Submitting (T11) with something missing."""

    code: ClassVar[str] = "incomplete"
    missing: tuple[str, ...]

    def facts(self) -> dict[str, object]:
        more = f"等{len(self.missing)}项" if len(self.missing) > 3 else ""
        return {**super().facts(), "count": len(self.missing), "first": "、".join(self.missing[:3]) + more}


# Values: what an applicant can mend. Facts never hold the refused text.


@dataclass(eq=False)
class ValueRefused(DomainError):
    """An answer that is not accepted; the question is asked again."""

    code: ClassVar[str] = "value_refused"
    label: str = ""


class PhoneWrong(ValueRefused):
    """Not a mainland mobile number of eleven digits (F19)."""

    code: ClassVar[str] = "phone_wrong"


class EmailWrong(ValueRefused):
    """At least one address of the list cannot be one (F20)."""

    code: ClassVar[str] = "email_wrong"


@dataclass(eq=False)
class EmailsTooMany(ValueRefused):
    """More addresses than a case may have (F20)."""

    code: ClassVar[str] = "emails_too_many"
    limit: int = 5


class IdNumberWrong(ValueRefused):
    """An ID number that fails its own check (GB 11643)."""

    code: ClassVar[str] = "id_number_wrong"


class IdNumberOld(IdNumberWrong):
    """A fifteen-digit number of the first generation."""

    code: ClassVar[str] = "id_number_old"


class TaxNumberWrong(ValueRefused):
    """A unified social credit code that fails its check (GB 32100)."""

    code: ClassVar[str] = "tax_number_wrong"


class PostcodeWrong(ValueRefused):
    """Not six digits."""

    code: ClassVar[str] = "postcode_wrong"


@dataclass(eq=False)
class UnknownOption(ValueRefused):
    """A word that none of the choices knows."""

    code: ClassVar[str] = "unknown_option"
    choices: str = ""


class MonthWrong(ValueRefused):
    """Not a year and a month."""

    code: ClassVar[str] = "month_wrong"


@dataclass(eq=False)
class MonthNeeded(ValueRefused):
    """A year without its month."""

    code: ClassVar[str] = "month_needed"
    year: int = 0


class MonthInFuture(ValueRefused):
    """A month that has not come yet where only the past makes sense."""

    code: ClassVar[str] = "month_in_future"


class DayWrong(ValueRefused):
    """Not a day of the calendar."""

    code: ClassVar[str] = "day_wrong"


class DayInFuture(ValueRefused):
    """A day that has not come yet where only the past makes sense."""

    code: ClassVar[str] = "day_in_future"


class ProposalDeclined(DomainError):
    """What an earlier case says is not so; the right value is still to be told."""

    code: ClassVar[str] = "proposal_declined"

    def __init__(self, *, label: str, example: str) -> None:
        super().__init__()
        self.label, self.example = label, example


class DocumentNumberWrong(ValueRefused):
    """Not the number of a permit."""

    code: ClassVar[str] = "document_number_wrong"


class AddressSame(ValueRefused):
    """A new address that is the earlier one (ADDRESS)."""

    code: ClassVar[str] = "address_same"


@dataclass(eq=False)
class EndBeforeStart(ValueRefused):
    """A period that ends before it begins."""

    code: ClassVar[str] = "end_before_start"
    start: str = ""


@dataclass(eq=False)
class AfterRetirement(ValueRefused):
    """A contract that would end after the retirement month (F35)."""

    code: ClassVar[str] = "after_retirement"
    latest: str = ""


@dataclass(eq=False)
class TooYoung(ValueRefused):
    """Work before the sixteenth birthday."""

    code: ClassVar[str] = "too_young"
    earliest: str = ""


@dataclass(eq=False)
class TextLength(ValueRefused):
    """A text shorter or longer than the field allows."""

    code: ClassVar[str] = "text_length"
    shortest: int = 1
    longest: int = 60


class NotAnAnswer(ValueRefused):
    """A question, a greeting or a command where a name or an address was asked."""

    code: ClassVar[str] = "not_an_answer"


class HukouBeijing(ValueRefused):
    """A Beijing household needs no work residence permit: the application stops here."""

    code: ClassVar[str] = "hukou_beijing"


class AddressOutside(ValueRefused):
    """The present home must be in Beijing."""

    code: ClassVar[str] = "address_outside"


class OpenOnlyLast(ValueRefused):
    """An open end on a row that is followed by another one."""

    code: ClassVar[str] = "open_only_last"


# Materials and review


@dataclass(eq=False)
class ItemUnknown(DomainError):
    """No such material item in this case."""

    code: ClassVar[str] = "item_unknown"
    item: str


@dataclass(eq=False)
class ItemLocked(DomainError):
    """A passed item, or one that was not rejected, takes no files (T23)."""

    code: ClassVar[str] = "item_locked"
    item_name: str


@dataclass(eq=False)
class ItemFull(DomainError):
    """The item has as many files as it may have."""

    code: ClassVar[str] = "item_full"
    item_name: str
    limit: int


class ReasonNeeded(DomainError):
    """A rejection without a reason (T20)."""

    code: ClassVar[str] = "reason_needed"


@dataclass(eq=False)
class ItemsUndecided(DomainError):
    """The review cannot be finished while items are undecided (T21, T22)."""

    code: ClassVar[str] = "items_undecided"
    items: tuple[str, ...]


@dataclass(eq=False)
class SupplementIncomplete(DomainError):
    """Resubmitting before every rejected item has a newer file (T25), or without anything new (T36, T39)."""

    code: ClassVar[str] = "supplement_incomplete"
    missing: tuple[str, ...]


# Photo, payment, confirmation


@dataclass(eq=False)
class PhotoTooSmall(DomainError):
    """The source has too few pixels for a one-inch photo without enlarging it (F28)."""

    code: ClassVar[str] = "photo_too_small"
    width: int
    height: int
    needed_width: int
    needed_height: int


class CropOutside(DomainError):
    """A crop box that leaves the picture or is not 5:7."""

    code: ClassVar[str] = "crop_outside"


class PaymentWindowClosed(DomainError):
    """The order's 24 hours are over (T16)."""

    code: ClassVar[str] = "payment_window_closed"


class AlreadyPaid(DomainError):
    """The order is paid; nothing is left to pay."""

    code: ClassVar[str] = "already_paid"


class ConfirmationNotHere(DomainError):
    """The confirmation slip hangs on the latest successful case only (F63)."""

    code: ClassVar[str] = "confirmation_not_here"


@dataclass(eq=False)
class CatalogueFaulty(DomainError):
    """The catalogue's documents do not fit together; every fault is named at once."""

    code: ClassVar[str] = "catalogue_faulty"
    faults: tuple[str, ...]

    def __str__(self) -> str:
        return "catalogue_faulty:\n" + "\n".join(f"- {fault}" for fault in self.faults)
