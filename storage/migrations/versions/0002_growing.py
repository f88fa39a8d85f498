"""What 0.2.0 adds: room for several processes on one PostgreSQL. Only additions, so that 0.1.0 may still run beside."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, LargeBinary, PrimaryKeyConstraint, String

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add tables; never change or drop what the version before reads."""
    op.create_table(
        "file_contents",
        Column("sha256", String, nullable=False),
        Column("content", LargeBinary, nullable=False),
        PrimaryKeyConstraint("sha256", name="pk_file_contents"),
    )
