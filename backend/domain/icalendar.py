"""Writes one event as an iCalendar file (RFC 5545): lines of at most 75 octets, text escaped, times in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

LINE_OCTETS: Final = 75
_ESCAPES: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})
_PRODUCT: Final = "-//Gongju//Appointments//ZH"


@dataclass(frozen=True)
class CalendarEvent:
    """`uid` is the same in every version of the file, `sequence` grows; all moments are aware."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    description: str
    written_at: datetime
    sequence: int = 0
    alarm_minutes: int = 120


def calendar_file(event: CalendarEvent) -> bytes:
    """The whole file, UTF-8, lines ended by CRLF."""
    lines = [folded for line in _lines(event) for folded in _folded(line)]
    return ("\r\n".join(lines) + "\r\n").encode()


def _lines(event: CalendarEvent) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH")
    yield from ("BEGIN:VEVENT", f"UID:{escaped(event.uid)}", f"SEQUENCE:{event.sequence}")
    yield f"DTSTAMP:{_utc(event.written_at)}"
    yield f"DTSTART:{_utc(event.starts_at)}"
    yield f"DTEND:{_utc(event.ends_at)}"
    yield f"SUMMARY:{escaped(event.summary)}"
    yield f"LOCATION:{escaped(event.location)}"
    yield f"DESCRIPTION:{escaped(event.description)}"
    yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-PT{event.alarm_minutes}M")
    yield from (f"DESCRIPTION:{escaped(event.summary)}", "END:VALARM", "END:VEVENT", "END:VCALENDAR")


def escaped(text: str) -> str:
    """TEXT of RFC 5545 3.3.11; control characters other than line breaks and tabs are left out."""
    kept = "".join(letter for letter in text if letter in "\n\t" or ord(letter) >= 32)
    return kept.replace("\x7f", "").translate(_ESCAPES)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> Iterator[str]:
    """At most 75 octets per line, never within a character; each following line begins with a space."""
    room, part = LINE_OCTETS, ""
    for letter in line:
        if len((part + letter).encode()) > room:
            yield part
            part, room = " ", LINE_OCTETS
        part += letter
    yield part
