"""What hostile people send, in tables: one line each, with the refusal it must meet."""
