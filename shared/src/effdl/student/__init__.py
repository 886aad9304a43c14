"""What a student types in a terminal: `effdl start`, `progress` and `submit`. Standard library and nbformat only."""
