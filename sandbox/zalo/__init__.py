"""Strict pretend platforms of Zalo: the Bot Platform, and Official Accounts."""
