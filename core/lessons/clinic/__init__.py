"""The bug clinic: the texts' defects as cards. Predict, run, read what Python says, choose the repair."""
