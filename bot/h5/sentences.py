"""What the pages say when something is not right: one kind sentence per refusal code, each with what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

CHAT_GOES_ON: Final = "回到聊天就行，下一步马上发给您。"
GO_ON_YOURSELF: Final = "回到聊天说“继续”，我们接着办。"
AWAY: Final = "系统正在忙，您填的没有丢，请过一会儿再试。"
EXPIRED_TITLE: Final = "链接已失效"
EXPIRED_LINES: Final = ("为了安全，链接只能打开一次，而且很快过期。", "请回到聊天，说“再发一次”，我给您一个新的。")
OTHERS_TITLE: Final = "这个链接不是给您的"
OTHERS_LINES: Final = ("每个链接只给收到它的人用。", "请在自己的聊天里说“帮助”，我给您发新的。")
NOT_HERE_TITLE: Final = "没有找到这个页面"
NOT_HERE_LINES: Final = ("请回到聊天，从我发给您的链接打开。",)

SENTENCES: Final[Mapping[str, str]] = {
    "wrong_password": "用户名或密码不对，还可以试 {left} 次。",
    "captcha_needed": "请再输入图中的验证码。",
    "captcha_wrong": "验证码不对或已过期，请看新的图再输一次。",
    "locked": "输错次数太多，账号已锁定，{until} 后自动解开。",
    "terms_needed": "请先阅读并勾选：{missing}。",
    "consent_needed": "请先勾选同意，我们才能保存北京通账号。",
    "missing": "请把用户名和密码都填上。",
    "already_bound": "这个账号已经绑定过了，不用再绑。",
    "bound_to_another": "这个微信已经绑定了另一个账号，请在聊天里说“转人工”。",
    "upscaling_needed": "框太小了，照片会不清楚，请把框放大一些。",
    "crop_outside": "框超出了照片，请拖回照片里面。",
    "already_paid": "这笔已经付过了，不用再付。回到聊天看进度吧。",
    "nothing_to_pay": "现在没有要付的。回到聊天说“到哪一步了”，看看进度。",
    "export_gone": "这份副本已过期。回到聊天说“导出我的数据”，可以再做一份。",
    "not_bound": "还没有绑定账号。请回到聊天说“绑定”，我给您登录的链接。",
    "no_case": "现在没有在办的申请。请回到聊天说“新申请”。",
    "photo_missing": "还没有照片。请先在聊天里发一张白底照片。",
    "item_full": "这项的张数已经够了。要换，请在聊天里说“撤回上一张”。",
    "item_unknown": "这项材料现在不用传，请刷新页面看看还差哪些。",
    "proof_missing": "请填身份证号的最后四位。",
    "proof_wrong": "身份证后四位不对，还可以试 {left} 次。",
    "change_not_confirmed": "这个账号现在绑在另一个微信上。要换到这个微信，请先勾选下面的“换成这个微信”。",
    "offer_gone": "这个二维码已经用过或过期了，请让工作人员重新给您一个。",
    "name_and_phone_needed": "请把用户名和手机号都填上。",
    "code_and_password_needed": "请把用户名、验证码和新密码都填上。",
    "code_wrong": "验证码不对，或已经过期。请核对邮件里最新的一封，或者重新获取。",
    "password_weak": "密码要 8 到 64 位，既有字母也有数字，不能和用户名一样，也不要太常见。",
    "too_soon": "操作太频繁了，请过一个小时再试，或在聊天里说“转人工”。",
    "case_changed": "聊天里已经换了一位办理，这个页面作废了。请回到聊天重新打开。",
    "locked_now": "资料已经提交，现在改不了。有要改的请在聊天里说“转人工”。",
    "not_possible_now": "现在这一步还不能办，请回到聊天看看进度。",
    "file_refused": "这个文件打不开，请换一张照片。",
    "storage_unavailable": "文件暂时存不进去，请过一会儿再试。",
    "not_payable": "这笔申请现在不用付款，回到聊天看看进度吧。",
    "payment_window_closed": "付款时间已过，申请已自动关闭。请回到聊天重新发起。",
    "payment_unavailable": "微信支付暂时没有回应，请过一会儿再试。",
    "item_locked": "这项材料已经通过，不用再传。",
    "photo_unreadable": "这个文件打不开，请换一张照片。",
    "photo_too_small": "照片太小，看不清，请传原图。",
    "photo_too_large": "文件太大了，请传 15 MB 以内的照片或 20 MB 以内的 PDF。",
    "too_many_uploads": "这一小时传得太多了，这个先没收下。前面的都在，请歇一会儿再传。",
    "photo_type": "只收 JPG、PNG、WEBP、HEIC 照片和 PDF。",
    "pdf_pages": "PDF 最多 30 页，请拆开再传。",
    "pdf_locked": "PDF 有密码，请去掉密码再传。",
}
FALLBACK: Final = "这一步没有办成，请回到聊天告诉我，我来帮您。"


def sentence_for(code: str, facts: Mapping[str, Any]) -> str:
    """The sentence of a refusal code with its facts filled in; a code nobody wrote one for gets the general one."""
    template = SENTENCES.get(code, FALLBACK)
    try:
        return template.format(**facts)
    except (KeyError, IndexError):
        return FALLBACK
