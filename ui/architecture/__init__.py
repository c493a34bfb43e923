"""The parts of the page where a learner edits LeNet."""
