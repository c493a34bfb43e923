"""The parts of the twins page."""
