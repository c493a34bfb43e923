"""The four questions of the tensors page."""
