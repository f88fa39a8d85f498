"""Tables, and the constraints that are rules.

Times are BIGINT milliseconds UTC; dates are ISO texts of Vietnam's calendar; account, chat and update ids are
text, because not every platform has numbers. Ids of people, tickets and files are random, so they tell neither
order nor time.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)

Big = BigInteger().with_variant(Integer, "sqlite")
Maybe = JSON(none_as_null=True)
"""JSON or nothing: None is NULL, not the JSON word null."""
Path = String(collation="C").with_variant(String(), "sqlite")
"""Collated by bytes on PostgreSQL, so that a range over a path prefix uses the index."""


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over some rows only, the same on both databases."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


units = Table(
    "units",
    metadata,
    Column("code", String, primary_key=True),
    Column("parent_code", ForeignKey("units.code"), index=True),
    Column("depth", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("full_name", String, nullable=False),
    Column("full_name_en", String, nullable=False, server_default=""),
    Column("fold", String, nullable=False),
    Column("path", Path, nullable=False, unique=True),
    Column("merged_from", Text, nullable=False, server_default=""),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    CheckConstraint("(depth = 0) = (parent_code IS NULL)", name="root_has_no_parent"),
    Index("ix_units_fold", "fold"),
)

unit_versions = Table(
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
)
"""What a unit was before it was renamed, moved or closed: as it stood on every day before `until_day`."""

unit_successions = Table(
    "unit_successions",
    metadata,
    Column("old_code", ForeignKey("units.code"), nullable=False),
    Column("new_code", ForeignKey("units.code"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("on_day", String, nullable=False),
    PrimaryKeyConstraint("old_code", "new_code"),
    CheckConstraint("kind IN ('merged', 'split')", name="known_kind"),
    CheckConstraint("old_code <> new_code", name="not_its_own"),
)
"""Which units took the place of one that was merged or split."""

clusters = Table(
    "clusters",
    metadata,
    Column("id", Big, primary_key=True),
    Column("name", String, nullable=False),
    Column("parent_code", ForeignKey("units.code"), nullable=False, index=True),
    Column("made_at", Big, nullable=False),
    Column("ended_at", Big),
)
"""Three or four adjacent units of one commune that help each other."""

cluster_units = Table(
    "cluster_units",
    metadata,
    Column("cluster_id", ForeignKey("clusters.id"), nullable=False, index=True),
    Column("unit_code", ForeignKey("units.code"), primary_key=True),
)
"""A unit is in one cluster at most."""

organisations = Table(
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
)

branches = Table(
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
)
"""Where an organisation and a unit cross."""

memberships = Table(
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
    partial("ix_memberships_rollup", "unit_path", "organisation_code", "status", "ended_on", where="ended_on IS NULL"),
    partial("ix_memberships_people", "unit_path", "person_id", "status", "ended_on", where="ended_on IS NULL"),
)
"""A person belongs to an organisation once, through one of its branches; what has ended stays as history.

`unit_path` is where the person lives, so that everybody counts in one place, whichever branches they go to. The last
two indexes are all that a roll-up reads; without `ended_on` SQLite would look each row up to see that it is NULL.
"""

eligible_populations = Table(
    "eligible_populations",
    metadata,
    Column("unit_code", ForeignKey("units.code"), nullable=False),
    Column("organisation_code", String, nullable=False),
    Column("people", Integer, nullable=False),
    Column("entered_at", Big, nullable=False),
    PrimaryKeyConstraint("unit_code", "organisation_code"),
    CheckConstraint("people >= 0", name="counted"),
)
"""How many people of a unit an organisation could have (an empty code: any of them), as its officers typed in."""

duplicate_pairs = Table(
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
)
"""People who may be one; an officer decides, never the program."""

unit_closure = Table(
    "unit_closure",
    metadata,
    Column("ancestor", ForeignKey("units.code"), primary_key=True),
    Column("descendant", ForeignKey("units.code"), primary_key=True),
    Column("distance", Integer, nullable=False),
    Index("ix_unit_closure_up", "descendant", "ancestor", "distance"),
)

unit_names = Table(
    "unit_names",
    metadata,
    Column("id", Big, primary_key=True),
    Column("fold", String, nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("district_fold", String, nullable=False, server_default=""),
    Column("district", String, nullable=False, server_default=""),
    Column("partial", Boolean, nullable=False),
    Column("code", ForeignKey("units.code"), nullable=False, index=True),
)

people = Table(
    "people",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False, server_default=""),
    Column("name_fold", String, nullable=False, server_default=""),
    Column("honorific", String, nullable=False, server_default=""),
    Column("language", String, nullable=False, server_default=""),
    Column("unit_code", ForeignKey("units.code"), index=True),
    Column("registered_at", Big, nullable=False),
    Column("birth_year", Integer),
    Column("phone", String),
    Column("preferred_account", String),
    Column("entered_by", Big),
    Index("ix_people_name", "name_fold", "birth_year"),
    Index("ix_people_phone", "phone", "name_fold", "birth_year"),
    partial("ix_people_entered_by", "entered_by", where="entered_by IS NOT NULL"),
)
"""`phone` is E.164; `entered_by` is who entered a person that does not write to us, and never had a chat."""

channel_accounts = Table(
    "channel_accounts",
    metadata,
    Column("account", String, primary_key=True),
    Column("chat", String, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("linked_at", Big, nullable=False),
    Column("blocked_at", Big),
    Column("helping_id", Big),
    Column("unproven", Boolean, nullable=False, server_default=text("false")),
    partial("ix_channel_accounts_helping", "helping_id", where="helping_id IS NOT NULL"),
)
"""`unproven` is a chat from before its owner's office, which it does not carry until a code from another proves it."""

link_codes = Table(
    "link_codes",
    metadata,
    Column("code_hash", String, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("issued_by", Big, nullable=False),
    Column("issued_at", Big, nullable=False),
    Column("expires_at", Big, nullable=False),
    Column("used_at", Big),
)
"""One-time codes by which somebody brings a second chat along."""

data_links = Table(
    "data_links",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("account", String, nullable=False),
    Column("chat", String, nullable=False),
    Column("token_hash", String, nullable=False, unique=True),
    Column("expires_at", Big, nullable=False),
    Column("uses", Integer, nullable=False, server_default="0"),
    Column("open_until", Big),
)
"""The newest link by which somebody takes their data away, and the chat it was made for.

It hands something out until `open_until`, which is shortly after a button was pressed.
"""

platform_tokens = Table(
    "platform_tokens",
    metadata,
    Column("account", String, primary_key=True),
    Column("access_token", String, nullable=False),
    Column("refresh_token", String, nullable=False),
    Column("renew_at", Big, nullable=False),
    Column("generation", Big, nullable=False),
    Column("first_hash", String, nullable=False),
    Column("refused", Boolean, nullable=False, server_default=text("false")),
)
"""The pair of tokens that a platform rotates; a new pair is on disk before it is used.

`first_hash` tells which refresh token of the settings it began with; `refused` that its own is dead.
"""

consents = Table(
    "consents",
    metadata,
    Column("id", Big, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("purpose", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("text_sha256", String, nullable=False),
    Column("account", String, nullable=False),
    Column("evidence", String, nullable=False),
    Column("kind", String, nullable=False, server_default="chat"),
    Column("entered_by", Big),
    Column("given_at", Big, nullable=False),
    Column("withdrawn_at", Big),
    partial("uq_consents_in_force", "person_id", "purpose", where="withdrawn_at IS NULL", unique=True),
    Index("ix_consents_person", "person_id"),
    partial("ix_consents_entered_by", "entered_by", where="entered_by IS NOT NULL"),
)

roles = Table(
    "roles",
    metadata,
    Column("id", Big, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("role", String, nullable=False),
    Column("unit_code", ForeignKey("units.code"), nullable=False),
    Column("organisation_code", String, nullable=False, server_default=""),
    Column("branch_id", Big, nullable=False, server_default="0"),
    Column("helps_id", Big, nullable=False, server_default="0"),
    Column("granted_at", Big, nullable=False),
    Column("granted_by", Big),
    Column("revoked_at", Big),
    partial(
        "uq_roles_in_force",
        "person_id",
        "role",
        "unit_code",
        "organisation_code",
        "branch_id",
        "helps_id",
        where="revoked_at IS NULL",
        unique=True,
    ),
    Index("ix_roles_unit", "unit_code", "role"),
)
"""An office over a unit and what is below it: of one organisation, branch or helped person, unless empty or 0."""

invites = Table(
    "invites",
    metadata,
    Column("code_hash", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("unit_code", ForeignKey("units.code"), nullable=False),
    Column("issued_by", String, nullable=False),
    Column("issued_at", Big, nullable=False),
    Column("expires_at", Big, nullable=False),
    Column("used_at", Big),
    Column("used_by", ForeignKey("people.id")),
    Column("organisation_code", String, nullable=False, server_default=""),
    Column("branch_id", Big, nullable=False, server_default="0"),
    Column("helps_id", Big, nullable=False, server_default="0"),
    Column("issuer_id", Big),
    Column("confirmed_at", Big),
    Column("refused_at", Big),
    CheckConstraint("(used_at IS NULL) = (used_by IS NULL)", name="used_by_somebody"),
)
"""Scoped as `roles`; an officer's office begins when its issuer has confirmed who took it."""

code_misses = Table(
    "code_misses",
    metadata,
    Column("id", Big, primary_key=True),
    Column("account", String, nullable=False),
    Column("chat", String, nullable=False),
    Column("at", Big, nullable=False),
    Index("ix_code_misses_address", "account", "chat", "at"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("code", String, nullable=False, unique=True),
    Column("unit_code", ForeignKey("units.code"), nullable=False, index=True),
    Column("topic", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("fold", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("anonymous", Boolean, nullable=False),
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("claim_hash", String, unique=True),
    Column("status", String, nullable=False),
    Column("opened_on", String, nullable=False),
    Column("opened_at", Big),
    Column("receive_by", Big, nullable=False),
    Column("resolve_by", Big, nullable=False),
    Column("received_at", Big),
    Column("reopened", Integer, nullable=False, server_default="0"),
    Column("closed_on", String),
    CheckConstraint("anonymous = (claim_hash IS NOT NULL)", name="claimed_by_code"),
    CheckConstraint("NOT anonymous OR (person_id IS NULL AND opened_at IS NULL)", name="anonymous_is_nobody"),
    CheckConstraint("reopened BETWEEN 0 AND 2", name="reopened_twice_at_most"),
    CheckConstraint(
        "status IN ('new', 'received', 'waiting', 'answered', 'closed_solved', 'closed_silent', 'closed_unsolved', "
        "'forwarded', 'guided', 'withdrawn')",
        name="known_status",
    ),
    partial("ix_tickets_open", "unit_code", "resolve_by", where="closed_on IS NULL"),
    partial("ix_tickets_closed", "closed_on", where="closed_on IS NOT NULL"),
)

ticket_events = Table(
    "ticket_events",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False, index=True),
    Column("place", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    Column("author_id", ForeignKey("people.id"), index=True),
    Column("on_day", String, nullable=False),
    Column("at", Big),
    Column("on_behalf_of", Big),
    Index("uq_ticket_events_place", "ticket_id", "place", unique=True),
    partial("ix_ticket_events_on_behalf_of", "on_behalf_of", where="on_behalf_of IS NOT NULL"),
)

ticket_files = Table(
    "ticket_files",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("file_id", ForeignKey("files.id"), nullable=False, index=True),
    PrimaryKeyConstraint("ticket_id", "file_id"),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Big, nullable=False),
)

files = Table(
    "files",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("account", String),
    Column("ref", String),
    Column("sha256", String, index=True),
    Column("mime", String),
    Column("size", Big),
    Column("kept_on", String, nullable=False),
    CheckConstraint("state IN ('pending', 'stored', 'refused', 'erased')", name="known_state"),
    CheckConstraint("(state = 'pending') = (ref IS NOT NULL)", name="ref_only_while_pending"),
    CheckConstraint("(state = 'stored') = (sha256 IS NOT NULL)", name="hash_once_stored"),
)

file_contents = Table(
    "file_contents",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""The bytes of the files; with SQLite they lie in the data folder, and this stays empty."""

inbox_updates = Table(
    "inbox_updates",
    metadata,
    Column("account", String, primary_key=True),
    Column("update_id", String, primary_key=True),
    Column("received_at", Big, nullable=False, index=True),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text),
    Column("payload", Maybe),
    CheckConstraint("state IN ('done', 'pending', 'quarantined')", name="known_state"),
    partial("ix_inbox_updates_open", "received_at", where="state <> 'done'"),
)

chat_sessions = Table(
    "chat_sessions",
    metadata,
    Column("account", String, primary_key=True),
    Column("chat", String, primary_key=True),
    Column("state", Maybe),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("updated_at", Big, nullable=False, index=True),
    postgresql_with={"fillfactor": "70"},
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Big, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("person_id", Big, index=True),
    Column("status", String, nullable=False),
    Column("reason", String),
    Column("posted_at", Big, nullable=False),
    Column("settled_at", Big),
    Column("message_id", String),
    CheckConstraint(
        "status IN ('waiting', 'sent', 'blocked', 'failed', 'skipped', 'expired', 'uncertain')", name="known_status"
    ),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Big, primary_key=True),
    Column("account", String, nullable=False),
    Column("chat", String, nullable=False),
    Column("lane", Integer, nullable=False),
    Column("not_before", Big, nullable=False),
    Column("expires_at", Big),
    Column("claimed", Boolean, nullable=False, server_default=text("false")),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("payload", JSON, nullable=False),
    Column("delivery_id", ForeignKey("deliveries.id"), unique=True),
    Column("posted_at", Big, nullable=False),
    Column("postponed", Boolean, nullable=False, server_default=text("true")),
    Column("subject_id", Big),
    partial("ix_outbox_sendable", "account", "lane", "id", where="NOT claimed AND NOT postponed"),
    partial("ix_outbox_postponed", "account", "not_before", where="postponed"),
    partial("ix_outbox_claimed", "account", where="claimed"),
    partial("ix_outbox_subject", "subject_id", where="subject_id IS NOT NULL"),
    Index("ix_outbox_address", "account", "chat"),
    sqlite_autoincrement=True,  # an id is never given twice, though rows are deleted
)
"""`subject_id` is whom a letter to somebody else tells of."""

offers = Table(
    "offers",
    metadata,
    Column("id", Big, primary_key=True),
    Column("account", String, nullable=False),
    Column("chat", String, nullable=False),
    Column("talk", String, nullable=False),
    Column("question", String, nullable=False),
    Column("given", JSON, nullable=False),
    Column("choices", JSON, nullable=False),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False, unique=True),
    Column("posted_at", Big, nullable=False),
    Column("delivered_at", Big),
    Column("taken_at", Big),
    Index("ix_offers_address", "account", "chat", "delivered_at"),
    sqlite_autoincrement=True,  # an id is never given twice, though rows are deleted
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Big, primary_key=True),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("payload", JSON, nullable=False),
    Column("due_at", Big, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text),
    CheckConstraint("state IN ('ready', 'claimed', 'dead')", name="known_state"),
    partial("ix_jobs_ready", "kind", "due_at", "id", where="state = 'ready'"),
    sqlite_autoincrement=True,  # an id is never given twice, though rows are deleted
)

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("owner", String),
    Column("epoch", Big, nullable=False),
    Column("since", Big, nullable=False),
    Column("beat_at", Big),
    Column("pause_until", Big),
)
"""Who does what only one process may do; times are the database's own, because machines' clocks differ."""

audit = Table(
    "audit",
    metadata,
    Column("id", Big, primary_key=True),
    Column("at", Big, nullable=False),
    Column("actor_id", Big),
    Column("actor_name", String, nullable=False),
    Column("action", String, nullable=False),
    Column("object_kind", String, nullable=False),
    Column("object_id", String, nullable=False),
    Column("subject_id", Big, index=True),
    Column("reason", String, nullable=False, server_default=""),
    Column("on_behalf_of", Big),
    Column("place", Big),
    Column("hash", String),
    Index("uq_audit_place", "place", unique=True),
    partial("ix_audit_unchained", "id", where="hash = ''"),
    partial("ix_audit_listed", "object_id", "at", where="action = 'listed'"),
    partial("ix_audit_actor", "actor_id", where="actor_id IS NOT NULL"),
    partial("ix_audit_on_behalf_of", "on_behalf_of", where="on_behalf_of IS NOT NULL"),
)
"""`hash` chains each row to the one a `place` before; empty till the end of its transaction, None before 0.3.0."""

audit_chain = Table(
    "audit_chain",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("last_place", Big, nullable=False),
    Column("last_hash", String, nullable=False),
    Column("first_place", Big, nullable=False),
    Column("before_first", String, nullable=False),
    Column("older", Big, nullable=False),
    CheckConstraint("id = 1", name="only_one"),
)
"""Both ends of the chain, kept apart from it; and how many rows are older than it."""
