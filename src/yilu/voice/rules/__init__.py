"""Pure rules of voice: scores and their intervals, sampling, masking, files, drivers' words."""
