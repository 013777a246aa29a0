"""An authenticator app, by RFC 6238 and nothing of ours."""

import base64
import hashlib
import hmac
import time


def code(secret, at=None):
    """Six digits for a secret as it is typed; `at` is in seconds, now if it is left out."""
    letters = secret.replace(" ", "").upper()
    key = base64.b32decode(letters + "=" * (-len(letters) % 8))
    step = int(time.time() if at is None else at) // 30
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def next_code(secret):
    """A code that was not used before, where the one of now was: the clock may be a step off."""
    return code(secret, time.time() + 30)
