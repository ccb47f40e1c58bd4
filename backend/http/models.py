"""What callers may send (contracts.md 3 and 4); anything else is answered 422."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _storable(text: str) -> str:
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("not a storable text")
    return text


Text = Annotated[str, Field(max_length=4000), AfterValidator(_storable)]
Word = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_storable)]
Secret = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_storable)]
Index = Annotated[int, Field(ge=0, le=1000)]
Pixel = Annotated[int, Field(ge=0, le=100_000)]
Business = Literal["NEW", "RENEW", "EMPLOYER", "DEPENDANT", "ADDRESS", "GENERAL"]
Purpose = Literal["bind", "credentials", "crop", "pay", "upload", "overview", "data"]


class Request(BaseModel):
    """Names that a caller does not know are refused, so that a misspelt one is seen."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, strict=True)


class Empty(Request):
    pass


class StartCase(Request):
    """`confirmed`: a running draft of another business is exchanged for it."""

    business_type: Business
    confirmed: bool = False


class ChooseEmployer(Request):
    employer_id: Word | None = None
    option: Word | None = None


class ConfirmNotice(Request):
    eligible: bool


class GivenValue(Request):
    field: Word
    value: Text
    index: Index | None = None
    relative: bool = False


class Answer(Request):
    field: Word | None = None
    index: Index | None = None
    values: Annotated[list[GivenValue], Field(max_length=60)] = []
    text: Text | None = None
    option: Word | None = None
    mark: Word | None = None


class Redo(Request):
    section: Word | None = None


class Goto(Request):
    """`text` is how the field was named; `mark` what stood there when the tap was offered."""

    field: Word | None = None
    section: Word | None = None
    index: Index | None = None
    text: Text | None = None
    mark: Word | None = None
    values: Annotated[list[GivenValue], Field(max_length=20)] = []


class Entry(Request):
    index: Index | None = None


class RemoveEntry(Entry):
    """`values` name the entry that goes: a school, a level, an employer."""

    section: Word | None = None
    values: Annotated[list[GivenValue], Field(max_length=20)] = []


class Upload(Request):
    file_id: Word
    item: Word | None = None


class ChooseItem(Request):
    item: Word


class AboutItem(Request):
    item: Word | None = None


class UndoUpload(Request):
    """`number` counts the photos of one item from 1; -1 is the last."""

    number: Annotated[int, Field(ge=-100, le=100)] | None = None
    item: Word | None = None
    replace: bool = False


class MoveUpload(Request):
    item: Word
    number: Annotated[int, Field(ge=-100, le=100)] | None = None


class PhotoNudge(Request):
    direction: Literal["up", "down", "left", "right", "bigger", "smaller", "reset"]


class PageLink(Request):
    purpose: Purpose


class AboutBusiness(Request):
    business_type: Business | None = None


class AboutEligibility(AboutBusiness):
    """`text` is the question as it was asked; it is read for topics and numbers and not kept."""

    text: Text | None = None


class AboutMaterials(AboutBusiness):
    item: Word | None = None


class GiveConsent(Request):
    """`purpose` gives back one that is asked for in the chat alone."""

    purpose: Word | None = None


class CancelCase(Request):
    confirmed: bool = False


class Human(Request):
    reason: Text = "asked"


def _a_date(told: str) -> str:
    date.fromisoformat(told)
    return told


Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_a_date)]
Half = Literal["AM", "PM"]


class AboutSlots(Request):
    date: Day | None = None
    half: Half | None = None


class ChooseSlot(AboutSlots):
    number: Annotated[int, Field(ge=-100, le=100)] | None = None
    slot_id: Word | None = None


class CancelAppointment(Request):
    confirmed: bool = False


class Confirmed(Request):
    confirmed: bool = False


class WithdrawConsent(Confirmed):
    purpose: Word | None = None


class Waitlist(AboutSlots):
    leave: bool = False


class SwitchPerson(Request):
    person: Word | None = None


class ConfirmPhone(Request):
    code: Annotated[str, Field(max_length=12), AfterValidator(_storable)] | None = None
    again: bool = False
    give_up: bool = False


class UnbindAccount(Request):
    confirmed: bool = False


class AboutInvoice(Request):
    """Without values it is asked what became of the invoice."""

    values: Annotated[list[GivenValue], Field(max_length=20)] = []
    text: Text | None = None


class AboutReceipts(Request):
    page: Annotated[int, Field(ge=1, le=1000)] = 1


class SecretTyped(Request):
    kind: Word = "password"


COMMAND_BODIES: Final[Mapping[str, type[Request]]] = {
    "open": Empty,
    "start_case": StartCase,
    "choose_employer": ChooseEmployer,
    "confirm_notice": ConfirmNotice,
    "answer": Answer,
    "previous": Empty,
    "skip": Empty,
    "save": Empty,
    "resume": Empty,
    "redo": Redo,
    "goto": Goto,
    "add_entry": Entry,
    "remove_entry": RemoveEntry,
    "finish_section": Empty,
    "upload": Upload,
    "undo_upload": UndoUpload,
    "move_upload": MoveUpload,
    "last_upload": Empty,
    "finish_item": Empty,
    "choose_item": ChooseItem,
    "missing": Empty,
    "materials": AboutMaterials,
    "fee": AboutBusiness,
    "eligibility": AboutEligibility,
    "send_templates": AboutItem,
    "photo_nudge": PhotoNudge,
    "photo_accept": Empty,
    "photo_retake": Empty,
    "submit": Empty,
    "resubmit": Empty,
    "pay_link": Empty,
    "page_link": PageLink,
    "secret_typed": SecretTyped,
    "progress": Empty,
    "history": Empty,
    "confirmation_slip": Empty,
    "cancel_case": CancelCase,
    "human": Human,
    "invoice": AboutInvoice,
    "receipts": AboutReceipts,
    "slots": AboutSlots,
    "book": ChooseSlot,
    "reschedule": ChooseSlot,
    "cancel_appointment": CancelAppointment,
    "waitlist": Waitlist,
    "switch_person": SwitchPerson,
    "unbind_account": UnbindAccount,
    "my_data": Empty,
    "export_my_data": Empty,
    "delete_my_data": Confirmed,
    "withdraw_consent": WithdrawConsent,
    "give_consent": GiveConsent,
    "leave_it": Empty,
    "confirm_phone": ConfirmPhone,
}


class FileMeta(Request):
    kind: Word
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    width: Annotated[int, Field(ge=1, le=100_000)] | None = None
    height: Annotated[int, Field(ge=1, le=100_000)] | None = None
    source: Word = "chat"


class RedeemLink(Request):
    token: Word
    openid: Word


# Purpose by purpose, the version whose words the page showed.
Agreed = Annotated[dict[Word, Word], Field(max_length=20)]


class Bind(Request):
    username: Word
    password: Secret
    captcha_id: Word | None = None
    captcha: Word | None = None
    agreed: Agreed = Field(default_factory=dict)


class ConfirmOffer(Request):
    id_tail: Word
    agreed: Agreed = Field(default_factory=dict)
    change_account: bool = False


class AskResetCode(Request):
    username: Word
    phone: Word


class SetPassword(Request):
    username: Word
    code: Word
    password: Secret


class GoOnWish(Request):
    """The header X-Go-On of a page."""

    key: Annotated[str, Field(pattern=r"^page:[A-Za-z0-9_:-]{1,200}$")]
    payload: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")] | None = None
    quiet: bool | None = None


class GiveCredentials(Request):
    username: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_storable)]
    password: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_storable)]
    agreed: Agreed = Field(default_factory=dict)


class Crop(Request):
    x: Pixel
    y: Pixel
    w: Pixel
    h: Pixel


class ItemFiles(Request):
    file_ids: Annotated[list[Word], Field(min_length=1, max_length=60)]


class Contacted(Request):
    event: Literal[
        "subscribe", "unsubscribe", "message", "click", "scan", "authorisation_revoked", "authorisation_cancelled"
    ]
    scene: Word | None = None
