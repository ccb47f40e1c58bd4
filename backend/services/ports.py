"""What the use cases need from the outside world, as protocols; adapters implement them, main.py joins the two."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol, Self, TypeVar

from backend.domain.bill import BillLine
from backend.domain.catalogue import Catalogue
from backend.domain.consents import Purpose
from backend.domain.retention import Retention
from backend.services import clockwork_records as k
from backend.services import proof_records as p
from backend.services import records as r
from backend.services import rights_records as rr
from backend.services import visit_records as v
from backend.services.privacy import Privacy
from backend.services.publication_records import Publication
from backend.services.survey import Survey

R = TypeVar("R")


class Rows(Protocol[R]):
    """The rows of one table; `where` takes column=value, a value None means IS NULL, a list or tuple means IN."""

    async def get(self, key: str | int | date, *, lock: bool = False) -> R | None:
        """The row with this primary key; with `lock` it is ours until the transaction ends."""

    async def add(self, record: R) -> R:
        """Insert; the answer carries the number that the database gave."""

    async def add_if_new(self, record: R) -> bool:
        """Insert unless a unique column says it is there already; True when inserted."""

    async def add_all_new(self, records: Sequence[R]) -> None:
        """Insert those that are not there already, in one statement."""

    async def save(self, record: R) -> None:
        """Update the row with the record's primary key."""

    async def where(self, *, order_by: str | None = None, lock: bool = False, **equal: object) -> list[R]: ...

    async def first(self, *, order_by: str | None = None, lock: bool = False, **equal: object) -> R | None:
        """The first match; `order_by="-created_at"` is the newest."""

    async def remove(self, **equal: object) -> int:
        """Delete the matches; how many there were."""

    async def due(self, column: str, now: datetime, *, limit: int, **equal: object) -> list[R]:
        """Rows whose `column` is past, oldest first and locked; rows that another process holds are skipped."""


@dataclass(frozen=True)
class Push:
    """A finished message of the backend's own (catalogue/messages.yml): choices are (title, payload)."""

    text: str
    choices: Sequence[tuple[str, str]] = ()
    template_purpose: str | None = None
    template_values: Mapping[str, str] | None = None


class ChatOutbox(Protocol):
    async def push(self, openid: str, dedupe_key: str, push: Push, *, staff: bool = False) -> None:
        """Queue a message in this transaction; the same `dedupe_key` is queued once."""

    async def go_on(self, openid: str, key: str, facts: Mapping[str, object], *, now: datetime) -> None:
        """Let the talk go on by itself, once per `key`, after this transaction: `payload` is taken as a tap, `quiet`
        says nothing."""

    async def move(self, marks: Sequence[str], *, from_openid: str, to_openid: str | None) -> None:
        """Give what has not left and whose key holds one of `marks` to another openid; to None: it never leaves."""


class MessageTexts(Protocol):
    """The operators' texts for what the backend says by itself."""

    def push(self, code: str, facts: Mapping[str, object]) -> Push: ...

    def mail(self, code: str, facts: Mapping[str, object]) -> tuple[str, str]:
        """Subject and body."""


class Commands(Protocol):
    """Answers given to earlier commands, by idempotency key."""

    async def begin(self, key: str, name: str) -> tuple[int, bytes] | None:
        """Claim the key in this transaction; the stored answer when it was claimed before.

        A concurrent duplicate waits here until the first one's transaction has ended.
        """

    async def finish(self, key: str, status: int, body_sealed: bytes) -> None: ...

    async def forget(self, *, before: datetime) -> int:
        """Delete the answers that are older."""


class UnitOfWork(Protocol):
    """One transaction: `async with uow:` begins it, `commit()` keeps it, leaving without a commit rolls back."""

    applicants: Rows[r.Applicant]
    identities: Rows[r.Identity]
    followers: Rows[r.Follower]
    employers: Rows[r.Employer]
    applicant_employers: Rows[r.ApplicantEmployer]
    files: Rows[r.StoredFile]
    links: Rows[r.Link]
    captchas: Rows[r.Captcha]
    cases: Rows[r.CaseRecord]
    items: Rows[r.ItemRecord]
    item_files: Rows[r.ItemFile]
    photos: Rows[r.Photo]
    credentials: Rows[r.Credentials]
    supplements: Rows[r.SupplementRequest]
    supplement_files: Rows[r.SupplementFile]
    confirmations: Rows[r.Confirmation]
    template_mails: Rows[r.TemplateMail]
    orders: Rows[r.Order]
    payments: Rows[r.Payment]
    refunds: Rows[r.Refund]
    invoices: Rows[r.Invoice]
    invoice_changes: Rows[r.InvoiceChange]
    staff: Rows[r.Staff]
    staff_sessions: Rows[r.StaffSession]
    staff_tasks: Rows[r.StaffTask]
    audit: Rows[r.AuditEntry]
    document_views: Rows[r.DocumentView]
    mails: Rows[r.Mail]
    calendars: Rows[v.CalendarRecord]
    closures: Rows[v.ClosureRecord]
    slots: Rows[v.SlotRecord]
    appointments: Rows[v.AppointmentRecord]
    waitlist: Rows[v.WaitlistEntry]
    reminders: Rows[k.Reminder]
    bill_days: Rows[k.BillDay]
    waiting_times: Rows[k.WaitingTime]
    bind_offers: Rows[p.BindOffer]
    codes: Rows[p.Code]
    staff_invitations: Rows[p.StaffInvitation]
    consents: Rows[rr.Consent]
    data_requests: Rows[rr.DataRequest]
    doomed_objects: Rows[rr.DoomedObject]
    publications: Rows[Publication]
    privacy: Privacy
    chat: ChatOutbox
    commands: Commands
    survey: Survey

    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *failure: object) -> None: ...
    async def commit(self) -> None: ...

    async def hold(self, name: str) -> None:
        """Wait until nobody else holds this name, and hold it until the transaction ends."""

    async def next_case_number(self, day: date) -> int:
        """1, 2, … within the Beijing day; a number is used by one case only."""


class Keyring(Protocol):
    """Envelope encryption with rotatable keys (DATA_KEYS)."""

    def seal(self, plain: bytes, *, context: str) -> bytes:
        """Encrypt for `context` (a row or an object): the result opens under the same context only."""

    def open(self, sealed: bytes, *, context: str) -> bytes: ...

    def fingerprint(self, text: str) -> str:
        """A keyed hash, the same for the same text, to look things up by."""


class ObjectStore(Protocol):
    async def put(self, object_key: str, content: bytes) -> None: ...
    async def get(self, object_key: str) -> bytes: ...
    async def delete(self, object_key: str) -> None: ...

    async def head(self, object_key: str, count: int) -> bytes:
        """The first `count` bytes; raises FileMissing."""

    def listed(self, *, older_than: datetime) -> AsyncIterator[Sequence[str]]:
        """The keys of everything that was stored before then, in batches."""


class PasswordHasher(Protocol):
    async def hash(self, password: str) -> str: ...
    async def verify(self, password_hash: str, password: str) -> bool: ...


class CaptchaArtist(Protocol):
    async def draw(self, answer: str) -> bytes:
        """A PNG in which a person reads `answer`."""


@dataclass(frozen=True)
class FaceBox:
    """A face in a picture, in its pixels."""

    x: int
    y: int
    w: int
    h: int


class PortraitFinder(Protocol):
    async def __call__(self, jpeg: bytes) -> FaceBox | None:
        """The one face of the picture; None when there is none or more than one."""


class PhotoCutter(Protocol):
    async def cut(self, jpeg: bytes, *, x: int, y: int, w: int, h: int) -> bytes:
        """The box as a 295×413 JPEG (fields.md 5.6)."""


@dataclass(frozen=True)
class MadeDocument:
    """A generated paper: its file name as the applicant sees it, and its content."""

    name: str
    media_type: str
    content: bytes


class TemplateMaker(Protocol):
    async def make(self, code: str, facts: Mapping[str, object]) -> Sequence[MadeDocument]:
        """The papers of a material item (F39); the empty sequence when it has no template."""

    async def sample(self, code: str) -> bytes | None:
        """A JPEG of how the paper of a material looks, marked 样张 (F41); None when there is none."""


class RateLimiter(Protocol):
    async def allow(self, key: str, *, every_s: int, times: int = 1) -> bool:
        """Whether this may happen now; every call is counted."""

    async def count(self, key: str, *, within_s: int) -> int:
        """Count one more; how many there were within the window, this one included."""

    async def remember(self, key: str, text: str, *, for_s: int) -> None:
        """Keep a few words about `key`; they may be lost."""

    async def recall(self, key: str) -> str | None:
        """What was kept, if it still is."""

    async def forget_talk(self, openid: str) -> None:
        """Drop what the dialogue remembers of this openid; a store that is away has it dropped by its own time."""


PaymentState = Literal["NOTPAY", "SUCCESS", "CLOSED", "REFUND", "UNKNOWN_ORDER"]


@dataclass(frozen=True)
class PaymentReport:
    """What the platform says about one of our orders, from a notification or a query."""

    out_trade_no: str
    state: PaymentState
    app_id: str = ""
    mch_id: str = ""
    transaction_id: str = ""
    amount_fen: int = 0
    paid_at: datetime | None = None


RefundState = Literal["PROCESSING", "SUCCESS", "CLOSED", "ABNORMAL"]


@dataclass(frozen=True)
class RefundReport:
    out_refund_no: str
    state: RefundState
    refund_id: str = ""
    accepted_at: datetime | None = None


class PaymentGateway(Protocol):
    """WeChat Pay; every method raises `PaymentUnavailable` when no answer can be had."""

    app_id: str
    mch_id: str

    async def prepay(self, order: r.Order) -> str:
        """The prepay_id; asking again with the same order gives a valid one again (T17)."""

    def sheet(self, prepay_id: str) -> Mapping[str, str]:
        """The signed parameters of the payment sheet (JSAPI)."""

    async def query(self, out_trade_no: str) -> PaymentReport: ...

    async def close(self, out_trade_no: str) -> None:
        """Close an unpaid order; repeating it is harmless."""

    async def refund(self, refund: r.Refund, payment: r.Payment) -> RefundReport:
        """Of this payment, by its transaction: an order paid twice has two. Repeating it gives back no more."""

    def trade_bill(self, day: date) -> AsyncIterator[Sequence[BillLine]]:
        """The day's bill in batches, in bounded memory; a day without any business has an empty one.

        Nothing is given before the whole bill was found genuine. Before its time there is none: `PaymentUnavailable`.
        """

    def read_notification(self, headers: Mapping[str, str], body: bytes) -> PaymentReport | RefundReport:
        """Raises `NotificationRefused` unless the signature, its age and the content hold."""


@dataclass(frozen=True)
class OutgoingMail:
    message_id: str
    recipients: Sequence[str]
    subject: str
    body: str
    attachments: Sequence[MadeDocument] = ()


class MailRefused(Exception):
    """The mail server will never take this mail."""


class Mailer(Protocol):
    async def send(self, mail: OutgoingMail) -> None:
        """Hand the mail over; raises `MailRefused` for good, any other error for now."""


class Catalogues(Protocol):
    def current(self) -> Catalogue: ...

    def at(self, version: str) -> Catalogue:
        """The catalogue that a case was opened under; the current one when that version is no longer kept."""

    def retention(self) -> Retention:
        """How long what is kept."""

    def purposes(self) -> Mapping[str, Purpose]:
        """What people agree to."""


class Ids(Protocol):
    """Where new ids and secrets come from."""

    def new(self, prefix: str) -> str: ...
    def token(self) -> str: ...
    def code(self, length: int) -> str: ...
