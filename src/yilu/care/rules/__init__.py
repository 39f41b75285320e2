"""What the room decides without looking anything up."""
