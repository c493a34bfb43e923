"""An expression that a learner types: read, checked against tables, computed within a budget, with the value of each of its parts."""
