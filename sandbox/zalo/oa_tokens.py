"""The tokens of an Official Account: they expire, and the one that renews them is good for one use."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.world import World

Json = dict[str, Any]
DEAD = -118
WRONG_APP = -14002


class Tokens:
    """Which access tokens are good, until when, and which refresh token is the next to be used."""

    def __init__(self, world: World, app_id: str, app_secret: str) -> None:
        self.life = timedelta(seconds=90_000)
        self.refresh = "rt-khung-thu-1"
        """The refresh token that is good now."""
        self.given = 0
        """How many pairs were given."""
        self._world = world
        self._app_id, self._app_secret = app_id, app_secret
        self._until: dict[str, datetime] = {}

    def good(self, access: str) -> bool:
        """Tell whether an access token is in force."""
        return access in self._until and self._world.clock.now() < self._until[access]

    def expire(self) -> None:
        """End every access token now."""
        self._until.clear()

    def granted(self, secret: str, form: Mapping[str, Any]) -> Json:
        """Give a new pair for the refresh token, which is used up by that; or say why not, in Zalo's way."""
        if form.get("app_id") != self._app_id or secret != self._app_secret:
            return {"error": WRONG_APP, "error_name": "Invalid app", "error_description": "App id or secret is wrong"}
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") != self.refresh:
            words = "Refresh token is expired or was used"
            return {"error": DEAD, "error_name": "invalid_grant", "error_description": words}
        self.given += 1
        mark = secrets.token_hex(4)
        access, self.refresh = f"at-khung-thu-{mark}", f"rt-khung-thu-{mark}"
        self._until[access] = self._world.clock.now() + self.life
        seconds = str(int(self.life.total_seconds()))
        return {"access_token": access, "refresh_token": self.refresh, "expires_in": seconds}
