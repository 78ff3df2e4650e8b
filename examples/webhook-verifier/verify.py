"""Checks the signature of a webhook (Standard Webhooks 1.0.0) with the standard library. Copy it into your receiver."""

import base64
import hashlib
import hmac
import time

TOLERANCE_S = 300


def is_signed(headers: dict[str, str], body: bytes, secrets: list[str], now_s: float | None = None) -> bool:
    """Whether a request was signed with one of `secrets` ("whsec_…") within the last five minutes.

    `headers` has names in lower case; `body` is the bytes as they came, before any JSON parser has touched them.
    """
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    now_s = time.time() if now_s is None else now_s
    if not timestamp.isascii() or not timestamp.isdigit() or abs(now_s - int(timestamp)) > TOLERANCE_S:
        return False
    given = headers.get("webhook-signature", "").split(" ")
    signed = f"{message_id}.{timestamp}.".encode() + body
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        wanted = f"v1,{digest}".encode()
        if any(hmac.compare_digest(signature.encode(), wanted) for signature in given):
            return True
    return False
