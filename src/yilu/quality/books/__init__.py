"""What ships as data, read once: phrases, questions, standards. Files are touched here, not in rules."""
