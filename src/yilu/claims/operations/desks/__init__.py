"""What the desks need around a decision: several handlers, trying sums, quality, care, taking rows out."""
