"""What was handed in: read with limits, and rebuilt on the complete notebook."""
