"""The bug clinic's parts: the answers of this visit, all cards at a glance, one card, the receipt."""
