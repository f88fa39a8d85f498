"""The tree of units, changed: new hamlets, other names, units that move, merge, divide or close, and clusters."""

from handlers.feature import Feature
from handlers.units import commands, queries

FEATURE = Feature(
    name="units",
    queries={queries.UnitHistory: queries.unit_history, queries.ClustersOf: queries.clusters_of},
    commands={
        commands.AddUnit: commands.add_unit,
        commands.RenameUnit: commands.rename_unit,
        commands.MoveUnit: commands.move_unit,
        commands.MergeUnits: commands.merge_units,
        commands.MergeUnitsAs: commands.merge_units_as,
        commands.SplitUnit: commands.split_unit,
        commands.CloseUnit: commands.close_unit,
        commands.AddOldName: commands.add_old_name,
        commands.AddCluster: commands.add_cluster,
        commands.EndCluster: commands.end_cluster,
    },
)
