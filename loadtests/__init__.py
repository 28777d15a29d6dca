"""Measures EduSphere: benchmarks in `bench/`, what they found in `results/`. Nothing of the app imports this."""
