"""The views of the page on one training step."""
