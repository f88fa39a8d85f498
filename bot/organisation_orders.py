"""The operator's orders about organisations, their branches, and how many belong to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection

from bot.unit_orders import operator
from conversation.messages import Json
from handlers.feature import Registry, look, perform
from handlers.organisations import commands, queries
from storage.branches import Branch

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Order = Mapping[str, Any]
T = TypeVar("T", bound="DataclassInstance")


def _read(command: type[T], order: Order) -> T:
    return command(**{field.name: order[field.name] for field in fields(command)})


def list_organisations(tx: Connection, registry: Registry, now: datetime, _order: Order) -> Json:
    """The organisations in use."""
    found = look(registry, tx, operator(now), queries.OrganisationList())
    return {"organisations": [asdict(each) for each in found]}


def add_organisation(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """Add an organisation."""
    return asdict(perform(registry, tx, operator(now), _read(commands.AddOrganisation, order)))


def edit_organisation(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """Give an organisation other words."""
    return asdict(perform(registry, tx, operator(now), _read(commands.EditOrganisation, order)))


def close_organisation(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """Take an organisation out of use."""
    perform(registry, tx, operator(now), commands.CloseOrganisation(order["code"]))
    return {"code": order["code"]}


def list_branches(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """The branches of a unit and of all below it."""
    found = look(registry, tx, operator(now), queries.BranchesUnder(order["unit"], order["organisation"]))
    return {"branches": [_branch(each) for each in found]}


def add_branch(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """Found a branch."""
    return _branch(perform(registry, tx, operator(now), _read(commands.AddBranch, order)))


def close_branch(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """Take an empty branch out of use."""
    perform(registry, tx, operator(now), commands.CloseBranch(order["branch"]))
    return {"id": order["branch"]}


def _branch(each: Branch) -> Json:
    about = {"id": each.id, "name": each.name, "kind": each.kind, "unit": each.unit_code}
    return {**about, "organisation": each.organisation_code, "parent": each.parent_id}


def set_eligible(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """How many people there could be."""
    perform(registry, tx, operator(now), _read(commands.SetEligible, order))
    return {"unit": order["unit"], "organisation": order["organisation"], "people": order["people"]}


def roll_up(tx: Connection, registry: Registry, now: datetime, order: Order) -> Json:
    """How many belong to what, level by level."""
    found = look(registry, tx, operator(now), queries.RollUp(order["unit"], order["organisation"]))
    return {"whole": _line(found.whole), "below": [_line(each) for each in found.below], "itself": _line(found.itself)}


def _line(line: queries.Line) -> Json:
    numbers = {code or "people": asdict(cell) for code, cell in line.cells.items()}
    return {"unit": line.unit.code, "name": line.unit.full_name, "numbers": numbers}


ORDERS = {
    "organisation-list": list_organisations,
    "organisation-add": add_organisation,
    "organisation-edit": edit_organisation,
    "organisation-close": close_organisation,
    "branch-list": list_branches,
    "branch-add": add_branch,
    "branch-close": close_branch,
    "eligible-set": set_eligible,
    "rollup": roll_up,
}
