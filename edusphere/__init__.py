"""EduSphere: a self-hosted, real-time messaging platform for schools."""

__version__ = "0.1.0"
