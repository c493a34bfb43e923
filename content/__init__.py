"""What Firstlight says, English and Chinese side by side. Standard library only."""
