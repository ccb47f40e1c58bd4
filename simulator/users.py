"""One person of the played WeChat, as the account knows her."""

from dataclasses import dataclass
from datetime import datetime


@dataclass
class SimUser:
    """`scene`: the QR scene she followed by; `refuses_templates`: template messages fail as `user block`."""

    openid: str
    nickname: str
    following: bool = True
    followed_at: datetime | None = None
    scene: str = ""
    remark: str = ""
    last_active_at: datetime | None = None
    refuses_templates: bool = False

    def as_json(self) -> dict[str, object]:
        return {
            "openid": self.openid,
            "nickname": self.nickname,
            "following": self.following,
            "followed_at": self.followed_at.isoformat() if self.followed_at else None,
            "scene": self.scene,
            "refuses_templates": self.refuses_templates,
        }
