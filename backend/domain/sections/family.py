"""Who comes along: the spouse and each child by name, so that their papers can be counted and filled in (F37, F39).

Their ID numbers are never asked: they are written by hand on the papers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from backend.domain.context import InterviewContext
from backend.domain.draft import Draft, Entry
from backend.domain.errors import DomainError, MonthInFuture
from backend.domain.free_text import read_free_text
from backend.domain.months import Month, read_month
from backend.domain.sections.education import show_month
from backend.domain.sections.fields import FieldsPrompt, RowStore, SectionStore
from backend.domain.sections.prompt import Accepted, FieldSpec, Reading
from backend.domain.talk import Kind

FAMILY: Final = "family"
CHILDREN: Final = "children"
ACCOMPANIES: Final = frozenset({"with_job", "without_job"})
_ANY_DAY: Final = date(2100, 1, 1)
_NAME: Final = re.compile(r"[\u3400-\u9fff·]{2,20}|[A-Za-z][A-Za-z .'-]{1,39}")


def family_prompts(draft: Draft, ctx: InterviewContext) -> tuple[FieldsPrompt, ...]:
    """Questions about the spouse who comes along, and one about each child who does."""
    found = []
    spouse = draft.answer("conditions", "C_SPOUSE")
    if spouse in ACCOMPANIES:
        found.append(_spouse_prompt(has_job=spouse == "with_job"))
    found += [_child_prompt(at) for at in range(children_count(draft))]
    return tuple(found)


def children_count(draft: Draft) -> int:
    """How many children come along."""
    told = draft.answer("conditions", "C_CHILD").removeprefix("with_")
    return int(told) if told.isdecimal() else 0


def children(draft: Draft) -> tuple[Entry, ...]:
    """The children who come along, as far as they are told."""
    return draft.rows(CHILDREN)[: children_count(draft)]


def family_facts(draft: Draft, ctx: InterviewContext) -> dict[str, str]:
    """What conditions may test: how many children, and the oldest one's age in whole years."""
    ages = [_age(row["child_born"], ctx.today) for row in children(draft) if row.get("child_born")]
    count = children_count(draft)
    return {"children": str(count) if count else "", "oldest_child": str(max(ages)) if ages else ""}


def family_on_papers(draft: Draft) -> dict[str, object]:
    """What the papers say about spouse and children; ID numbers stay lines to fill in."""
    spouse, stays = draft.answer("conditions", "C_SPOUSE"), draft.answer("conditions", "C_CHILD") == "stay"
    name = draft.answer(FAMILY, "spouse_name")
    rows: list[Mapping[str, str]] = []
    if spouse and spouse != "unsure":
        rows.append({"relation": "配偶", "name": name, "accompany": "随往" if spouse in ACCOMPANIES else "不随往"})
    rows += [{"relation": "子女", "name": row.get("child_name", ""), "accompany": "随往"} for row in children(draft)]
    if stays:
        rows.append({"relation": "子女", "name": "", "accompany": "不随往"})
    born = [{"name": row.get("child_name", ""), "birth_date": row.get("child_born", "")} for row in children(draft)]
    employer = draft.answer(FAMILY, "spouse_employer")
    return {"spouse_name": name, "spouse_employer": employer, "family": rows, "children": born}


def _spouse_prompt(*, has_job: bool) -> FieldsPrompt:
    name = FieldSpec("spouse_name", "配偶姓名", Kind.TEXT, _name, looks_right=_is_name)
    employer = FieldSpec(
        "spouse_employer", "配偶单位", Kind.TEXT, _employer, hint="写单位全称", looks_right=lambda text: len(text) >= 5
    )
    return FieldsPrompt(
        key="conditions.spouse",
        form="conditions_form",
        section="conditions",
        specs=(name, employer) if has_job else (name,),
        store=SectionStore(FAMILY),
    )


def _child_prompt(at: int) -> FieldsPrompt:
    return FieldsPrompt(
        key=f"conditions.child.{at}",
        form="conditions_form",
        section="conditions",
        specs=(
            FieldSpec("child_name", "孩子姓名", Kind.TEXT, _name, looks_right=_is_name),
            FieldSpec(
                "child_born", "出生年月", Kind.MONTH, _born, hint="例如 2018年3月", show=show_month,
                looks_right=_is_month,
            ),
        ),
        store=RowStore(CHILDREN, at),
        index=at,
    )  # fmt: skip


def _name(text: str, reading: Reading) -> Accepted:
    return Accepted(read_free_text(text, shortest=2, longest=40))


def _employer(text: str, reading: Reading) -> Accepted:
    return Accepted(read_free_text(text, shortest=2, longest=100))


def _born(text: str, reading: Reading) -> Accepted:
    month = read_month(text.strip().removesuffix("出生").removesuffix("生").removesuffix("的"), today=reading.ctx.today)
    if month > Month.of(reading.ctx.today):
        raise MonthInFuture
    return Accepted(str(month), month.shown)


def _is_name(piece: str) -> bool:
    return _NAME.fullmatch(piece) is not None and not piece.endswith(("公司", "单位"))


def _is_month(piece: str) -> bool:
    try:
        read_month(piece.removesuffix("出生").removesuffix("生"), today=_ANY_DAY)
    except DomainError:
        return False
    return True


def _age(born: str, today: date) -> int:
    """Whole years, the month of birth counted as full: a paper is asked for rather too early than too late."""
    month = Month.parse(born)
    return max((Month.of(today).ordinal - month.ordinal) // 12, 0)
