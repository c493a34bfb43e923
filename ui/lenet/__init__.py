"""The parts of the LeNet page."""
