"""A later version of the program: the same migrations and one more."""

from __future__ import annotations

import shutil
from pathlib import Path

from storage import migrate

HEAD = migrate.head()
AFTER = f"{int(HEAD) + 1:04}"
NEXT = f'''
"""A column, an index, a table, and a table rebuilt."""
import sqlalchemy as sa
from alembic import op

revision = "{AFTER}"
down_revision = "{HEAD}"


def upgrade():
    op.add_column("jobs", sa.Column("note", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_jobs_note", "jobs", ["note"])
    op.create_table("extra", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO extra (id) VALUES (1)")
    with op.batch_alter_table("people") as people:
        people.alter_column("name", new_column_name="full_name")
'''


def up_to(folder: Path, revision: str) -> Path:
    """Copy the migrations of an earlier version there; return their new place."""
    scripts = folder / "earlier"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (scripts / "versions").glob("0*.py"):
        if file.name[:4] > revision:
            file.unlink()
    return scripts


def with_one_more(folder: Path) -> Path:
    """Copy the migrations there and add one revision; return their new place."""
    scripts = folder / "migrations"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / f"{AFTER}_next.py").write_text(NEXT.lstrip())
    return scripts
