"""The worked example of docs/rules/businesses.md holds, line by line."""

from __future__ import annotations

import re
from pathlib import Path

from backend.domain.case_facts import advised
from backend.domain.context import PhotoState
from backend.domain.profile import BusinessType, profile_for
from backend.domain.sections.earlier import prefilled
from backend.domain.talk import Skip
from tests.domain.talking import TODAY, Talk, a_context
from tests.domain.test_flow_profiles import answers
from tests.domain.test_other_businesses import a_talk, an_earlier_draft

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules" / "businesses.md"


def test_the_worked_example_of_the_businesses() -> None:
    block = re.findall(r"```example\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    business, asked, talk = BusinessType.NEW, list[str](), Talk()
    for line in block.strip().splitlines():
        word, _, rest = line.partition(" ")
        if word in set(BusinessType):
            business = BusinessType(word)
            asked, talk = _walk(business)
        elif word == "asks":
            assert asked == rest.split()
        elif word == "ends":
            day, _, code = rest.partition("->")
            assert _told_of(day.strip()) == code.split()
        else:
            assert [one.code for one in advised(talk.draft, talk.ctx)] == rest.split()


def _walk(business: BusinessType) -> tuple[list[str], Talk]:
    """The questions in order; what only helps is skipped, and nothing has changed."""
    profile = profile_for(business)
    draft = prefilled(an_earlier_draft(), case_no="GJ20231101-00001", profile=profile, today=TODAY)
    context = a_context(business=business, profile=profile, credentials_given=True, photo=PhotoState(accepted=True))
    talk = Talk(context, draft)
    talk.tap("yes")
    asked: list[str] = []
    while talk.ask.field != "submit":
        if talk.ask.field not in asked:
            asked.append(talk.ask.field)
        if talk.ask.optional:
            talk.do(Skip())
        elif talk.ask.field == "address":
            talk.tell(address="海淀区学院路2号院1号楼502", housing="单位宿舍", postcode="100083")
        else:
            answers(talk)
    return [*asked, "submit"], talk


def _told_of(day: str) -> list[str]:
    talk = a_talk(BusinessType.RENEW)
    talk.tell("京G2023000123")
    step = talk.tell(C_PERMIT_END=day)
    return [one.code for one in step.say if one.code != "saved_value"]
