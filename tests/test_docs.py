"""What the documentation says can be done: its commands run, and its links lead somewhere.

A block that begins with ```sh is executed when the line before it is <!-- run -->. The blocks of one page run in order
in one empty folder, with the program of this checkout and a database of their own, which is there unless the first
block makes it. After <!-- run with PostgreSQL --> a block has a server of its page's own, and in $MOI and $THU the
addresses of its databases `caunoi` and `caunoi_thu`; the first is there unless the page makes it. Its `sudo` runs the
command and nothing else.
"""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests import postgres

ROOT = Path(__file__).parent.parent
PAGES = [page for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if page.is_file()]
RUNNABLE = re.compile(r"^<!-- run( with PostgreSQL)? -->[ \t]*\n+```sh[ \t]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(\s*<?([^)>\s]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)|(?:src|href)=\"([^\"]+)\"", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|#|//")
SECONDS = 110
READY = 'createuser caunoi; createdb --owner=caunoi caunoi; CAUNOI_DATABASE_URL="$MOI" caunoi migrate'
PROGRAMS = Path(sys.executable).parent


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(words: str) -> list[tuple[bool, str]]:
    """Return what is to be run, and whether it needs PostgreSQL."""
    return [(bool(needs), block) for needs, block in RUNNABLE.findall(words)]


def links(words: str) -> list[str]:
    """Return the links of a page that should lead to a file of ours."""
    found = ["".join(groups) for groups in LINK.findall(CODE.sub("", words))]
    return [link for link in found if not ELSEWHERE.match(link)]


def environment(folder: Path) -> dict[str, str]:
    """Return this machine's environment with none of our settings but those of an empty database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CAUNOI_")}
    return kept | {
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
        "CAUNOI_DATA_DIR": str(folder / "data"),
        "CAUNOI_DATABASE_URL": f"sqlite:///{folder / 'caunoi.db'}",
    }


@contextmanager
def server_environment(folder: Path, *, ready: bool) -> Iterator[dict[str, str]]:
    """Yield this machine's environment with a PostgreSQL server and its tools, and none of our settings."""
    tools = folder / "tools"
    tools.mkdir()
    (tools / "sudo").write_text('#!/bin/sh\n[ "$1" = -u ] && shift 2\nexec "$@"\n')
    (tools / "sudo").chmod(0o755)
    with postgres.server() as url:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CAUNOI_", "PG"))}
        made = kept | {
            "PATH": os.pathsep.join([str(tools), str(PROGRAMS), str(postgres.programs()), os.environ["PATH"]]),
            "PGHOST": str(url.query["host"]),
            "PGUSER": "postgres",
            "MOI": url.set(username="caunoi", database="caunoi").render_as_string(hide_password=False),
            "THU": url.set(username="caunoi", database="caunoi_thu").render_as_string(hide_password=False),
        }
        if ready:
            done = run(
                'createuser caunoi; createdb --owner=caunoi caunoi; CAUNOI_DATABASE_URL="$MOI" caunoi migrate',
                folder,
                made,
            )
            assert done.returncode == 0, done.stderr
        yield made


def run(block: str, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_commands_of_a_page_work(page: Path, tmp_path: Path) -> None:
    todo, folder = blocks(page.read_text("utf-8")), tmp_path / "here"
    folder.mkdir()
    at_rest = [block for needs, block in todo if not needs]
    if at_rest and "caunoi migrate" not in at_rest[0]:
        assert run("caunoi migrate", folder, environment(folder)).returncode == 0
    with ExitStack() as stack:
        needing = [block for needs, block in todo if needs]
        ready = bool(needing) and "createuser" not in needing[0]
        served = stack.enter_context(server_environment(tmp_path, ready=ready)) if needing else {}
        for needs, block in todo:
            done = run(block, folder, served if needs else environment(folder))
            assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    targets = {link: page.parent / unquote(link.partition("#")[0]) for link in links(page.read_text("utf-8"))}
    assert not [link for link, target in targets.items() if not target.exists()]


def test_only_marked_blocks_are_run() -> None:
    words = (
        "<!-- run -->\n```sh\nfirst\n```\n\n```sh\nsecond\n```\n\n<!-- run with PostgreSQL -->\n\n```sh\nthird\n```\n"
    )
    assert blocks(words) == [(False, "first\n"), (True, "third\n")]


def test_a_block_stops_at_its_first_failure(tmp_path: Path) -> None:
    assert run("false\ntrue\n", tmp_path, environment(tmp_path)).returncode != 0
    assert run("echo $CAUNOI_DATA_DIR", tmp_path, environment(tmp_path)).stdout.strip() == str(tmp_path / "data")


def test_links_are_found() -> None:
    words = 'a [b](c.md#d), ![e](f.png "g"), <img src="h.png">, [i](https://j), `[k](l)`\n\n[m]: n.md\n[o](#p)\n'
    assert links(words) == ["c.md#d", "f.png", "h.png", "n.md"]


def test_the_changelog_tells_of_the_version_that_is_built() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    told = re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert told[0] == built
    assert version("caunoi") == built, "installed from another pyproject.toml: make .venv/.dev"
