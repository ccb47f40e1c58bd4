"""What an earlier case lets us propose for a condition question: said again, changed with a word, never taken unasked.

A permit's end and number, and who came along then (T1, F67); for a business that does not ask who comes along it stays.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from backend.domain.catalogue import ConditionQuestion
from backend.domain.draft import Draft
from backend.domain.errors import ProposalDeclined
from backend.domain.sections.family import CHILDREN, FAMILY
from backend.domain.sections.prompt import NO, YES, Accepted, FieldSpec, Reading
from backend.domain.talk import Option
from backend.domain.timeline import has_present_job, present_job

EARLIER: Final = "earlier"
VALID_UNTIL: Final = "valid_until"
LAST_EMPLOYER: Final = "employer"
LAST_BUSINESS: Final = "business"
PROPOSED: Final = "proposed"
PERMIT_END: Final = "C_PERMIT_END"
CONTRACT_END: Final = "contract_end"
_KEPT_UNASKED: Final = ("C_SPOUSE", "C_CHILD")
_OF_ANSWERS: Final = ("C_PERMIT_NO", *_KEPT_UNASKED)
_UNSURE: Final = "unsure"
_ALSO_YES: Final = ("没变", "没变化", "没错", "就是这天", "就是这个")


def propose(draft: Draft, source: Draft, *, valid_until: date | None, asked: Collection[str]) -> Draft:
    """The draft of a new case with what `source` and its permit propose; `asked` are the questions of the business."""
    for code in _OF_ANSWERS:
        told = source.answer("conditions", code) or source.answer(PROPOSED, code)
        if told and told != _UNSURE and code in asked:
            draft = draft.with_answer(PROPOSED, code, told)
        elif told and told != _UNSURE and code in _KEPT_UNASKED:
            draft = draft.with_answer("conditions", code, told)
    if valid_until is not None and PERMIT_END in asked:
        draft = draft.with_answer(PROPOSED, PERMIT_END, valid_until.isoformat())
    for name, told in source.answers.get(FAMILY, {}).items():
        draft = draft.with_answer(FAMILY, name, told)
    return draft.with_rows(CHILDREN, source.rows(CHILDREN)) if source.rows(CHILDREN) else draft


def without_ended_contract(draft: Draft, *, today: date) -> Draft:
    """A contract that has run out since is not the present one: its end is asked anew, the rest of the job stays."""
    rows, job = draft.rows("work"), present_job(draft.rows("work"))
    if job is None or has_present_job(rows, today=today) or "end" not in job:
        return draft
    kept = [{name: told for name, told in row.items() if row != job or name != "end"} for row in rows]
    return draft.with_rows("work", kept).with_answer(PROPOSED, CONTRACT_END, job["end"])


def with_proposal(spec: FieldSpec, question: ConditionQuestion, draft: Draft) -> tuple[FieldSpec, str]:
    """The field with its proposal as the one tap, and the proposal in words; a choice keeps its own taps."""
    told = draft.answer(PROPOSED, question.code)
    if not told or draft.answer("conditions", question.code):
        return spec, ""
    shown = spec.show(told)
    if question.options:
        return spec, shown

    def read(text: str, reading: Reading) -> Accepted:
        plain = text.strip().strip("。.!！").lower()
        if plain in NO:
            raise ProposalDeclined(label=question.label, example=question.hint)
        return spec.read(told if plain in (*YES, *_ALSO_YES) else text, reading)

    return FieldSpec(**{**vars(spec), "read": read, "options": (Option(told, shown),)}), shown
