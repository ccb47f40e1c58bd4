"""What the staff's use cases work with, put together once by main.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from backend.services.parts import Parts
from backend.services.records import CaseRecord, StaffTask


class PdfInspector(Protocol):
    async def pages(self, content: bytes) -> int:
        """How many pages this PDF has.

        Raises:
            PdfRefused: it is none, it is locked, or it cannot be read.
        """


class CaseBoard(Protocol):
    """Reading many cases at once, in pages."""

    async def counts(self) -> Mapping[str, int]:
        """How many cases stand at each stage."""

    async def page(self, stages: Sequence[str], *, newest_first: bool, limit: int, offset: int) -> list[CaseRecord]:
        """Cases at these stages by the time they have been there."""

    async def tasks(self, *, done: bool, limit: int) -> tuple[list[StaffTask], int]:
        """Tasks that are open, the oldest first, or done, the latest first, without who works on which case; and how
        many there are of the open ones."""

    async def applicants_by_employer(self) -> Mapping[str, int]:
        """How many may apply through each employer."""

    async def number_ending_in(self, digits: str) -> str | None:
        """The newest case number that ends so."""


@dataclass(frozen=True)
class SentMessage:
    """A message to the applicant that left or waits to leave; `state` is the outbox's."""

    at: datetime
    text: str
    state: str
    via: str | None


class ChatLog(Protocol):
    """What the WeChat edge knows about one applicant's chat."""

    async def sent_to(self, openid: str, *, marks: Sequence[str], limit: int) -> list[SentMessage]:
        """The latest messages of the outbox whose key holds one of `marks`, newest first: an account may have several
        people, and have had others before."""

    async def left_for(self, openid: str) -> int:
        """How many messages staff can still send before the applicant writes again."""


class QrCodes(Protocol):
    async def make(self, scene: str, *, life_s: int) -> tuple[str, bytes]:
        """Media type and picture of a QR that brings `scene` back when it is scanned; raises QrUnavailable."""


@dataclass(frozen=True)
class Office:
    """The parts that all use cases share, and what only the staff's need."""

    parts: Parts
    pdfs: PdfInspector
    board: CaseBoard
    chat_log: ChatLog
    qr: QrCodes
