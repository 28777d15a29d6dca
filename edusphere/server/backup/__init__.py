"""A whole school in one file, and back: `edusphere backup`, `edusphere restore`, and every night by itself."""
