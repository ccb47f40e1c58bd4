"""What a command answers (contracts.md 3): sentences by code, one open question, files, a link, and the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from backend.domain.case import STAGES, Stage
from backend.domain.errors import DomainError
from backend.domain.talk import Question, Say
from backend.services.links import OfferedLink
from backend.services.records import CaseRecord


@dataclass(frozen=True)
class ShownFile:
    """A file to send along: a preview, a confirmation slip."""

    file_id: str
    kind: str


@dataclass(frozen=True)
class Outcome:
    """An answer in the making; `to_json` is the contract's shape."""

    say: tuple[Say, ...] = ()
    ask: Question | None = None
    files: tuple[ShownFile, ...] = ()
    link: OfferedLink | None = None
    case: CaseRecord | None = None
    draft_step: str | None = None
    # For whom it is, where several people use one account.
    person: str | None = None

    def saying(self, code: str, facts: Mapping[str, Any] | None = None) -> Outcome:
        return replace(self, say=(*self.say, Say(code, facts or {})))

    def to_json(self) -> dict[str, Any]:
        return {
            "say": [one.to_json() for one in self.say],
            "ask": self.ask.to_json() if self.ask else None,
            "files": [{"file_id": one.file_id, "kind": one.kind} for one in self.files],
            "link": self.link.to_json() if self.link else None,
            "case": case_json(self.case, self.draft_step) if self.case else None,
            "person": self.person,
        }


def case_json(case: CaseRecord, draft_step: str | None) -> dict[str, Any]:
    stage = Stage(case.stage)
    return {
        "case_no": case.case_no,
        "business_type": case.business_type,
        "stage": case.stage,
        "stage_label": STAGES[stage].label,
        "draft_step": draft_step if stage is Stage.DRAFT else None,
    }


def refusal(error: DomainError) -> Say:
    """The sentence of a refusal that the applicant can mend."""
    return Say(error.code, error.facts())
