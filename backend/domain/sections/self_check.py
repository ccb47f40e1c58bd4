"""The self-check at the notice: what is not known yet, one short question at a time, and its outcome (F15, F16, T4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from backend.domain.case_facts import case_facts
from backend.domain.context import InterviewContext
from backend.domain.days import shown_day
from backend.domain.draft import Draft
from backend.domain.eligibility import OF_DAYS, Assessment, Check, CheckKind, Finding, assess
from backend.domain.eligibility_answers import basis
from backend.domain.eligibility_days import Clocks, judged
from backend.domain.errors import DomainError, MonthInFuture
from backend.domain.months import Month, read_month
from backend.domain.sections.known_checks import known_answers
from backend.domain.sections.opening import chosen_employer, district_name
from backend.domain.sections.prompt import Reply, Skipping, read_choice, refusal
from backend.domain.sections.question_readers import read_told_day, renewal_rule
from backend.domain.talk import Answer, Facts, Kind, Option, Question, Say, Wants, Wish

CHECKING: Final = "checking"
UNSURE: Final = "unsure"
_BEIJING: Final = "北京"
_NOT_SURE: Final = (("不确定", UNSURE), ("不知道", UNSURE), ("不清楚", UNSURE))
_KINDS: Final[Mapping[CheckKind, Kind]] = {
    CheckKind.MONTH: Kind.MONTH,
    CheckKind.CONTRACT_END: Kind.MONTH,
    CheckKind.PERMIT_END: Kind.DATE,
    CheckKind.LEFT_ON: Kind.DATE,
}
# A month without its own name is heard as the field of the list that tells the same.
_MONTHS_OF: Final[Mapping[CheckKind, tuple[str, ...]]] = {
    CheckKind.MONTH: ("start",),
    CheckKind.CONTRACT_END: ("end",),
}


def begin(draft: Draft, ctx: InterviewContext) -> Draft:
    """Ask from the beginning; what an earlier round was told is forgotten."""
    names = {*(one.code for one in ctx.catalogue.eligibility.checks), "ready_on", "failed"}
    explained = {f"{name}_explained" for name in names}
    return draft.without_answers("notice", names | explained).with_answer("notice", CHECKING, "yes")


def check_prompts(draft: Draft, ctx: InterviewContext) -> tuple[CheckPrompt, ...]:
    """The open self-check; empty while nobody wants one."""
    if draft.answer("notice", CHECKING) != "yes":
        return ()
    return tuple(CheckPrompt(check, bool(draft.answer("notice", check.code))) for check in asked(draft, ctx))


def asked(draft: Draft, ctx: InterviewContext) -> tuple[Check, ...]:
    """The checks of this business that have to be asked."""
    known = known_answers(draft, ctx)
    checks = ctx.catalogue.eligibility.checks_for(ctx.business)
    return tuple(
        one
        for one in checks
        if one.kind is not CheckKind.AGE and (draft.answer("notice", one.code) or one.code not in known)
    )


def verdict(draft: Draft, ctx: InterviewContext) -> Assessment:
    """What all answers amount to, the told ones before the known ones."""
    checks = ctx.catalogue.eligibility.checks_for(ctx.business)
    told = {one.code: draft.answer("notice", one.code) for one in checks}
    answers = {**known_answers(draft, ctx), **{code: value for code, value in told.items() if value}}
    return _assessed(checks, answers, draft, ctx)


def known_failures(draft: Draft, ctx: InterviewContext) -> tuple[Finding, ...]:
    """What fails without asking anybody."""
    known, rules = known_answers(draft, ctx), ctx.catalogue.eligibility
    checks = [one for one in rules.checks_for(ctx.business) if one.code in known]
    return _assessed(checks, known, draft, ctx).failed


def known_doubts(draft: Draft, ctx: InterviewContext) -> tuple[Finding, ...]:
    """What somebody has to look at by what our records say; nothing after a self-check, which has told it."""
    if draft.answer("notice", CHECKING) == "done":
        return ()
    known = known_answers(draft, ctx)
    checks = [one for one in ctx.catalogue.eligibility.checks_for(ctx.business) if one.code in known]
    return _assessed(checks, known, draft, ctx).doubtful


def _assessed(checks: Sequence[Check], answers: Mapping[str, str], draft: Draft, ctx: InterviewContext) -> Assessment:
    rules, place = ctx.catalogue, place_of(ctx)
    clocks = Clocks(renewal_rule(ctx), rules.reminders.leave_employer_d, ctx.today, place)
    return assess(
        rules.eligibility, checks, answers, eligibility_facts(draft, ctx), today=ctx.today, place=place,
        judge=lambda check, told: judged(check, told, clocks),
    )  # fmt: skip


def eligibility_facts(draft: Draft, ctx: InterviewContext) -> dict[str, str]:
    return {**case_facts(draft, ctx), "gender": ctx.applicant.gender}


def place_of(ctx: InterviewContext) -> str:
    employer = chosen_employer(ctx)
    return district_name(employer, ctx) if employer else _BEIJING


def basis_of(ctx: InterviewContext) -> str:
    """依据…口径: of the case's own district."""
    employer = chosen_employer(ctx)
    mine = [one for one in ctx.catalogue.districts.values() if employer and one.name == district_name(employer, ctx)]
    return basis(ctx.catalogue, mine)


def _options(check: Check) -> tuple[Option, ...]:
    """A month or a day can be not known, too."""
    return tuple(Option(one.code, one.label) for one in check.options) or (Option(UNSURE, "我不确定"),)


@dataclass(frozen=True)
class CheckPrompt:
    """One question of the self-check; also heard in the words of the condition that it tells about."""

    check: Check
    settled: bool
    skipping: Skipping = Skipping.NEVER

    @property
    def key(self) -> str:
        return f"notice.{self.name}"

    @property
    def section(self) -> str:
        return "notice"

    @property
    def name(self) -> str:
        return f"check_{self.check.code}"

    @property
    def fields(self) -> tuple[str, ...]:
        heard = {name for option in self.check.options for name in option.tells} | {self.check.field}
        return (self.name, *sorted(heard - {""}), *_MONTHS_OF.get(self.check.kind, ()))

    @property
    def label(self) -> str:
        return self.check.label

    def is_settled(self, draft: Draft, ctx: InterviewContext) -> bool:
        return self.settled

    def ask(self, draft: Draft, ctx: InterviewContext) -> Question:
        checks = asked(draft, ctx)
        return Question(
            form="notice_form",
            field=self.name,
            group=(self.name,),
            label=self.check.label,
            kind=_KINDS.get(self.check.kind, Kind.CHOICE),
            options=_options(self.check),
            hint=self.check.hint,
            facts={
                "question": self.check.question,
                "position": checks.index(self.check) + 1 if self.check in checks else 1,
                "count": len(checks),
            },
        )

    def answer(self, draft: Draft, ctx: InterviewContext, answer: Answer) -> Reply:
        """Keep the answer; the first 我不确定 is explained, the second one kept; the last answer brings the verdict."""
        try:
            told = self._told(answer, ctx)
        except DomainError as error:
            return Reply(draft, (refusal(error, self.label),), accepted=False)
        if not told:
            choices = "、".join(option.label for option in self.check.options)
            return Reply(draft, (Say("unknown_option", {"label": self.label, "choices": choices}),), accepted=False)
        explained = f"{self.check.code}_explained"
        if told == UNSURE and self.check.explain and not draft.answer("notice", explained):
            kept = draft.with_answer("notice", explained, "yes")
            return Reply(kept, (Say("check_explained", {"explain": self.check.explain}),), accepted=False)
        return self._after(_kept(draft, self.check, told), ctx)

    def _told(self, answer: Answer, ctx: InterviewContext) -> str:
        values = [value.value for value in answer.values if value.field in self.fields]
        said = answer.option or (values[0] if values else answer.text)
        if self.check.kind is CheckKind.MONTH:
            return self._month(said, ctx)
        chosen = read_choice(said, _options(self.check), _NOT_SURE)
        chosen = chosen or self._by_condition(said, ctx)
        return read_told_day(self.check, said, ctx) if not chosen and self.check.kind in OF_DAYS else chosen

    def _month(self, said: str, ctx: InterviewContext) -> str:
        if read_choice(said, _options(self.check), _NOT_SURE):
            return UNSURE
        month = read_month(said, today=ctx.today)
        if month > Month.of(ctx.today):
            raise MonthInFuture
        return str(month)

    def _by_condition(self, said: str, ctx: InterviewContext) -> str:
        """公司交的: an answer in the words of the condition question that asks the same; in doubt none."""
        plain = said.strip().strip("。")
        contained = []
        for option in self.check.options:
            for name, value in option.tells.items():
                question = ctx.catalogue.questions.get(name)
                same = next((one for one in question.options if one.code == value), None) if question else None
                words = (same.code, same.label, *same.aliases) if same else ()
                if plain in words:
                    return option.code
                if any(len(word) > 1 and word in plain for word in words):
                    contained.append(option.code)
        return contained[0] if len(set(contained)) == 1 else ""

    def _after(self, draft: Draft, ctx: InterviewContext) -> Reply:
        if any(not draft.answer("notice", one.code) for one in asked(draft, ctx)):
            return Reply(draft)
        return conclude(draft, ctx)


def conclude(draft: Draft, ctx: InterviewContext) -> Reply:
    """All is told: what is not met and why, what somebody has to look at, from when it would be met (T4)."""
    found = verdict(draft, ctx)
    done = draft.with_answer("notice", CHECKING, "done")
    basis: Facts = {"basis": basis_of(ctx)}
    doubts = "\n".join(f"· {one.reason}" for one in found.doubtful)
    if not found.failed:
        code = "check_doubtful" if found.doubtful else "check_passed"
        return Reply(done, (Say(code, {**basis, "doubts": doubts}),))
    failed = ",".join(one.code for one in found.failed)
    done = done.with_answer("notice", "eligible", "no").with_answer("notice", "failed", failed)
    reasons = "\n".join(f"· {one.reason}" for one in found.failed)
    say = [Say("check_failed", {**basis, "reasons": reasons, "doubts": doubts})]
    if found.ready_on is not None:
        done = done.with_answer("notice", "ready_on", found.ready_on.isoformat())
        say.append(Say("check_ready_on", {"day": shown_day(found.ready_on)}))
    return Reply(done, tuple(say), wish=Wish(Wants.NOT_ELIGIBLE, failed))


def _kept(draft: Draft, check: Check, told: str) -> Draft:
    option = check.option(told)
    for name, value in (option.tells if option else {}).items():
        draft = draft.with_answer("conditions", name, value)
    if check.field and option is None and told != UNSURE:
        draft = draft.with_answer("conditions", check.field, told)
    return draft.with_answer("notice", check.code, told)
