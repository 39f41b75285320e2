"""What may follow what, who may decide, and until when: pure."""
