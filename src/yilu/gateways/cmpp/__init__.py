"""CMPP 2.0 and 3.0, China Mobile's protocol between a sender and its gateway: codec, client, practice gateway."""
