"""The few fixed sentences that the door itself says; everything else is the dialogue's."""

from __future__ import annotations

from typing import Final

OUTAGE: Final = "您的消息收到了。系统这会儿有点忙，恢复后我马上回复您，不用重发。"
BUG: Final = "这句话我没处理好，麻烦换个说法再发一次；也可以回复“转人工”，请工作人员帮您看。"
EMPTY: Final = "收到一条空白消息。请直接打字回复，或点上面蓝色的选项。"
EMOTICON: Final = "收到您的表情啦。咱们接着来，请回复上面的问题；不清楚下一步，就发“帮助”。"
UNSUPPORTED: Final = "这类消息我这边看不到。请直接打字，材料请拍照或从相册选图片发给我。"
VOICE: Final = "语音我还听不了，麻烦您打字发给我。"
VIDEO: Final = "视频我看不了。材料请拍成照片，一页一张发给我。"
FILE: Final = "聊天里发的文件我收不到。图片请直接发照片；PDF 请回复“上传材料”，我给您一个上传页面。"
LOCATION: Final = "位置我用不上。如果要填地址，请直接打字，例如“朝阳区建国路 88 号”。"
LINK: Final = "链接我打不开。请把要说的内容直接打字发给我，材料请发图片。"
MINI_PROGRAM: Final = "小程序卡片我打不开。请直接打字，材料请发图片。"

TOO_MANY_PICTURES: Final = (
    "这一小时收到的照片太多了，这张先没收下。前面的都在，请歇一会儿再发；很多页的材料也可以回复“上传材料”一次传。"
)
PICTURE_LOST: Final = "这张图片没收完整，麻烦再发一次。"
PICTURE_PROBLEMS: Final = {
    "too_small": "这张图片太小了，字看不清。请发原图，或靠近一点重新拍一张。",
    "too_big": "这张图片太大了（超过 15 MB）。请不要勾选“原图”，重新发一次。",
    "too_many_pixels": "这张图片的尺寸太大了，打不开。请不要勾选“原图”，重新发一次。",
    "animated": "动图用不了。请拍一张清楚的照片发给我。",
    "broken": "这张图片打不开，可能没传完整。请重新发一次，或重新拍一张。",
    "not_a_picture": "这个格式我打不开。请用手机直接拍照，或从相册选一张照片发给我。",
}
