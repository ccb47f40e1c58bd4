"""The one-inch photo: sent, shown cropped, and accepted with a yes (F28)."""

from __future__ import annotations

from backend.domain.context import InterviewContext
from backend.domain.draft import Draft
from backend.domain.sections.prompt import ChoicePrompt, PagePrompt, Prompt, Reply, Skipping
from backend.domain.talk import Kind, Option, Question, Say, Wants, Wish

_OPTIONS = (Option("accept", "用这张"), Option("retake", "重拍"))
_WORDS = (
    ("可以", "accept"),
    ("好", "accept"),
    ("好的", "accept"),
    ("行", "accept"),
    ("对", "accept"),
    ("嗯", "accept"),
    ("yes", "accept"),
    ("affirm", "accept"),
    ("就这张", "accept"),
    ("ok", "accept"),
    ("不行", "retake"),
    ("不好", "retake"),
    ("no", "retake"),
    ("deny", "retake"),
    ("换一张", "retake"),
    ("重新拍", "retake"),
    ("不要", "retake"),
    ("不可以", "retake"),
)


def photo_prompts(draft: Draft, ctx: InterviewContext) -> tuple[Prompt, ...]:
    if ctx.photo is None:
        question = _question(Kind.PHOTO, (), "白底、近期、免冠；不用自己裁")
        return (PagePrompt("photo.photo", "photo", "photo", False, question, Skipping.LATER, "send_a_photo"),)

    def choose(told: str) -> Reply:
        if told == "accept":
            return Reply(draft, (Say("photo_accepted", {}),), wish=Wish(Wants.PHOTO_ACCEPT))
        return Reply(draft, (Say("photo_retake", {}),), wish=Wish(Wants.PHOTO_RETAKE))

    question = _question(Kind.CONFIRM, _OPTIONS, "想调一下可以说：往上一点、大一点")
    return (
        ChoicePrompt("photo.photo", "photo", "photo", ctx.photo.accepted, question, choose, Skipping.LATER, _WORDS),
    )


def _question(kind: Kind, options: tuple[Option, ...], hint: str) -> Question:
    return Question(
        form="photo_form", field="photo", group=("photo",), label="一寸照片", kind=kind, options=options, hint=hint
    )
