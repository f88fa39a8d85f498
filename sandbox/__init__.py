"""A strict pretend Telegram and its phones: the demo, and the bench every integration test runs against."""
