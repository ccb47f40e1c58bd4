"""What stalls is noticed by the product itself: a task for the staff, a word to whom it concerns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from backend.domain.case import STAGES, Actor, Stage
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.pushes import open_task, push
from backend.services.survey import Stalled

BATCH: Final = 100
FILES_LOOKED_BACK: Final = timedelta(days=30)
OURS: Final = tuple(stage.value for stage, facts in STAGES.items() if facts.who_acts is Actor.STAFF)
_NOTES: Final = {
    "case_stalled": "等中智处理已经太久，请看一下",
    "push_failed": "有一条消息没能送到申请人的微信，请换个方式联系",
    "mail_failed": "有一封邮件没有发出去",
    "files_loose": "申请人发来的 {count} 个文件没有归到任何材料项，请看看是不是漏了",
}
# What the applicant hears of it; what cannot be sent to them is for the staff alone.
_SAID: Final = {"case_stalled": "case_slow", "mail_failed": "mail_not_sent", "files_loose": "files_unsorted"}


async def notice_stalls(parts: Parts) -> int:
    """Open what tasks there are to open, by day; a cause has one task, whatever becomes of it."""
    limits = parts.catalogues.current().stalls
    now = parts.clock.now()
    if parts.catalogues.current().reminders.quiet.include(now):
        return 0
    async with parts.begin() as uow:
        survey = uow.survey
        found = {
            "case_stalled": await survey.waiting_cases(OURS, now - timedelta(hours=limits.case_h), limit=BATCH),
            "push_failed": await survey.undelivered(now, limits.message_h, limit=BATCH),
            "mail_failed": await survey.unsent_mails(now - timedelta(hours=limits.mail_h), limit=BATCH),
            "files_loose": await survey.loose_files(
                now - FILES_LOOKED_BACK, now - timedelta(hours=limits.file_h), limit=BATCH
            ),
        }
        opened = 0
        for kind, stalled in found.items():
            opened += await _open(uow, parts, kind, stalled)
        await uow.commit()
    return opened


async def _open(uow: UnitOfWork, parts: Parts, kind: str, stalled: Sequence[Stalled]) -> int:
    now = parts.clock.now()
    opened = 0
    for one in stalled:
        case = await uow.cases.get(one.case_id) if one.case_id else None
        said = _NOTES[kind].format(count=one.count)
        note = f"申请 {case.case_no}：{said}" if case else said
        task_id = parts.ids.new("t")
        is_new = await open_task(uow, task_id, kind, note, once=one.key, now=now, case=case, openid=one.openid)
        if is_new and case is not None and kind in _SAID:
            facts = {"count": one.count, "stage_label": STAGES[Stage(case.stage)].label}
            await push(uow, parts.texts, case, _SAID[kind], facts, once=one.key)
        opened += is_new
    return opened
