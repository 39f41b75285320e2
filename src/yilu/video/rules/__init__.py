"""What is true of a recording and a connection, without any row."""
