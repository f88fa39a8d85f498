"""A believable ward, made up from a number: for the demo, for tests, and to measure on.

Everything about people is made up; their phone numbers begin as no number in Vietnam does. The same number makes the
same people with the same homes, branches and reports; only the ids of records are random, as everywhere.
"""
