"""What the domain's tests build on: the real catalogue, an applicant, and a talk that remembers its draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from backend.adapters.catalogue_files import load_catalogue
from backend.domain.case import Stage
from backend.domain.catalogue import Catalogue
from backend.domain.context import ApplicantFacts, EmployerFacts, InterviewContext, ItemState, ItemStatus, PhotoState
from backend.domain.draft import Draft
from backend.domain.interview import Step, file_target, open_question, take, uploaded
from backend.domain.profile import BusinessType, profile_for
from backend.domain.talk import Answer, Command, FinishItem, Question, Value, Wants

TODAY = date(2026, 11, 21)
COMPANY = EmployerFacts("emp_1", "示例控股有限公司", "延庆县")


@cache
def the_catalogue() -> Catalogue:
    return load_catalogue()


def a_context(**changes: object) -> InterviewContext:
    context = InterviewContext(
        business=BusinessType.NEW,
        profile=profile_for(BusinessType.NEW),
        catalogue=the_catalogue(),
        applicant=ApplicantFacts("王小明", "2201*****3344", "女", date(1990, 5, 6)),
        today=TODAY,
        employers=(COMPANY,),
    )
    return replace(context, **changes)  # type: ignore[arg-type]


@dataclass
class Talk:
    """A conversation with the domain alone: it keeps draft and context, and does what the answers wish."""

    ctx: InterviewContext = field(default_factory=a_context)
    draft: Draft = field(default_factory=Draft)
    inputs: int = 0
    said: list[str] = field(default_factory=list)

    @property
    def ask(self) -> Question:
        question = open_question(self.draft, self.ctx)
        assert question is not None
        return question

    def do(self, command: Command) -> Step:
        step = take(self.draft, command, self.ctx)
        self.draft, self.inputs = Draft.from_json(step.draft.to_json()), self.inputs + 1
        self.said = [one.code for one in step.say]
        if step.wish:
            self._grant(step.wish.what, step.wish.about)
        return step

    def _grant(self, what: Wants, about: str) -> None:
        if what is Wants.PHOTO_ACCEPT:
            self.ctx = replace(self.ctx, photo=PhotoState(accepted=True))
        elif what is Wants.PHOTO_RETAKE:
            self.ctx = replace(self.ctx, photo=None)
        elif what is Wants.FINISH_ITEM:
            state = replace(self.ctx.items.get(about, ItemState(about)), finished=True)
            self.ctx = replace(self.ctx, items={**self.ctx.items, about: state})
        elif what is Wants.CHOOSE_EMPLOYER:
            chosen = next(one for one in self.ctx.employers if one.id == about)
            self.ctx = replace(self.ctx, employer=chosen)
        elif what is Wants.SUBMIT:
            self.ctx = replace(self.ctx, stage=Stage.AWAITING_PAYMENT)

    def tell(self, text: str = "", **values: str) -> Step:
        return self.do(Answer(values=tuple(Value(name, value) for name, value in values.items()), text=text))

    def tap(self, option: str, field: str | None = None) -> Step:
        return self.do(Answer(option=option, field=field))

    def entries(self, *rows: Mapping[str, str]) -> Step:
        values = [Value(name, value, at, relative=True) for at, row in enumerate(rows) for name, value in row.items()]
        return self.do(Answer(values=tuple(values)))

    def send_photo(self) -> None:
        self.inputs += 1
        item = file_target(self.draft, self.ctx)
        if item is None:
            self.ctx = replace(self.ctx, photo=PhotoState(accepted=False))
            return
        old = self.ctx.items.get(item, ItemState(item))
        new = replace(old, state=ItemStatus.UPLOADED, files=old.files + 1, new_files=old.new_files + 1)
        self.ctx = replace(self.ctx, items={**self.ctx.items, item: new})
        self.draft = uploaded(self.draft, item, self.ctx)


HIGH_SCHOOL = {"school": "长春市第十一高中", "start": "2005-09", "end": "2008-06"}
UNIVERSITY = {"school": "吉林大学", "start": "2008-09", "end": "2012-06", "major": "软件工程"}
FIRST_JOB = {
    "employer": "用友网络科技股份有限公司",
    "job": "开发",
    "start": "2012-07",
    "end": "2018-03",
    "place": "北京市海淀区",
}
PRESENT_JOB = {
    "employer": "示例控股有限公司",
    "job": "后端开发",
    "start": "2018-04",
    "end": "2027-05",
    "place": "北京市延庆区",
}


def a_talk_until(section: str) -> Talk:
    """The standard applicant's talk up to the first question of `section`."""
    talk = Talk()
    steps = {
        "contact": lambda: talk.tap("yes"),
        "credentials": lambda: talk.tell(phone="13800138000", emails="a@example.com"),
        "personal": lambda: _give_credentials(talk),
        "photo": lambda: _personal(talk),
        "education": lambda: (talk.send_photo(), talk.tap("accept")),
        "work": lambda: (talk.entries(HIGH_SCHOOL), talk.entries(UNIVERSITY), talk.tap("yes")),
        "conditions": lambda: (talk.entries(FIRST_JOB), talk.entries(PRESENT_JOB), talk.tap("yes")),
        "materials": lambda: talk.tell("1 1 2 2"),
        "review": lambda: _materials(talk),
        "payment": lambda: talk.tap("yes"),
    }
    for name, step in steps.items():
        if section == "notice":
            break
        step()
        if name == section:
            break
    return talk


def _give_credentials(talk: Talk) -> None:
    talk.inputs += 1
    talk.ctx = replace(talk.ctx, credentials_given=True)


def _personal(talk: Talk) -> None:
    talk.tell("汉族 群众 未婚")
    talk.tell("吉林省长春市 家庭户 城镇")
    talk.tell("北京市朝阳区幸福路1号院2号楼301 租房 100020")


def _materials(talk: Talk) -> None:
    while (question := talk.ask).form == "materials_form":
        if question.facts["enough"]:
            talk.do(FinishItem())
        else:
            talk.send_photo()
