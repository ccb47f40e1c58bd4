"""The section 办理须知: whether the conditions are met, with a self-check for who is not sure (F15, F16, T3, T4)."""

from __future__ import annotations

from typing import Final

from backend.domain.catalogue import Notice
from backend.domain.context import InterviewContext
from backend.domain.days import shown_day
from backend.domain.draft import Draft
from backend.domain.sections import self_check
from backend.domain.sections.opening import chosen_employer
from backend.domain.sections.prompt import ChoicePrompt, Prompt, Reply
from backend.domain.talk import Kind, Option, Question, Say, Wants, Wish

ELIGIBLE_WORDS: Final = (
    ("符合条件", "yes"),
    ("符合", "yes"),
    ("我符合", "yes"),
    ("不符合", "no"),
    ("不确定", "unsure"),
    ("我不确定", "unsure"),
    ("全文", "full"),
    ("须知全文", "full"),
    ("看全文", "full"),
    ("看须知", "full"),
)
IN_FULL: Final = "full"


def notice_prompts(draft: Draft, ctx: InterviewContext) -> tuple[Prompt, ...]:
    if draft.answer("notice", "eligible") == "yes":
        return (_confirm(draft, ctx, settled=True),)
    return (*self_check.check_prompts(draft, ctx), _confirm(draft, ctx, settled=False))


def _confirm(draft: Draft, ctx: InterviewContext, *, settled: bool) -> ChoicePrompt:
    """After a self-check the notice is not read out again."""
    notice = ctx.catalogue.notice_for(ctx.business)
    employer = chosen_employer(ctx)
    is_checked = draft.answer("notice", self_check.CHECKING) == "done"
    question = Question(
        form="notice_form",
        field="eligible",
        group=("eligible",),
        label="办理须知",
        kind=Kind.CONFIRM,
        options=(*(Option(code, label) for code, label in notice.buttons.items()), Option(IN_FULL, "看须知全文")),
        facts={
            "title": "" if is_checked else notice.title,
            "summary": "" if is_checked else notice.summary,
            "version": notice.version,
            "business": ctx.business.label,
            "company": employer.name if employer else "",
        },
    )

    def choose(told: str) -> Reply:
        if told == IN_FULL:
            return Reply(draft, (_in_full(notice),), accepted=False)
        return _chosen(draft.with_answer("notice", "version", notice.version), ctx, told)

    return ChoicePrompt("notice.confirm", "notice", "eligible", settled, question, choose, words=ELIGIBLE_WORDS)


def _in_full(notice: Notice) -> Say:
    """Every paragraph, for who wants to read it before saying yes (F15)."""
    text = "\n".join(f"{at}. {one}" for at, one in enumerate(notice.paragraphs, 1))
    checked = shown_day(notice.origin.last_verified) if notice.origin.last_verified else ""
    return Say(
        "notice_in_full", {"title": notice.title, "paragraphs": text, "version": notice.version, "checked": checked}
    )


def _chosen(draft: Draft, ctx: InterviewContext, told: str) -> Reply:
    if told == "yes":
        return _confirmed(draft, ctx)
    business = {"business": ctx.business.label}
    begun = self_check.begin(draft, ctx)
    count = len(self_check.asked(begun, ctx))
    if told == "no":
        kept = (begun if count else draft).with_answer("notice", "eligible", "no")
        say = [Say("not_eligible", business)]
        if count:
            say.append(Say("which_condition", {"count": count}))
        return Reply(kept, tuple(say), accepted=bool(count), wish=Wish(Wants.NOT_ELIGIBLE))
    if not count:
        return Reply(draft, (Say("eligibility_unsure", business),), accepted=False)
    return Reply(begun, (Say("check_begins", {"count": count}),))


def _confirmed(draft: Draft, ctx: InterviewContext) -> Reply:
    """What is known to fail is said once before somebody goes on; they decide, the bureau judges."""
    failures = self_check.known_failures(draft, ctx)
    if failures and not draft.answer("notice", "warned"):
        reasons = "\n".join(f"· {one.reason}" for one in failures)
        facts = {"reasons": reasons, "basis": self_check.basis_of(ctx)}
        return Reply(draft.with_answer("notice", "warned", "yes"), (Say("eligibility_doubt", facts),), accepted=False)
    kept = draft.with_answer("notice", "eligible", "yes").without_answers("notice", {"ready_on"})
    doubts = "\n".join(f"· {one.reason}" for one in self_check.known_doubts(draft, ctx))
    facts = {"doubts": doubts, "basis": self_check.basis_of(ctx)}
    say = (Say("eligible_confirmed", {}), *((Say("eligibility_verify", facts),) if doubts else ()))
    return Reply(kept, say, wish=Wish(Wants.CONFIRM_ELIGIBLE, draft.answer("notice", "version")))
