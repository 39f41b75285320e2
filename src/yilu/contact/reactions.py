"""What the contact centre does when something happened below it."""
