"""Reference implementations of efficient deep learning: one concept, one short function."""
