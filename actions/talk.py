"""One turn of the talk: read, send one command, say the answer, and note where the talk stands for the next turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol
from zlib import crc32

from actions.backend import Outcome
from actions.commands import decide
from actions.doubts import inferred, shown_plainly
from actions.moves import Command, LeaveToRules, Move, Remark
from actions.reading import Question, Reading
from actions.speech import (
    ASKING,
    TO_STRANGERS,
    Utterance,
    asking,
    link_of,
    question_of,
    reminder_of,
    sentences,
    with_files,
    with_sample,
)

# What somebody may want before signing in; done as soon as the bind page is.
WISHES = frozenset({"start_case", "progress", "missing", "materials", "history", "confirmation_slip", "pay_link"})
ANSWERING = frozenset({"answer", "choose_employer", "confirm_notice"})
STUMBLES_BEFORE_HUMAN = 3
# What they tell is the answer; the open question is only recalled.
INFORMING = frozenset(
    "progress missing materials fee eligibility history confirmation_slip send_templates invoice receipts human "
    "my_data export_my_data secret_typed".split()
)
UNDERSTOOD = frozenset(
    "eligibility_unsure eligibility_doubt check_explained not_eligible submit_later say_what_to_change which_entry "
    "locked_now notice_in_full changed_since not_asked_here read_only".split()
)
# After these nobody wants to be asked at once.
FAREWELLS = frozenset({"goodbye", "wait"})


class Commands(Protocol):
    """The backend, as far as a turn needs it."""

    async def command(self, openid: str, command: Command, *, key: str, request_id: str) -> Outcome: ...


@dataclass(frozen=True)
class Standing:
    """What the tracker remembers between turns; `known` is false when it was lost or never began."""

    question: Question
    stumbles: int = 0
    known: bool = True
    wish: Command | None = None
    asked_to_bind: int = 0
    # The case that was talked about last: an answer meant for it is for no other one.
    case_no: str | None = None

    @classmethod
    def of_slots(cls, slots: Mapping[str, Any]) -> Standing:
        asked = slots.get("asked")
        if asked is None:
            return cls(Question.none(), 0, known=False)
        wish = asked.get("wish")
        return cls(
            Question.of_ask(asked if asked.get("form") else None),
            int(slots.get("stumbles") or 0),
            wish=Command(wish["name"], wish["body"]) if wish else None,
            asked_to_bind=int(asked.get("asked_to_bind") or 0),
            case_no=asked.get("case_no"),
        )

    @property
    def asked(self) -> dict[str, Any]:
        """What the slot `asked` keeps."""
        wish = {"wish": {"name": self.wish.name, "body": dict(self.wish.body)}} if self.wish else {}
        about = {"case_no": self.case_no} if self.case_no else {}
        if self.question.form:
            return {**self.question.raw, **wish, **about}
        return {"form": None, **about, **wish, **({"asked_to_bind": self.asked_to_bind} if self.asked_to_bind else {})}


@dataclass(frozen=True)
class Spoken:
    """The result of a turn; `left_to_rules` asks Rasa to let data/rules answer first."""

    utterances: Sequence[Utterance]
    standing: Standing
    left_to_rules: bool = False


@dataclass(frozen=True)
class Turn:
    """One message of one applicant, at one action."""

    openid: str
    action: str
    reading: Reading
    backend: Commands

    async def run(self, standing: Standing) -> Spoken:
        """Answer the message where the talk stands; where that was lost, ask the backend first (F31, F67)."""
        if not standing.known:
            return await self._find_the_place()
        move = decide(self.reading, standing.question)
        if move == Command("resume") and standing.question.form is None:
            move = standing.wish or Command("open" if standing.asked_to_bind else "resume")
        return await self._make(move, standing)

    async def continue_after_rules(self, standing: Standing) -> Spoken:
        """A rule has answered something else: put the question again, shortly."""
        if self.reading.intent in FAREWELLS:
            return Spoken([], standing)
        return Spoken([reminder_of(standing.question, round_=self._any_round())], standing)

    async def _find_the_place(self) -> Spoken:
        """An empty tracker: the backend says where the talk stands, then the message is an answer to that."""
        opened = await self._send(Command("open"), step="open")
        standing = Standing(Question.of_ask(opened.ask), case_no=_case_no(opened))
        move = decide(self.reading, standing.question)
        if isinstance(move, Command) and move.name not in {"open", "resume"}:
            return await self._make(move, standing)
        return self._tell(opened, Command("open"), standing)

    async def _make(self, move: Move, standing: Standing) -> Spoken:
        if isinstance(move, LeaveToRules) and self.action == standing.question.form:
            return Spoken([], standing, left_to_rules=True)
        if isinstance(move, LeaveToRules):
            return await self._remark(Remark("fallback"), standing)
        if isinstance(move, Remark):
            return await self._remark(move, standing)
        return await self._carry_out(move, standing)

    async def _carry_out(self, move: Command, standing: Standing) -> Spoken:
        spoken = self._tell(await self._send(move, case_no=standing.case_no), move, standing)
        for number, file_id in enumerate(self.reading.files[1:], start=2):
            more = Command("upload", {**move.body, "file_id": file_id})
            spoken = self._tell(
                await self._send(more, step=str(number), case_no=standing.case_no), more, spoken.standing
            )
        return await self._with_a_human(spoken)

    async def _remark(self, move: Remark, standing: Standing) -> Spoken:
        question = standing.question
        if move.code in {"fallback", "acknowledged"} and question.form is None:
            opened = await self._send(Command("open"), step="look")
            if opened.ask is not None:
                return await self._at_a_new_question(opened)
        if move.code == "acknowledged":
            return Spoken([Utterance("utter_acknowledged", (), {}, self._any_round())], standing)
        if move.code == "fallback":
            stumbles = standing.stumbles + 1
            choices = ("start", "ask_progress", "human") if stumbles > 1 else ("start", "ask_progress", "help")
            said = Utterance("utter_fallback", (), {}, stumbles - 1, choices=choices)
            return await self._with_a_human(Spoken([said], replace(standing, stumbles=stumbles)))
        if move.code == "again" and question.form is not None:
            return self._stumble(standing)
        places = (question.field, "") if (named := self.reading.entity("field")) is None else (named, question.field, "")
        names = [f"utter_{move.code}_{question.section}_{place}".rstrip("_") for place in places]
        facts = {"label": question.raw.get("label"), "hint": question.raw.get("hint")}
        if question.form is None and move.code == "say_what_to_change":
            return await self._carry_out(Command("resume"), standing)
        if question.form is None:
            said = Utterance("utter_help", (), {}, choices=("start", "ask_progress", "human"))
            return Spoken([said], standing)
        again = question_of(question) if move.code == "repeat" else reminder_of(question, round_=self._any_round())
        said = Utterance(names[0], [*names[1:], f"utter_{move.code}_field", f"utter_{move.code}"], facts)
        return Spoken([again] if move.code == "repeat" else [said, again], standing)

    async def _at_a_new_question(self, opened: Outcome) -> Spoken:
        """A question has come up since the last turn (something was sent back): the message is heard as about that."""
        question = Question.of_ask(opened.ask)
        move = decide(self.reading, question)
        if isinstance(move, Command) and (move.name != "answer" or move.body["values"] or move.body["option"]):
            return await self._carry_out(move, Standing(question, case_no=_case_no(opened)))
        standing = Standing(question, case_no=_case_no(opened))
        return Spoken([question_of(question, link=opened.link)], standing)

    def _tell(self, outcome: Outcome, command: Command, before: Standing) -> Spoken:
        if outcome.senseless:
            return self._stumble(before)
        question = Question.of_ask(outcome.ask)
        stumbled = command.name in ANSWERING and _same(question, before.question) and not _moved(outcome)
        stumbles = before.stumbles + 1 if stumbled else 0
        wish, asked_to_bind = None, 0
        if outcome.codes & TO_STRANGERS:
            wish = command if command.name in WISHES and "not_bound" in outcome.codes else before.wish
            asked_to_bind = before.asked_to_bind + 1
        outcome = self._fitted(outcome, command, before)
        told = sentences(outcome, round_=max(0, stumbles - 1), asked_to_bind=max(0, asked_to_bind - 1))
        words = shown_plainly(list(told), inferred(self.reading, command, before.question))
        said = [*with_files(words, outcome), *link_of(outcome)]
        if question.form is not None and command.name != "save":
            said = self._ask(said, outcome, command, stumbles)
        said = with_sample(said or [Utterance("utter_nothing_open", choices=("start", "ask_progress", "help"))], outcome)
        if outcome.person:
            said = [Utterance("utter_on_behalf_of", (), {"name": outcome.person}), *said]
        return Spoken(
            said, Standing(question, stumbles, wish=wish, asked_to_bind=asked_to_bind, case_no=_case_no(outcome))
        )

    def _ask(self, said: list[Utterance], outcome: Outcome, command: Command, stumbles: int) -> list[Utterance]:
        """The open question after what was said: in full, recalled shortly, or not at all when that asks already."""
        question = Question.of_ask(outcome.ask)
        last = str(outcome.say[-1]["code"]) if outcome.say else ""
        if last in ASKING and said:
            return [*said[:-1], asking(said[-1], question, link=outcome.link, stumbled=stumbles > 1)]
        if command.name in INFORMING and said and not (command.name == "missing" and question.section == "supplement"):
            return [*said, reminder_of(question, round_=self._any_round(), link=outcome.link)]
        round_ = max(stumbles, int(last == "at_first_step" or command.name == "photo_nudge"))
        return [*said, question_of(question, round_=round_, stumbled=stumbles > 1, link=outcome.link)]

    def _fitted(self, outcome: Outcome, command: Command, before: Standing) -> Outcome:
        """What the backend says, in words that fit what was asked."""
        say = list(outcome.say)
        if before.question.form == "cancel_form" and command.name == "resume":
            say = [{"code": "not_cancelled"}]
        if before.question.field == "unbind" and command.name == "resume":
            say = [{"code": "not_unbound"}]
        if self.reading.intent == "paid_but_unpaid" and (outcome.case or {}).get("stage") == "awaiting_payment":
            say = [{"code": "not_paid_yet"}]
        if (outcome.ask or {}).get("kind") == "page":
            say = [{"code": "not_understood"} if part["code"] == "unknown_option" else part for part in say]
        if self.reading.entity("secret_typed") and command.name == "answer":
            say = [{"code": "secret_left_out"}, *say]
        if command.name == "secret_typed" and "not_bound" in outcome.codes:
            say = [{"code": "secret_typed"}, *say]
        if sum(part["code"] == "month_needed" for part in say) > 1:
            say = [part for part in say if part["code"] != "month_needed"] + [{"code": "months_needed"}]
        if outcome.ask is not None:
            say = [part for part in say if part["code"] != "where_it_stands"] or say
        if (outcome.ask or {}).get("form") == "supplement_form" and command.name == "missing":
            say = [part for part in say if not _is_told_by_the_question(part)]
        return replace(outcome, say=tuple(say))

    def _stumble(self, before: Standing) -> Spoken:
        stumbles = before.stumbles + 1
        said = [Utterance("utter_fallback", (), {}, stumbles - 1, choices=("help", "human"))]
        if before.question.form is not None:
            said = [question_of(before.question, round_=stumbles, stumbled=True)]
        return Spoken(said, replace(before, stumbles=stumbles))

    async def _with_a_human(self, spoken: Spoken) -> Spoken:
        """After several misses in a row a colleague is called, once for that question."""
        if spoken.standing.stumbles != STUMBLES_BEFORE_HUMAN:
            return spoken
        outcome = await self._send(Command("human", {"reason": "not_understood"}), step="human")
        words = list(sentences(outcome)) or [Utterance("utter_human_called")]
        return replace(spoken, utterances=[*words, *spoken.utterances[-1:]])

    async def _send(self, command: Command, *, step: str = "", case_no: str | None = None) -> Outcome:
        """The key names the turn, not the action: a turn replayed after Redis was lost runs in another action."""
        key = f"{self.reading.key}:{step or 'turn'}"
        request_id = self.reading.request_id
        about = replace(command, case_no=case_no)
        return await self.backend.command(self.openid, about, key=key, request_id=request_id)

    def _any_round(self) -> int:
        """Varies the wording from turn to turn, the same for a turn that is replayed."""
        return crc32(self.reading.key.encode()) % 5


def _case_no(outcome: Outcome) -> str | None:
    return (outcome.case or {}).get("case_no")


def _same(one: Question, other: Question) -> bool:
    return one.form is not None and (one.form, one.field, one.index) == (other.form, other.field, other.index)


def _is_told_by_the_question(part: Mapping[str, Any]) -> bool:
    """A list of one open item, or the bureau's request: the question says the same."""
    facts = part.get("facts") or {}
    return (part["code"], facts.get("count")) == ("rejected_items", 1) or part["code"] == "bureau_asks"


def _moved(outcome: Outcome) -> bool:
    """Something was accepted or understood, although the same question stays open."""
    return bool(outcome.codes & UNDERSTOOD) or any(
        code.startswith(("saved", "noted", "photo_re", "gap_")) for code in outcome.codes
    )
