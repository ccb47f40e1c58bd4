"""The talk after the submission: what can still be changed, what is sent back, what the bureau asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from backend.domain.case import Stage
from backend.domain.context import ItemState, ItemStatus, SupplementState
from backend.domain.interview import file_target, open_question
from backend.domain.still_missing import still_missing, still_to_supplement
from backend.domain.talk import (
    AddEntry,
    ChooseItem,
    FinishSection,
    Goto,
    Wants,
)
from tests.domain.talking import (
    a_talk_until,
)


@pytest.mark.parametrize("stage", [Stage.AGENCY_REVIEW, Stage.HR_FINAL_REVIEW])
def test_while_others_act_only_contact_data_can_be_changed(stage: Stage) -> None:
    talk = a_talk_until("review")
    talk.ctx = replace(talk.ctx, stage=stage)
    assert open_question(talk.draft, talk.ctx) is None
    talk.do(Goto(section="education"))
    assert talk.said == ["locked_now"]
    talk.do(Goto(field="phone"))
    assert talk.ask.field == "phone"


def test_rejected_items_are_asked_one_by_one_and_sent_back_with_one_word() -> None:
    talk = a_talk_until("review")
    rejected = ItemState("WK01", ItemStatus.REJECTED, files=1, reason="缺页")
    talk.ctx = replace(talk.ctx, stage=Stage.AGENCY_REJECTED, items={**talk.ctx.items, "WK01": rejected})
    talk.ctx = replace(talk.ctx, items={code: replace(one, new_files=0) for code, one in talk.ctx.items.items()})
    assert (talk.ask.form, talk.ask.field, talk.ask.facts["reason"]) == ("supplement_form", "WK01", "缺页")
    assert file_target(talk.draft, talk.ctx) == "WK01"
    talk.do(ChooseItem("BA01"))
    assert talk.said == ["item_locked"]
    sent = replace(rejected, files=2, new_files=1)
    talk.ctx = replace(talk.ctx, items={**talk.ctx.items, "WK01": sent})
    assert talk.ask.current == "已收到1张"
    talk.do(FinishSection())
    assert talk.ask.field == "resubmit"
    step = talk.tap("yes")
    assert step.wish is not None
    assert step.wish.what is Wants.RESUBMIT


def test_a_rejected_item_of_two_sides_waits_for_the_second_one() -> None:
    talk = a_talk_until("review")
    rejected = ItemState("BA01", ItemStatus.REJECTED, files=2, reason="反光")
    talk.ctx = replace(talk.ctx, stage=Stage.AGENCY_REJECTED, items={"BA01": replace(rejected, new_files=1)})
    assert (talk.ask.field, talk.ask.current) == ("BA01", "已收到1张，还差1张（国徽面）")
    talk.ctx = replace(talk.ctx, items={"BA01": replace(rejected, new_files=2)})
    assert talk.ask.field == "resubmit"


def test_one_new_side_is_enough_when_the_applicant_says_so() -> None:
    talk = a_talk_until("review")
    rejected = ItemState("BA01", ItemStatus.REJECTED, files=2, new_files=1, reason="反光")
    talk.ctx = replace(talk.ctx, stage=Stage.AGENCY_REJECTED, items={"BA01": rejected})
    talk.do(FinishSection())
    assert (talk.said, talk.ask.field) == (["item_done"], "resubmit")


def test_what_holds_a_supplement_back_is_named_with_the_side_that_is_missing() -> None:
    talk = a_talk_until("review")
    items = {
        "BA01": ItemState("BA01", ItemStatus.REJECTED, files=2, new_files=1, reason="反光"),
        "WK01": ItemState("WK01", ItemStatus.REJECTED, files=1, reason="缺页"),
        "HO04": ItemState("HO04", ItemStatus.REJECTED, files=1, new_files=1, reason="缺页"),
    }
    talk.ctx = replace(talk.ctx, stage=Stage.AGENCY_REJECTED, items=items)
    assert still_to_supplement(talk.draft, talk.ctx) == (
        "居民身份证：已收到1张，还差1张（国徽面），只补这些就说“传完了”",
        "劳动（聘用）合同",
    )
    talk.ctx = replace(talk.ctx, items={"BA01": replace(items["BA01"], finished=True)})
    assert still_to_supplement(talk.draft, talk.ctx) == ()


def test_a_school_half_told_holds_a_supplement_back() -> None:
    talk = a_talk_until("review")
    talk.ctx = replace(talk.ctx, stage=Stage.HR_FIRST_SUPPLEMENT, supplement=SupplementState("x", new_files=1))
    assert still_to_supplement(talk.draft, talk.ctx) == ()
    talk.do(Goto(section="education"))
    talk.do(AddEntry())
    talk.tell(school="北京大学")
    assert any(one.endswith("没填完") for one in still_to_supplement(talk.draft, talk.ctx))


def test_what_is_missing_is_told_with_counts_and_pages() -> None:
    talk = a_talk_until("materials")
    assert "居民身份证：要2张（人像面、国徽面）" in still_missing(talk.draft, talk.ctx)
    talk.send_photo()
    assert "居民身份证：已收到1张，还差1张（国徽面）" in still_missing(talk.draft, talk.ctx)
    contract = ItemState("WK01", ItemStatus.UPLOADED, files=3)
    talk.ctx = replace(talk.ctx, items={**talk.ctx.items, "WK01": contract})
    assert "劳动（聘用）合同：已收到3张，全了就说“传完了”" in still_missing(talk.draft, talk.ctx)


def test_schools_may_be_edited_after_a_rejection() -> None:
    talk = a_talk_until("review")
    talk.ctx = replace(talk.ctx, stage=Stage.AGENCY_REJECTED)
    talk.do(Goto(field="major", index=1))
    talk.tell("计算机")
    assert talk.draft.rows("education")[1]["major"] == "计算机"


def test_the_bureaus_request_is_asked_until_something_new_is_there() -> None:
    talk = a_talk_until("review")
    request = SupplementState("请补交居住证明")
    talk.ctx = replace(talk.ctx, stage=Stage.HR_FIRST_SUPPLEMENT, supplement=request)
    assert (talk.ask.field, talk.ask.facts["request"]) == ("SU02", "请补交居住证明")
    talk.ctx = replace(talk.ctx, supplement=replace(request, due_on=date(2026, 12, 1)))
    assert talk.ask.facts["request"] == "请补交居住证明（请在12月1日前补）"
    talk.ctx = replace(talk.ctx, supplement=replace(request, new_files=1))
    assert talk.ask.field == "resubmit"
