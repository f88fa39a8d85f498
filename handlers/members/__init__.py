"""Members: who belongs to which branch, entered by leaders, from lists, and by people themselves."""

from __future__ import annotations

from handlers.feature import Feature
from handlers.members import exporting, importing, scope

FEATURE = Feature(
    name="members",
    queries={scope.ScopeOf: scope.find_scope, importing.CheckList: importing.check_list},
    commands={importing.ImportList: importing.import_list, exporting.ExportMembers: exporting.export_members},
)
