"""Campaigns: faults by the thousand against the real program, counted in one table."""
