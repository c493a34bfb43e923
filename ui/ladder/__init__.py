"""The parts of the ladder's page."""
