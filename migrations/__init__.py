"""How the tables came to be, step by step. Tortoise's own migrations, run under a lock by `edusphere.database.migrate`.

Packed into the wheel beside `edusphere`. Constraints of a new table are written out by hand (`AddConstraint`): Tortoise
creates a table without them. Tests compare both the models and the live catalogue with what is here.
"""
