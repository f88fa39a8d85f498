"""The tokens of an Official Account: they expire, and the one that renews them is good for one use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.world import World

Json = dict[str, Any]
REFRESH = "rt-khung-thu-"
DEAD = -118
WRONG_APP = -14002


class Tokens:
    """Which access tokens are good, until when, and which refresh token is the next to be used."""

    def __init__(self, world: World, app_id: str, app_secret: str) -> None:
        self.life = timedelta(seconds=90_000)
        self.count = 1
        self.newest, self.newest_used = "", False
        self._world = world
        self._app_id, self._app_secret = app_id, app_secret
        self._until: dict[str, datetime] = {}

    @property
    def refresh(self) -> str:
        """Return the refresh token that is good now."""
        return f"{REFRESH}{self.count}"

    def go_on_from(self, refresh: str) -> None:
        """Know a refresh token that was given in an earlier life of the sandbox."""
        self.count = int(refresh.removeprefix(REFRESH))

    def good(self, access: str) -> bool:
        """Tell whether an access token is in force."""
        self.newest_used = self.newest_used or access == self.newest
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
        self.count += 1
        self.newest = access = f"at-khung-thu-{self.count}"
        self.newest_used = False
        self._until[access] = self._world.clock.now() + self.life
        seconds = str(int(self.life.total_seconds()))
        return {"access_token": access, "refresh_token": self.refresh, "expires_in": seconds}
