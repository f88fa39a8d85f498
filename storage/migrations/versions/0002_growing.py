"""What 0.2.0 adds: room for several processes on one PostgreSQL. Only additions, so that 0.1.0 may still run beside."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, PrimaryKeyConstraint, String, text

revision = "0002"
down_revision = "0001"

Big = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add tables and columns; never change or drop what the version before reads."""
    op.create_table(
        "file_contents",
        Column("sha256", String, nullable=False),
        Column("content", LargeBinary, nullable=False),
        PrimaryKeyConstraint("sha256", name="pk_file_contents"),
    )
    op.create_table(
        "leases",
        Column("name", String, nullable=False),
        Column("owner", String),
        Column("epoch", Big, nullable=False),
        Column("since", Big, nullable=False),
        Column("beat_at", Big),
        Column("pause_until", Big),
        PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.add_column("chat_sessions", Column("version", Integer, nullable=False, server_default="0"))
    _find_letters_without_walking_past_others()


def _find_letters_without_walking_past_others() -> None:
    # true for what is there, and for what 0.1.0 still posts: the sender looks at it once, when it is due
    op.add_column("outbox", Column("postponed", Boolean, nullable=False, server_default=text("true")))
    op.drop_index("ix_outbox_ready", "outbox")  # only slower without it: 0.1.0 reads the same rows
    _partial_index("ix_outbox_sendable", "account", "lane", "id", where="NOT claimed AND NOT postponed")
    _partial_index("ix_outbox_postponed", "account", "not_before", where="postponed")
    _partial_index("ix_outbox_claimed", "account", where="claimed")


def _partial_index(name: str, *columns: str, where: str) -> None:
    op.create_index(name, "outbox", list(columns), sqlite_where=text(where), postgresql_where=text(where))
