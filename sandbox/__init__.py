"""Strict pretend platforms and their phones: the demo, and the bench every integration test runs against."""
