"""The lessons of the five texts, executable and checked: every printed number, the texts' defects, review questions."""
