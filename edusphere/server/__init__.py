"""Running a school: its data folder, its Postgres, its address, and the command line's acts."""
