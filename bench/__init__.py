"""How fast it is, side by side with what else one would take. `make bench` runs it; RESULTS.md keeps what it said."""
