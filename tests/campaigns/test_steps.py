"""No step at which the program may die is forgotten."""

from __future__ import annotations

import ast
from collections import Counter

from tests.campaigns.steps import ELSEWHERE, FORMS, steps_there
from tests.crash.steps import NOT_THE_SERVICE, ROOT, sites, steps


def test_every_step_is_in_a_campaign() -> None:
    tried = {step for mode, engine in FORMS for step in steps_there(mode, engine)}
    untried = {step.site.text for step in steps() if step not in tried}
    elsewhere = {words for words in ELSEWHERE for text in untried if words in text}
    assert elsewhere == ELSEWHERE.keys(), "what no site has any more is nowhere"
    assert not [text for text in untried if not any(words in text for words in elsewhere)]


def test_every_write_of_the_service_is_a_step() -> None:
    """Counted in another way: whatever awaits a `write`."""
    written = Counter(
        name
        for folder in ("bot", "web")
        for file in (ROOT / folder).rglob("*.py")
        if (name := file.relative_to(ROOT).as_posix()) not in NOT_THE_SERVICE
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Call) and ".write" in ast.unparse(node.value.func)
    )
    assert written == Counter(site.file for site in sites() if site.verb == "write")
