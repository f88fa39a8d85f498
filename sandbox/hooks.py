"""Methods about the webhook."""

import re
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sandbox.call import Call
from sandbox.errors import bad
from sandbox.records import Webhook

Json = dict[str, Any]
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def set_webhook(call: Call) -> bool:
    """Have updates sent to an address; an empty one ends that."""
    url = str(call.get("url") or "")
    if not url:
        return delete_webhook(call)
    _check_url(url)
    secret = str(call.get("secret_token") or "")
    if secret and not _SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    connections = call.get("max_connections") or 40
    if not 1 <= connections <= 100:  # noqa: PLR2004  (the documented bounds)
        raise bad("max_connections must be between 1 and 100")
    if call.get("allowed_updates") is not None:
        call.bot.updates.allow(call.get("allowed_updates"))
    if call.flag("drop_pending_updates"):
        call.bot.updates.pending.clear()
    call.bot.webhook = Webhook(url, secret, connections)
    call.world.changed()
    return True


def delete_webhook(call: Call) -> bool:
    """Go back to getUpdates."""
    call.bot.webhook = None
    if call.flag("drop_pending_updates"):
        call.bot.updates.pending.clear()
    call.world.changed()
    return True


def get_webhook_info(call: Call) -> Json:
    """Say how the webhook is doing."""
    hook = call.bot.webhook
    info: Json = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(call.bot.updates.pending),
    }
    if hook:
        info["max_connections"] = hook.max_connections
        if hook.last_error:
            info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error}
    if call.bot.updates.allowed:
        info["allowed_updates"] = sorted(call.bot.updates.allowed)
    return info


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad("bad webhook: invalid URL specified")
    try:
        local = parts.hostname == "localhost" or ip_address(parts.hostname).is_loopback
    except ValueError:
        local = False
    if not local and parts.scheme == "http":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not local:
        raise bad("bad webhook: Failed to resolve host: Name or service not known")
