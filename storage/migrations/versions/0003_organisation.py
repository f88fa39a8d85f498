"""What 0.3.0 adds: the organisation, people on several channels, and a log that is chained. Only additions."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    text,
)

revision = "0003"
down_revision = "0002"

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)

Big = BigInteger().with_variant(Integer, "sqlite")
Path = String(collation="C").with_variant(String(), "sqlite")


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over some rows only, the same on both databases."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


Table("units", metadata, Column("code", String, primary_key=True))
Table("people", metadata, Column("id", Big, primary_key=True, autoincrement=False))
NEW = (
    Table(
        "unit_versions",
        metadata,
        Column("id", Big, primary_key=True),
        Column("unit_code", ForeignKey("units.code"), nullable=False),
        Column("kind", String, nullable=False),
        Column("name", String, nullable=False),
        Column("full_name", String, nullable=False),
        Column("parent_code", String),
        Column("path", Path, nullable=False),
        Column("until_day", String, nullable=False),
        Index("ix_unit_versions_unit", "unit_code", "until_day"),
    ),
    Table(
        "unit_successions",
        metadata,
        Column("old_code", ForeignKey("units.code"), nullable=False),
        Column("new_code", ForeignKey("units.code"), nullable=False, index=True),
        Column("kind", String, nullable=False),
        Column("on_day", String, nullable=False),
        PrimaryKeyConstraint("old_code", "new_code"),
        CheckConstraint("kind IN ('merged', 'split')", name="known_kind"),
        CheckConstraint("old_code <> new_code", name="not_its_own"),
    ),
    Table(
        "clusters",
        metadata,
        Column("id", Big, primary_key=True),
        Column("name", String, nullable=False),
        Column("parent_code", ForeignKey("units.code"), nullable=False, index=True),
        Column("made_at", Big, nullable=False),
        Column("ended_at", Big),
    ),
    Table(
        "cluster_units",
        metadata,
        Column("cluster_id", ForeignKey("clusters.id"), nullable=False, index=True),
        Column("unit_code", ForeignKey("units.code"), primary_key=True),
    ),
    Table(
        "organisations",
        metadata,
        Column("code", String, primary_key=True),
        Column("name", String, nullable=False),
        Column("short_name", String, nullable=False),
        Column("fold", String, nullable=False),
        Column("member_word", String, nullable=False),
        Column("branch_word", String, nullable=False),
        Column("leader_word", String, nullable=False, server_default=""),
        Column("place", Integer, nullable=False),
        Column("active", Boolean, nullable=False, server_default=text("true")),
    ),
    Table(
        "branches",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("organisation_code", ForeignKey("organisations.code"), nullable=False),
        Column("unit_code", ForeignKey("units.code"), nullable=False, index=True),
        Column("parent_id", ForeignKey("branches.id"), index=True),
        Column("kind", String, nullable=False),
        Column("name", String, nullable=False),
        Column("fold", String, nullable=False),
        Column("active", Boolean, nullable=False, server_default=text("true")),
        CheckConstraint(
            "kind IN ('chi_hoi', 'chi_doan', 'to_hoi', 'phan_hoi', 'ban', 'cong_doan', 'clb')", name="known_kind"
        ),
        partial("uq_branches_in_force", "organisation_code", "unit_code", "fold", where="active", unique=True),
    ),
    Table(
        "memberships",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
        Column("branch_id", ForeignKey("branches.id"), nullable=False),
        Column("organisation_code", ForeignKey("organisations.code"), nullable=False),
        Column("unit_path", Path, nullable=False),
        Column("status", String, nullable=False),
        Column("status_on", String, nullable=False),
        Column("since", String, nullable=False),
        Column("confirmed_on", String),
        Column("ended_on", String),
        Column("origin", String, nullable=False),
        CheckConstraint(
            "status IN ('present', 'away', 'studying', 'moved', 'died', 'resigned')",
            name="known_status",
        ),
        CheckConstraint(
            "(ended_on IS NULL) = (status IN ('present', 'away', 'studying'))",
            name="ends_with_its_status",
        ),
        CheckConstraint("origin IN ('self', 'leader', 'import')", name="known_origin"),
        partial("uq_memberships_in_force", "person_id", "organisation_code", where="ended_on IS NULL", unique=True),
        partial("ix_memberships_branch", "branch_id", "status", where="ended_on IS NULL"),
        partial(
            "ix_memberships_rollup", "unit_path", "organisation_code", "status", "ended_on", where="ended_on IS NULL"
        ),
        partial("ix_memberships_people", "unit_path", "person_id", "status", "ended_on", where="ended_on IS NULL"),
    ),
    Table(
        "eligible_populations",
        metadata,
        Column("unit_code", ForeignKey("units.code"), nullable=False),
        Column("organisation_code", String, nullable=False),
        Column("people", Integer, nullable=False),
        Column("entered_at", Big, nullable=False),
        PrimaryKeyConstraint("unit_code", "organisation_code"),
        CheckConstraint("people >= 0", name="counted"),
    ),
    Table(
        "duplicate_pairs",
        metadata,
        Column("first_id", ForeignKey("people.id"), nullable=False),
        Column("second_id", ForeignKey("people.id"), nullable=False, index=True),
        Column("reason", String, nullable=False),
        Column("proposed_at", Big, nullable=False),
        Column("decided_at", Big),
        Column("decision", String),
        PrimaryKeyConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="in_order"),
        CheckConstraint("reason IN ('phone', 'name')", name="known_reason"),
        CheckConstraint("(decided_at IS NULL) = (decision IS NULL)", name="decided_at_some_time"),
        CheckConstraint("decision IN ('same', 'different')", name="known_decision"),
    ),
    Table(
        "link_codes",
        metadata,
        Column("code_hash", String, primary_key=True),
        Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
        Column("issued_by", Big, nullable=False),
        Column("issued_at", Big, nullable=False),
        Column("expires_at", Big, nullable=False),
        Column("used_at", Big),
    ),
    Table(
        "data_links",
        metadata,
        Column("person_id", ForeignKey("people.id"), primary_key=True),
        Column("account", String, nullable=False),
        Column("chat", String, nullable=False),
        Column("token_hash", String, nullable=False, unique=True),
        Column("expires_at", Big, nullable=False),
        Column("uses", Integer, nullable=False, server_default="0"),
        Column("open_until", Big),
    ),
    Table(
        "platform_tokens",
        metadata,
        Column("account", String, primary_key=True),
        Column("access_token", String, nullable=False),
        Column("refresh_token", String, nullable=False),
        Column("renew_at", Big, nullable=False),
        Column("generation", Big, nullable=False),
        Column("first_hash", String, nullable=False),
        Column("refused", Boolean, nullable=False, server_default=text("false")),
    ),
    Table(
        "audit_chain",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("last_place", Big, nullable=False),
        Column("last_hash", String, nullable=False),
        Column("first_place", Big, nullable=False),
        Column("before_first", String, nullable=False),
        Column("older", Big, nullable=False),
        CheckConstraint("id = 1", name="only_one"),
    ),
)
ADDED = {
    "people": (
        Column("birth_year", Integer),
        Column("phone", String),
        Column("preferred_account", String),
        Column("entered_by", Big),
    ),
    "consents": (Column("kind", String, nullable=False, server_default="chat"), Column("entered_by", Big)),
    "roles": (
        Column("organisation_code", String, nullable=False, server_default=""),
        Column("branch_id", Big, nullable=False, server_default="0"),
        Column("helps_id", Big, nullable=False, server_default="0"),
        Column("granted_by", Big),
    ),
    "invites": (
        Column("organisation_code", String, nullable=False, server_default=""),
        Column("branch_id", Big, nullable=False, server_default="0"),
        Column("helps_id", Big, nullable=False, server_default="0"),
        Column("issuer_id", Big),
        Column("confirmed_at", Big),
        Column("refused_at", Big),
    ),
    "channel_accounts": (
        Column("helping_id", Big),
        Column("unproven", Boolean, nullable=False, server_default=text("false")),
    ),
    "ticket_events": (Column("on_behalf_of", Big),),
    "outbox": (Column("subject_id", Big),),
    "audit": (Column("on_behalf_of", Big), Column("place", Big), Column("hash", String)),
}
FOUND_BY = (
    ("ix_people_entered_by", "people", "entered_by"),
    ("ix_channel_accounts_helping", "channel_accounts", "helping_id"),
    ("ix_consents_entered_by", "consents", "entered_by"),
    ("ix_ticket_events_on_behalf_of", "ticket_events", "on_behalf_of"),
    ("ix_outbox_subject", "outbox", "subject_id"),
    ("ix_audit_actor", "audit", "actor_id"),
    ("ix_audit_on_behalf_of", "audit", "on_behalf_of"),
)
"""Columns that name somebody in few rows: so that nobody's rows are looked for in all of them."""
ROLE = ("person_id", "role", "unit_code", "organisation_code", "branch_id", "helps_id")


def upgrade() -> None:
    """Add tables and columns; what the version before reads stays as it was."""
    metadata.create_all(op.get_bind(), tables=NEW)
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column)
    op.create_index("ix_units_fold", "units", ["fold"])
    op.create_index("ix_people_phone", "people", ["phone", "name_fold", "birth_year"])
    closed = text("closed_on IS NOT NULL")
    op.create_index("ix_tickets_closed", "tickets", ["closed_on"], sqlite_where=closed, postgresql_where=closed)
    op.create_index("uq_audit_place", "audit", ["place"], unique=True)
    unchained = text("hash = ''")
    op.create_index("ix_audit_unchained", "audit", ["id"], sqlite_where=unchained, postgresql_where=unchained)
    listed = text("action = 'listed'")
    op.create_index("ix_audit_listed", "audit", ["object_id", "at"], sqlite_where=listed, postgresql_where=listed)
    op.create_index("ix_people_name", "people", ["name_fold", "birth_year"])
    op.create_index("ix_consents_person", "consents", ["person_id"])
    for name, table, person in FOUND_BY:
        named = text(f"{person} IS NOT NULL")
        op.create_index(name, table, [person], sqlite_where=named, postgresql_where=named)
    op.drop_index("uq_roles_in_force", "roles")
    in_force = text("revoked_at IS NULL")
    op.create_index(
        "uq_roles_in_force", "roles", list(ROLE), unique=True, sqlite_where=in_force, postgresql_where=in_force
    )
