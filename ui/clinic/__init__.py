"""The bug clinic's parts: which cards, the answers of this visit, all cards at a glance, one card, the result, the teacher's link."""
