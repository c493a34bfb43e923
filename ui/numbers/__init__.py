"""The parts of the page of numbers."""
