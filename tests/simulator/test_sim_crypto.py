"""The simulator signs and encrypts as the official examples do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import crypto

TOKEN, AES_KEY, APP_ID = "AAAAA", "A" * 43, "wxba5fad812f8e6fb9"
PUSHED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8"
    "XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32I"
    "Ijdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
PLAINTEXT = (
    '{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,'
    '"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}'
)
REPLIED = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="


@pytest.mark.parametrize(
    ("timestamp", "nonce", "expected"),
    [
        ("1714036504", "1514711492", "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        ("1714037059", "486452656", "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        ("1714112445", "415670741", "6c5c811b55cc85e0e1b54100749188c20beb3f5d"),
    ],
)
def test_signatures_match_the_official_examples(timestamp: str, nonce: str, expected: str) -> None:
    assert crypto.signature(TOKEN, timestamp, nonce) == expected


def test_the_message_signature_matches_the_official_example() -> None:
    expected = "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"
    assert crypto.signature(TOKEN, "1714112445", "415670741", PUSHED) == expected


def test_the_official_push_is_encrypted_to_the_same_text() -> None:
    assert crypto.encrypt(PLAINTEXT, aes_key=AES_KEY, app_id=APP_ID, random16="a8eedb185eb2fecf") == PUSHED


def test_the_official_reply_is_decrypted_and_its_signature_holds() -> None:
    assert crypto.decrypt(REPLIED, aes_key=AES_KEY, app_id=APP_ID) == '{"demo_resp":"good luck"}'
    expected = "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"
    assert crypto.signature(TOKEN, "1713424427", "415670741", REPLIED) == expected


def test_the_jssdk_signature_matches_the_official_example() -> None:
    signature = crypto.jssdk_signature(
        ticket="sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
        nonce="Wm3WZYTPz0wzccnW",
        timestamp="1414587457",
        url="http://mp.weixin.qq.com?params=value#part",
    )
    assert signature == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


@given(text=st.text(max_size=300))
def test_what_is_encrypted_is_decrypted_again(text: str) -> None:
    sealed = crypto.encrypt(text, aes_key=AES_KEY, app_id=APP_ID, random16="0123456789abcdef")
    assert crypto.decrypt(sealed, aes_key=AES_KEY, app_id=APP_ID) == text


@given(junk=st.binary(max_size=100).map(lambda data: data.hex()))
def test_junk_is_refused_with_a_reason(junk: str) -> None:
    with pytest.raises(crypto.Undecipherable):
        crypto.decrypt(junk, aes_key=AES_KEY, app_id=APP_ID)


def test_a_text_for_another_account_is_refused() -> None:
    with pytest.raises(crypto.Undecipherable, match="app id"):
        crypto.decrypt(REPLIED, aes_key=AES_KEY, app_id="wx0000000000000000")
