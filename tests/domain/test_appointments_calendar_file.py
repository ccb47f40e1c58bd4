"""The iCalendar file: folded, escaped, in UTC, and readable again."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.icalendar import LINE_OCTETS, CalendarEvent, calendar_file, escaped

STARTS, ENDS = datetime(2026, 3, 18, 1, 0, tzinfo=UTC), datetime(2026, 3, 18, 3, 30, tzinfo=UTC)
WRITTEN = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)


def an_event(
    summary: str = "工作居住证复审", location: str = "示例大厅", description: str = "请带：身份证"
) -> CalendarEvent:
    return CalendarEvent("ap_1@gongju", STARTS, ENDS, summary, location, description, WRITTEN)


def read(content: bytes) -> dict[str, str]:
    """Unfolded properties of the file; the event's own, its alarm's are left out."""
    text = content.decode().replace("\r\n ", "")
    event = text.split("BEGIN:VEVENT")[1].split("BEGIN:VALARM")[0]
    return dict(line.split(":", 1) for line in event.strip("\r\n").split("\r\n"))


def unescaped(text: str) -> str:
    out, letters = [], iter(text)
    for letter in letters:
        if letter == "\\":
            after = next(letters)
            out.append("\n" if after == "n" else after)
        else:
            out.append(letter)
    return "".join(out)


def test_the_file_is_a_calendar_with_one_event_in_utc() -> None:
    content = calendar_file(an_event())
    assert content.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert content.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")
    told = read(content)
    assert (told["DTSTART"], told["DTEND"], told["UID"]) == ("20260318T010000Z", "20260318T033000Z", "ap_1@gongju")


def test_what_has_a_meaning_of_its_own_is_escaped() -> None:
    assert escaped("a,b;c\\d\r\ne") == "a\\,b\\;c\\\\d\\ne"


def test_a_text_cannot_bring_properties_of_its_own() -> None:
    content = calendar_file(an_event(summary="复审\r\nATTENDEE:mailto:x@example.com"))
    assert b"\r\nATTENDEE" not in content


def test_a_long_chinese_text_is_folded_between_characters() -> None:
    content = calendar_file(an_event(description="请带身份证原件和全部材料" * 20))
    assert max(len(line) for line in content.split(b"\r\n")) == LINE_OCTETS
    assert read(content)["DESCRIPTION"] == "请带身份证原件和全部材料" * 20


WRITABLE = st.text(
    st.one_of(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), st.sampled_from("\n\t,;\\")), max_size=300
)


@given(WRITABLE, WRITABLE)
def test_any_text_comes_back_as_it_was_and_no_line_is_too_long(location: str, description: str) -> None:
    content = calendar_file(an_event(location=location, description=description))
    assert all(len(line) <= LINE_OCTETS for line in content.split(b"\r\n"))
    told = read(content)
    assert (unescaped(told["LOCATION"]), unescaped(told["DESCRIPTION"])) == (location, description)


@given(st.text(max_size=100))
def test_control_characters_are_left_out(text: str) -> None:
    assert not [one for one in escaped(text) if ord(one) < 32 and one != "\t"]
