"""Publishing content: look, check, preview, make live, go back; every version stays (operators' texts, fees, lists)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from backend.domain.catalogue import Catalogue
from backend.domain.errors import CatalogueFaulty
from backend.domain.publications import OF_CATALOGUE, Change, ContentKind, changes_of_catalogue, newest, overlaid
from backend.services.publication_records import Publication
from backend.services.publishing import Published, as_change
from backend.services.staff.acting import needed_text
from backend.services.staff.calendar_changes import Change as Step
from backend.services.staff.calendar_changes import once
from backend.services.staff.content.fields import Content, Entry, Field, Form
from backend.services.staff.content.papers import Materials, Notices
from backend.services.staff.content.prices import Prices
from backend.services.staff.content.sentences import Messages, Sentences
from backend.services.staff.office import Office
from backend.services.staff.refusals import ContentChanged, ContentSame, ContentUnknown, ContentWrong, NotAllowed
from backend.services.staff.sign_in import SignedIn

LATEST: Final = 30
LONGEST_NOTE: Final = 100


@dataclass(frozen=True)
class Version:
    """One publication of a list; `undone` is the file's content again."""

    number: int
    at: datetime
    who: str
    kind: ContentKind
    key: str
    title: str
    note: str
    undone: bool
    is_now: bool


@dataclass(frozen=True)
class ContentPage:
    """All kinds with what was published last."""

    kinds: Mapping[str, str]
    latest: Sequence[Version]


@dataclass(frozen=True)
class ListPage:
    kind: ContentKind
    label: str
    entries: Sequence[Entry]
    query: str


@dataclass(frozen=True)
class Difference:
    """A field before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class EditPage:
    """A piece of content to edit; `seen` is the number of its latest publication, 0 when there is none."""

    kind: ContentKind
    key: str
    label: str
    form: Form
    seen: int
    is_changed: bool
    versions: Sequence[Version]


@dataclass(frozen=True)
class Preview:
    """What publishing would change, and what people would see."""

    differences: Sequence[Difference]
    shown: str


async def content_page(office: Office, who: SignedIn) -> ContentPage:
    """Raises NotAllowed, ContentUnknown."""
    contents = await _contents(office, who)
    rows = await _rows(office)
    versions = await _versions(office, rows, contents)
    return ContentPage({kind.value: one.label for kind, one in contents.items()}, versions[:LATEST])


async def list_page(office: Office, who: SignedIn, kind: str, query: str) -> ListPage:
    """Raises NotAllowed, ContentUnknown."""
    contents = await _contents(office, who)
    kind_, content = _of(contents, kind)
    changed = {key for one, key in newest([as_change(row) for row in await _rows(office)]) if one is kind_}
    entries = [Entry(one.key, one.title, one.excerpt, one.key in changed) for one in content.entries(query)]
    return ListPage(kind_, content.label, entries, query)


async def edit_page(office: Office, who: SignedIn, kind: str, key: str) -> EditPage:
    """Raises NotAllowed, ContentUnknown."""
    contents = await _contents(office, who)
    kind_, content = _of(contents, kind)
    rows = [row for row in await _rows(office) if (row.kind, row.key) == (kind_.value, key)]
    body = rows[-1].body if rows else None
    form = content.form(key, body)
    versions = await _versions(office, rows, contents)
    return EditPage(kind_, key, content.label, form, _seen(rows), body is not None, versions)


async def preview(office: Office, who: SignedIn, kind: str, key: str, told: Mapping[str, str]) -> Preview:
    """What this form would change; nothing is changed.

    Raises:
        NotAllowed, ContentUnknown, ContentWrong, ContentSame: see there.
    """
    contents = await _contents(office, who)
    kind_, content = _of(contents, kind)
    rows = await _rows(office)
    body = content.read(key, told)
    mine = [row for row in rows if (row.kind, row.key) == (kind_.value, key)]
    before, after = content.form(key, mine[-1].body if mine else None), content.form(key, body)
    differences = _differences(before.fields, after.fields)
    if not differences:
        raise ContentSame
    _check(office, rows, Change(_seen(rows) + 1, kind_, key, body))
    return Preview(differences, after.shown)


async def publish(
    office: Office, who: SignedIn, kind: str, key: str, told: Mapping[str, str], *, seen: int, note: str, token: str
) -> None:
    """Make it live, in every process within seconds; a form that is sent twice publishes once.

    Raises:
        NotAllowed, ContentUnknown, ContentWrong, TextNeeded, TextTooLong: nothing has been published.
        ContentChanged: a colleague has published this piece since `seen`.
    """
    contents = await _contents(office, who)
    kind_, content = _of(contents, kind)
    note, body = needed_text(note, longest=LONGEST_NOTE), content.read(key, told)
    await _publish(office, who, kind_, key, body, seen=seen, note=note, token=token)


async def go_back(office: Office, who: SignedIn, kind: str, key: str, *, number: int, seen: int, token: str) -> None:
    """Publish an earlier version again; number 0 is the file's content.

    Raises:
        NotAllowed, ContentUnknown, ContentChanged, ContentWrong: nothing has been published.
    """
    contents = await _contents(office, who)
    kind_, content = _of(contents, kind)
    content.form(key, None)
    body: Mapping[str, Any] | None = None
    if number:
        rows = [row for row in await _rows(office) if (row.kind, row.key, row.number) == (kind_.value, key, number)]
        if not rows:
            raise ContentUnknown
        body = rows[0].body
    note = f"恢复到第 {number} 版" if number else "恢复成随程序交付的内容"
    await _publish(office, who, kind_, key, body, seen=seen, note=note, token=token)


async def _publish(
    office: Office, who: SignedIn, kind: ContentKind, key: str, body: Mapping[str, Any] | None, *, seen: int, note: str,
    token: str,
) -> None:  # fmt: skip
    async def step(change: Step) -> None:
        # One at a time: numbers become visible in their order, and a piece is changed from what was seen.
        await change.uow.hold("publications")
        rows = await change.uow.publications.where(order_by="number")
        if _seen([row for row in rows if (row.kind, row.key) == (kind.value, key)]) != seen:
            raise ContentChanged
        _check(office, rows, Change(_seen(rows) + 1, kind, key, body))
        fresh = Publication(kind.value, key, body, note, who.staff_id, change.now)
        added = await change.uow.publications.add(fresh)
        await change.audit("content_published", kind=kind.value, key=key, number=added.number)

    await once(office, who, token, "publish", step)
    await _published(office).refresh()


def _check(office: Office, rows: Sequence[Publication], change: Change) -> None:
    """The catalogue as a whole still holds with it; raises ContentWrong."""
    if change.kind not in OF_CATALOGUE:
        return
    changes = [*changes_of_catalogue([as_change(row) for row in rows]), change]
    try:
        Catalogue.from_documents(overlaid(_published(office).documents, changes))
    except CatalogueFaulty as error:
        raise ContentWrong("整份清单", "和别的内容对不上：" + "；".join(error.faults[:3])) from error


async def _contents(office: Office, who: SignedIn) -> Mapping[ContentKind, Content]:
    """Every kind, for managers only."""
    if who.role != "manager":
        raise NotAllowed
    published = _published(office)
    async with office.parts.begin() as uow:
        employers = {one.uscc: one.name for one in await uow.employers.where(active=True, order_by="name")}
    return {
        ContentKind.FEES: Prices(published, employers),
        ContentKind.NOTICE: Notices(published),
        ContentKind.MATERIAL: Materials(published),
        ContentKind.TEXT: Sentences(published),
        ContentKind.MESSAGE: Messages(published),
    }


def _of(contents: Mapping[ContentKind, Content], kind: str) -> tuple[ContentKind, Content]:
    if kind not in set(ContentKind):
        raise ContentUnknown
    return ContentKind(kind), contents[ContentKind(kind)]


def _published(office: Office) -> Published:
    if office.parts.published is None:
        raise ContentUnknown
    return office.parts.published


async def _rows(office: Office) -> list[Publication]:
    async with office.parts.begin() as uow:
        return await uow.publications.where(order_by="number")


def _seen(rows: Sequence[Publication]) -> int:
    return (rows[-1].number or 0) if rows else 0


def _differences(before: Sequence[Field], after: Sequence[Field]) -> list[Difference]:
    old = {one.name: one for one in before}
    return [
        Difference(one.label, _label(old[one.name]) if one.name in old else "", _label(one))
        for one in after
        if one.name not in old or one.value != old[one.name].value
    ]


def _label(field: Field) -> str:
    return dict(field.options).get(field.value, field.value)


async def _versions(
    office: Office, rows: Sequence[Publication], contents: Mapping[ContentKind, Content]
) -> list[Version]:
    """The newest first, each with who made it live."""
    async with office.parts.begin() as uow:
        people = {one.id: one.display_name for one in await uow.staff.where()}
    now = {(row.kind, row.key): row.number for row in rows}
    return [
        Version(
            number=row.number or 0,
            at=row.created_at,
            who=people.get(row.staff_id, "工作人员"),
            kind=ContentKind(row.kind),
            key=row.key,
            title=_title(contents[ContentKind(row.kind)], row.key),
            note=row.note,
            undone=row.body is None,
            is_now=now[row.kind, row.key] == row.number,
        )
        for row in reversed(rows)
    ]


def _title(content: Content, key: str) -> str:
    try:
        return content.form(key, None).title
    except ContentUnknown:
        return key
