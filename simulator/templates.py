"""Template messages: the templates the account has, what their values may look like, the delivery report (B.4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from simulator.api import Body, Call, add_endpoint, json_answer, parse_json
from simulator.chat import Bubble
from simulator.errors import ApiError
from simulator.inbound import INBOUND
from simulator.world import WORLD, World

SAME_MESSAGE: Final = timedelta(minutes=10)
REPORT_AFTER_S: Final = 0.5
_FIELD: Final = re.compile(r"(?P<label>[^\n{}:：]*)[:：]?\s*\{\{(?P<key>\w+)\.DATA\}\}")
_HAN: Final = r"\u4e00-\u9fff"
VALUE_RULES: Final[dict[str, re.Pattern[str]]] = {
    "thing": re.compile(r".{1,20}", re.S),
    "character_string": re.compile(rf"[^{_HAN}\s]{{1,32}}"),
    "number": re.compile(r"(?=.{1,32}$)-?\d+(\.\d+)?"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(rf"[^\w{_HAN}]{{1,5}}"),
    "time": re.compile(r"[\d年月日时分秒:：./~～ -]{1,40}"),
    "date": re.compile(r"[\d年月日时分秒:：./~～ -]{1,40}"),
    "amount": re.compile(r"[^\d\s]?\d{1,10}(\.\d+)?元?"),
    "phone_number": re.compile(r"[\d+() -]{1,17}"),
    "car_number": re.compile(r".{1,8}"),
    "name": re.compile(rf"[{_HAN}·]{{1,10}}|[A-Za-z .·'-]{{1,20}}"),
    "phrase": re.compile(rf"[{_HAN}]{{1,5}}"),
    "const": re.compile(r".{1,20}"),
    "enum": re.compile(r".{1,20}"),
}
# name: (title, content); the id of a standard template is known in advance, see `standard_id`.
STANDARD: Final[dict[str, tuple[str, str]]] = {
    "progress": (
        "办理进度提醒",
        "业务编号:{{character_string1.DATA}}\n当前进度:{{phrase2.DATA}}\n备注:{{thing3.DATA}}",
    ),
    "payment": ("支付成功通知", "业务编号:{{character_string1.DATA}}\n金额:{{amount2.DATA}}\n状态:{{phrase3.DATA}}"),
    "payment_reminder": (
        "待支付提醒",
        "业务编号:{{character_string1.DATA}}\n提醒:{{thing2.DATA}}\n截止时间:{{time3.DATA}}",
    ),
    "refund": ("退款通知", "业务编号:{{character_string1.DATA}}\n金额:{{amount2.DATA}}\n状态:{{phrase3.DATA}}"),
    "appointment": ("预约成功通知", "预约事项:{{thing1.DATA}}\n预约时间:{{time2.DATA}}\n预约地点:{{thing3.DATA}}"),
    "expiry": ("证件到期提醒", "证件名称:{{thing1.DATA}}\n到期时间:{{time2.DATA}}\n温馨提示:{{thing3.DATA}}"),
}


def standard_id(name: str) -> str:
    """43 characters, as real ids."""
    return f"SIM-{name}-".ljust(43, "0")


@dataclass(frozen=True)
class Template:
    id: str
    title: str
    content: str

    @property
    def fields(self) -> list[tuple[str, str]]:
        """(label, key) in order; `first` and `remark` are dropped as since May 2023."""
        found = [(match["label"].strip(), match["key"]) for match in _FIELD.finditer(self.content)]
        return [(label, key) for label, key in found if key not in ("first", "remark")]

    def as_json(self) -> Body:
        return {
            "template_id": self.id,
            "title": self.title,
            "primary_industry": "商务服务",
            "deputy_industry": "法律|咨询",
            "content": self.content,
            "example": "",
        }


class Templates:
    """The private templates; they outlive a reset, the sent messages do not."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.installed: dict[str, Template] = {}
        self.sent: dict[tuple[str, str], tuple[datetime, int]] = {}
        world.on_reset(self.sent.clear)
        for name, (title, content) in STANDARD.items():
            self.install(title, content, standard_id(name))

    def install(self, title: str, content: str, template_id: str = "") -> Template:
        made = self._world.ids.text("template", len(self.installed) + 1, 43, _ID_ALPHABET)
        template = Template(template_id or made, title, content)
        self.installed[template.id] = template
        return template


_ID_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
TEMPLATES: web.AppKey[Templates] = web.AppKey("templates", Templates)


def add_routes(app: web.Application) -> None:
    add_endpoint(app, "POST", "/cgi-bin/message/template/send", send)
    add_endpoint(app, "GET", "/cgi-bin/template/get_all_private_template", list_templates)
    app.router.add_get("/_sim/templates", show_templates)
    app.router.add_post("/_sim/templates", add_template)


async def list_templates(call: Call) -> Body:
    return {"template_list": [t.as_json() for t in call.request.app[TEMPLATES].installed.values()]}


async def send(call: Call) -> Body:
    world, templates = call.world, call.request.app[TEMPLATES]
    user = world.users.get(call.text("touser"))
    if user is None:
        raise ApiError(40003)
    if not user.following:
        raise ApiError(43004)
    template = templates.installed.get(call.text("template_id"))
    if template is None:
        raise ApiError(40037)
    values = _values(template, call.part("data"))
    key, now = (user.openid, call.text("client_msg_id")), world.clock.now()
    if key[1] and key in templates.sent and now - templates.sent[key][0] < SAME_MESSAGE:
        return {"errcode": 0, "errmsg": "ok", "msgid": templates.sent[key][1]}
    msgid = 3_557_254_000_000_000_000 + world.ids.next_number("template_msgid")
    templates.sent[key] = (now, msgid)
    if not user.refuses_templates:
        world.chat(user.openid).add(_card(template, values, call))
    _report_later(call, user.openid, msgid, "failed:user block" if user.refuses_templates else "success")
    return {"errcode": 0, "errmsg": "ok", "msgid": msgid}


def _card(template: Template, values: Mapping[str, str], call: Call) -> Bubble:
    # Text after a line break in a value is not shown.
    fields = [{"label": label, "value": values[key].split("\n")[0]} for label, key in template.fields]
    card: Body = {"title": template.title, "fields": fields, "url": call.text("url"), "template_id": template.id}
    if mini := call.part("miniprogram"):
        card["miniprogram"] = mini
    return Bubble("account", "template", text=template.title, card=card, via="template")


def _values(template: Template, data: Body) -> dict[str, str]:
    """The value of every field of the template. Raises ApiError 47003 naming the first that breaks its rule."""
    values = {}
    for _, key in template.fields:
        part = data.get(key)
        value = part.get("value") if isinstance(part, dict) else None
        if value is None or not str(value).strip():
            raise ApiError(47003, f"data.{key}.value is empty")
        if not is_allowed(key, str(value)):
            raise ApiError(47003, f"data.{key}.value invalid")
        values[key] = str(value)
    return values


def is_allowed(key: str, value: str) -> bool:
    """Whether a value keeps the rule that its key's prefix names; unknown prefixes take anything."""
    rule = VALUE_RULES.get(key.rstrip("0123456789"))
    return rule is None or rule.fullmatch(value) is not None


def _report_later(call: Call, openid: str, msgid: int, status: str) -> None:
    inbound, world = call.request.app[INBOUND], call.world

    async def report() -> None:
        if openid in world.users:
            inbound.event(openid, "TEMPLATESENDJOBFINISH", {"MsgID": msgid, "Status": status})

    world.timers.after(REPORT_AFTER_S, report, name="TEMPLATESENDJOBFINISH")


async def show_templates(request: web.Request) -> web.Response:
    return json_answer({"templates": [t.as_json() for t in request.app[TEMPLATES].installed.values()]})


async def add_template(request: web.Request) -> web.Response:
    """`{"title", "content", "template_id"?}`."""
    try:
        body = parse_json(await request.read(), request.app[WORLD])
    except ApiError as error:
        raise web.HTTPBadRequest(text=error.message) from error
    title, content = str(body.get("title", "")), str(body.get("content", ""))
    if not title or not _FIELD.search(content):
        raise web.HTTPBadRequest(text="a template needs a title and a content with {{key.DATA}} fields")
    made = request.app[TEMPLATES].install(title, content, str(body.get("template_id", "")))
    return json_answer(made.as_json())
