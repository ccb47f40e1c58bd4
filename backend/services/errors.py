"""What a use case can refuse or fail at beyond the rules of the domain; codes are stable (contracts.md 3, 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from backend.domain.errors import DomainError


class NotBound(DomainError):
    """This WeChat account is not bound to an applicant yet (F5)."""

    code: ClassVar[str] = "not_bound"


class CaseChanged(DomainError):
    """Another person or another case is talked about by now: what was sent belonged to the one before."""

    code: ClassVar[str] = "case_changed"


class PersonUnknown(DomainError):
    """Nobody of that id is bound to this account."""

    code: ClassVar[str] = "person_unknown"


class NoCase(DomainError):
    """The applicant has no open case."""

    code: ClassVar[str] = "no_case"


class CaseAlreadyOpen(DomainError):
    """One open case per person (A12)."""

    code: ClassVar[str] = "case_already_open"


class EmployerUnknown(DomainError):
    """The employer account is not active or not linked to this applicant (T2)."""

    code: ClassVar[str] = "employer_unknown"


class NoEmployer(DomainError):
    """No active employer account is linked to this applicant: a person has to help (F14)."""

    code: ClassVar[str] = "no_employer"


class FileUnknown(DomainError):
    """No such file, or not this applicant's."""

    code: ClassVar[str] = "file_unknown"


class FileRefused(DomainError):
    """Not a JPEG, PNG or PDF, empty or too large."""

    code: ClassVar[str] = "file_refused"


class PhotoMissing(DomainError):
    """There is no photo to crop or accept yet (F28)."""

    code: ClassVar[str] = "photo_missing"


class LinkUnknown(DomainError):
    """No such one-time link."""

    code: ClassVar[str] = "link_unknown"


class LinkExpired(DomainError):
    """The one-time link is too old."""

    code: ClassVar[str] = "link_expired"


class LinkUsed(DomainError):
    """The one-time link was used before."""

    code: ClassVar[str] = "link_used"


class LinkOfAnother(DomainError):
    """The one-time link was made for another WeChat account."""

    code: ClassVar[str] = "link_of_another"


@dataclass(eq=False)
class WrongPassword(DomainError):
    """User name and password do not belong together; `left` more tries before the account is locked."""

    code: ClassVar[str] = "wrong_password"
    left: int


class CaptchaNeeded(DomainError):
    """After a few failures the sign-in asks for a captcha (F6)."""

    code: ClassVar[str] = "captcha_needed"


class CaptchaWrong(DomainError):
    """The captcha is wrong, used or too old."""

    code: ClassVar[str] = "captcha_wrong"


@dataclass(eq=False)
class Locked(DomainError):
    """Too many wrong passwords (F6); `until` is an ISO time."""

    code: ClassVar[str] = "locked"
    until: str


@dataclass(eq=False)
class TermsNeeded(DomainError):
    """Something that the page asks to agree to was not, or its words have changed since (F7); `missing`: what."""

    code: ClassVar[str] = "terms_needed"
    missing: str


class ConsentNeeded(DomainError):
    """北京通 credentials are kept only with a separate consent (F21, F22)."""

    code: ClassVar[str] = "consent_needed"


@dataclass(eq=False)
class TooSoon(DomainError):
    """Asked for again within the pause (T9: templates once a minute)."""

    code: ClassVar[str] = "too_soon"
    wait_s: int


class NothingToPay(DomainError):
    """The case has no order that waits for money."""

    code: ClassVar[str] = "nothing_to_pay"


class CaseUnknown(DomainError):
    """No such case."""

    code: ClassVar[str] = "case_unknown"


class PaymentUnavailable(DomainError):
    """WeChat Pay gave no usable answer."""

    code: ClassVar[str] = "payment_unavailable"


class NotificationRefused(DomainError):
    """A payment notification that is not genuine, too old, or about somebody else."""

    code: ClassVar[str] = "notification_refused"


class StorageUnavailable(DomainError):
    """The object store gave no usable answer."""

    code: ClassVar[str] = "storage_unavailable"


class ExportGone(DomainError):
    """There is no copy of this person's data, or it is past its time."""

    code: ClassVar[str] = "export_gone"


@dataclass(eq=False)
class CannotWithdrawNow(DomainError):
    """What the running case stands on cannot be withdrawn any more without a person's help."""

    code: ClassVar[str] = "cannot_withdraw_now"
    label: str


class FileMissing(DomainError):
    """The object store has lost this object."""

    code: ClassVar[str] = "file_missing"
