"""Hostile people and hostile input: who may do what at every door, and what happens to whatever should not come in."""
