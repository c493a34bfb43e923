"""A LeNet that a learner edits: its settings, what each step makes of its input, what no longer fits and how to mend it, its code."""
